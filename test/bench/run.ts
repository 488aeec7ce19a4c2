import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import autocannon from 'autocannon';
import { DEMO_ACCOUNT, tellStory } from '../../prisma/seed.js';
import { openDatabase } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrations.js';
import { loadPriceBook } from '../../src/machine-types/price-book.js';
import { root } from '../../src/root.js';
import { statement } from '../support/statement.js';
import { main as benchBills } from './bill.js';
import { fill } from './fill.js';

/**
 * `BENCH_DATABASE_URL=postgres://... npm run bench`: the bill by itself, then the pages next to the floor (floor.ts), in turns and in one
 * run, because the machine's speed drifts. The numbers say what this machine did; the ratios are what to keep.
 */
const SYSTEMS = 10_000;
const CONNECTIONS = 16;
const SECONDS = Number(process.env.BENCH_SECONDS ?? 8);
/** What a session costs differs more between two starts of the process than within one. */
const STARTS = 4;
const TURNS = 6;
const APP = 3950;
const FLOOR = 3951;
const PROXIED = { 'x-forwarded-proto': 'https' };
/** As browsers say it. The floor sends its list as it is, and so do the pages that are held against it. */
const COMPRESSED = { 'accept-encoding': 'gzip, deflate, br, zstd' };

const server = process.env.BENCH_DATABASE_URL;
await benchBills();
if (server) await benchPages(server);
else
  say(
    'Set BENCH_DATABASE_URL to a Postgres server where a database may be made, and the pages are measured too.',
  );

async function benchPages(server: string): Promise<void> {
  const name = `moving_parts_bench_${randomBytes(4).toString('hex')}`;
  await statement(server, `CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const children: ChildProcess[] = [];
  try {
    await prepare(url);
    const { settings, command } = webLine();
    const environment = {
      ...settings,
      NODE_ENV: 'production',
      DATABASE_URL: url,
      SESSION_SECRET: randomBytes(32).toString('hex'),
      LOG_LEVEL: 'error',
      // So that the same page can be had without a session.
      PUBLIC_READ: 'on',
      PORT: String(APP),
    };
    const startApp = async () => {
      const app = start(command, environment);
      children.push(app);
      await until(`http://localhost:${APP}/healthz`);
      return app;
    };
    const startedAt = performance.now();
    const app = await startApp();
    const readyMs = performance.now() - startedAt;
    const floor = start(['dist/test/bench/floor.js'], { DATABASE_URL: url, PORT: String(FLOOR) });
    children.push(floor);
    await until(`http://localhost:${FLOOR}/`);
    const headers = await signedIn();
    await measure(headers, { app: app.pid ?? 0, floor: floor.pid ?? 0 }, readyMs);
    await ended(app);
    // So that the start page is one of systems with a plan that is counted.
    await statement(url, `DELETE FROM systems WHERE name LIKE 'Written %'`);
    await measureSessions(startApp);
  } finally {
    for (const child of children) child.kill('SIGKILL');
    await statement(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  }
}

async function prepare(url: string): Promise<void> {
  const database = await openDatabase({ url, tls: 'off', poolSize: 2, folder: '' }, () => {});
  await migrate(database.adapter);
  await loadPriceBook();
  await tellStory();
  await fill(SYSTEMS);
  await database.close();
}

type Headers = Record<string, string>;

async function measure(
  headers: Headers,
  pids: { app: number; floor: number },
  readyMs: number,
): Promise<void> {
  const app = `http://localhost:${APP}`;
  const token = await csrfToken(headers);
  const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
  let made = 0;
  const create = () =>
    new URLSearchParams({
      _csrf: token,
      // Behind all others, so that the first page stays one of systems with plans, teams and tags.
      name: `Written ${randomBytes(5).toString('hex')} ${made++}`,
      lifecycle: 'production',
    }).toString();
  const signIn = await signInLoad(app);
  const pages: { page: string; run: () => Promise<autocannon.Result> }[] = [
    { page: 'floor: the same list, bare', run: () => load({ url: `http://localhost:${FLOOR}/` }) },
    { page: 'list of systems, 25 rows', run: () => load({ url: `${app}/systems`, headers }) },
    { page: 'the same list, nobody signed in', run: () => load({ url: `${app}/systems`, headers: PROXIED }) },
    {
      page: 'the same list, compressed',
      run: () => load({ url: `${app}/systems`, headers: { ...headers, ...COMPRESSED } }),
    },
    { page: 'list, far in', run: async () => load({ url: app + (await farIn(headers)), headers }) },
    { page: 'a system', run: () => load({ url: `${app}/systems/5000`, headers }) },
    { page: 'a plan of 22 parts, with its bill', run: () => load({ url: `${app}/plans/1`, headers }) },
    { page: 'the same plan, nobody signed in', run: () => load({ url: `${app}/plans/1`, headers: PROXIED }) },
    {
      page: 'the same plan, compressed',
      run: () => load({ url: `${app}/plans/1`, headers: { ...headers, ...COMPRESSED } }),
    },
    {
      page: 'recording a system',
      run: () =>
        load({
          url: `${app}/systems`,
          requests: [
            {
              method: 'POST',
              path: '/systems',
              headers: form,
              setupRequest: (request) => ({ ...request, body: create() }),
            },
          ],
        }),
    },
    { page: 'signing in', run: () => load(signIn) },
    { page: 'floor, again', run: () => load({ url: `http://localhost:${FLOOR}/` }) },
    { page: 'list of systems, again', run: () => load({ url: `${app}/systems`, headers }) },
  ];
  say(
    `\n| page | requests a second | of the floor | processor ms each | median ms | p99 ms | not 2xx or 3xx |\n|---|--:|--:|--:|--:|--:|--:|`,
  );
  // A first round that is not counted: both compile their code in it.
  for (const { run } of pages) await run();
  let floor = 0;
  for (const { page, run } of pages) {
    const pid = page.startsWith('floor') ? pids.floor : pids.app;
    const before = processorMs(pid);
    const result = await run();
    const each = (processorMs(pid) - before) / result.requests.total;
    if (page.startsWith('floor')) floor = result.requests.average;
    const { latency } = result;
    const wrong = result['4xx'] + result['5xx'] + result.errors;
    const share = `${Math.round((100 * result.requests.average) / floor)} %`;
    say(
      `| ${page} | ${Math.round(result.requests.average)} | ${share} | ${each.toFixed(2)} | ${latency.p50} | ${latency.p99} | ${wrong} |`,
    );
  }
  say(
    `\nReady ${Math.round(readyMs)} ms after the start, on a migrated database. Memory after the load: ${residentMb(pids.app)} MB.`,
  );
}

/**
 * How much more processor time a page takes with a session than without, in percent: the mean of several starts of the process with its
 * standard error, then each.
 */
async function measureSessions(startApp: () => Promise<ChildProcess>): Promise<void> {
  const pages = [
    { page: 'start page, twelve systems and their bills', path: '/' },
    { page: 'list of systems, 25 rows', path: '/systems' },
    { page: 'a system with plans and a discussion', path: '/systems/1' },
    { page: 'a system with one plan', path: '/systems/5000' },
    { page: 'a plan of 22 parts, with its bill', path: '/plans/1' },
    { page: 'two plans compared', path: '/comparison?plans=1,2' },
    { page: 'comments on a system', path: '/systems/1/comments' },
    { page: 'a list with two rows', path: '/plans/2/entries' },
  ].map((page) => ({ ...page, nobodyMs: [] as number[], shares: [] as number[] }));
  for (let begun = 0; begun < STARTS; begun += 1) {
    const app = await startApp();
    const headers = await signedIn();
    await csrfToken(headers);
    // A first round that is not counted, as above.
    for (const { path } of pages) await sessionCost(path, headers, app.pid ?? 0, 1);
    for (const { path, nobodyMs, shares } of pages) {
      const cost = await sessionCost(path, headers, app.pid ?? 0, TURNS);
      nobodyMs.push(cost.nobodyMs);
      shares.push(100 * (cost.signedInMs / cost.nobodyMs - 1));
    }
    await ended(app);
  }
  say(`\n| page | processor ms each, nobody | a session more | in each start |\n|---|--:|--:|---|`);
  for (const { page, nobodyMs, shares } of pages) {
    const mean = meanOf(shares);
    const error = Math.sqrt(sum(shares.map((share) => (share - mean) ** 2)) / (STARTS - 1) / STARTS);
    const each = shares.map((share) => share.toFixed(1)).join(', ');
    say(
      `| ${page} | ${meanOf(nobodyMs).toFixed(2)} | ${mean.toFixed(1)} ± ${error.toFixed(1)} % | ${each} |`,
    );
  }
}

/** In turns, now the one first and now the other, as the machine's speed drifts by more than what is to be found. */
async function sessionCost(
  path: string,
  headers: Headers,
  pid: number,
  turns: number,
): Promise<{ nobodyMs: number; signedInMs: number }> {
  const each = async (given: Headers) => {
    const before = processorMs(pid);
    const url = `http://localhost:${APP}${path}`;
    const { requests } = await load({ url, headers: given, duration: 1 });
    return (processorMs(pid) - before) / requests.total;
  };
  const nobody: number[] = [];
  const signed: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) {
    if (turn % 2 === 0) nobody.push(await each(PROXIED));
    signed.push(await each(headers));
    if (turn % 2 === 1) nobody.push(await each(PROXIED));
  }
  return { nobodyMs: meanOf(nobody), signedInMs: meanOf(signed) };
}

async function ended(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  await once(child, 'exit');
}

function meanOf(values: number[]): number {
  return sum(values) / values.length;
}

function sum(values: number[]): number {
  return values.reduce((all, value) => all + value, 0);
}

function load(options: autocannon.Options): Promise<autocannon.Result> {
  return autocannon({ connections: CONNECTIONS, pipelining: 1, duration: SECONDS, ...options });
}

/** The address of a page deep in the list: found as a person would, by its cursor. */
async function farIn(headers: Headers): Promise<string> {
  const cursor = Buffer.from('9000 system f').toString('base64url');
  const response = await fetch(`http://localhost:${APP}/systems?after=${cursor}`, { headers });
  if (!response.ok) throw new Error(`the list far in answers ${response.status}`);
  return `/systems?after=${cursor}`;
}

/** Signing in, over and over, as one that has the page open. */
async function signInLoad(app: string): Promise<autocannon.Options> {
  const page = await fetch(`${app}/sign-in`, { headers: PROXIED });
  const { email, password } = DEMO_ACCOUNT;
  const body = new URLSearchParams({ email, password, _csrf: tokenIn(await page.text()) }).toString();
  const headers = {
    ...PROXIED,
    cookie: cookiesOf(page),
    'content-type': 'application/x-www-form-urlencoded',
  };
  // Four at once: more tries of one account at the same moment are held to be guesses.
  return { url: `${app}/sign-in`, method: 'POST', headers, body, connections: 4 };
}

async function signedIn(): Promise<Headers> {
  const page = await fetch(`http://localhost:${APP}/sign-in`, { headers: PROXIED });
  const { email, password } = DEMO_ACCOUNT;
  const body = new URLSearchParams({ email, password, _csrf: tokenIn(await page.text()) });
  const answer = await fetch(`http://localhost:${APP}/sign-in`, {
    method: 'POST',
    headers: { ...PROXIED, cookie: cookiesOf(page) },
    body,
    redirect: 'manual',
  });
  if (answer.status !== 303) throw new Error(`signing in answers ${answer.status}`);
  return { ...PROXIED, cookie: cookiesOf(answer) };
}

/** The token of the session, its cookie added to the headers. */
async function csrfToken(headers: Headers): Promise<string> {
  const page = await fetch(`http://localhost:${APP}/systems/new`, { headers });
  headers.cookie = [headers.cookie, cookiesOf(page)].filter(Boolean).join('; ');
  return tokenIn(await page.text());
}

function tokenIn(html: string): string {
  return /name="_csrf" value="([^"]+)"/.exec(html)?.[1] ?? '';
}

function cookiesOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';', 1)[0])
    .join('; ');
}

/** As the platform starts it: the settings that stand before `node` in the Procfile's web line, and what stands after. */
function webLine(): { settings: Record<string, string>; command: string[] } {
  const line = /^web: (.*?)node (.*)$/m.exec(readFileSync(join(root, 'Procfile'), 'utf8'));
  if (!line) throw new Error('The Procfile has no line that begins with web: and starts node.');
  const [, settings = '', command = ''] = line;
  const pairs = settings.matchAll(/(\S+)=(\S+)/g);
  return {
    settings: Object.fromEntries(Array.from(pairs, ([, name, value]) => [name, value])),
    command: command.split(' '),
  };
}

function start(command: string[], environment: Record<string, string>): ChildProcess {
  const path = process.env.PATH ?? '';
  return spawn(process.execPath, command, {
    cwd: root,
    env: { PATH: path, ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

async function until(url: string): Promise<void> {
  for (let tries = 0; tries < 2_000; tries += 1) {
    const answer = await fetch(url).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`${url} does not answer`);
}

/** User and system time so far, of all threads. From where the kernel has it by the nanosecond, not in steps of 10 ms. */
function processorMs(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return sum(nanoseconds) / 1e6;
}

function residentMb(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib) / 1024);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
