import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import http from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { visitorAt } from '../support/visitor-at.js';
import {
  answersOk,
  emptyFolder,
  filesIn,
  freePort,
  freshCopy,
  type Running,
  removeFolder,
  report,
  run,
  start,
  waitFor,
} from './support.js';

const server = process.env.TEST_DATABASE_URL;
if (!server) report('Skipped: the production start needs a Postgres server. Set TEST_DATABASE_URL to one.');

const COMPOSE = `services:
  web: { image: shop:1, ports: ["80:8080"], depends_on: [db], deploy: { replicas: 3 } }
  worker: { image: shop:1, depends_on: [db] }
  db: { image: postgres:17 }
`;
const OWNER = { name: 'Ada', email: 'ada@example.com', password: 'an engine that weaves' };
const SECRET = randomBytes(32).toString('hex');
const BY_HTTPS = { 'x-forwarded-proto': 'https' };

/** Does what the platform does with a push, and then starts it by the lines of the Procfile. */
describe.skipIf(!server)('in production', () => {
  let app: string;
  let home: string;
  let lines: Record<string, string>;
  let database: string;
  let environment: Record<string, string>;
  let origin: string;
  const started: Running[] = [];

  beforeAll(async () => {
    [app, home] = await Promise.all([freshCopy(), emptyFolder()]);
    await run('npm ci && npm run build && npm prune --omit=dev', app);
    const procfile = await readFile(join(app, 'Procfile'), 'utf8');
    lines = Object.fromEntries(
      [...procfile.matchAll(/^([\w-]+): (.+)$/gm)].map(([, type, line]) => [type, line]),
    );
    database = await createDatabase();
    environment = {
      PATH: process.env.PATH ?? '',
      HOME: home,
      TMPDIR: home,
      NODE_ENV: 'production',
      DATABASE_URL: database,
      SESSION_SECRET: SECRET,
      PORT: String(await freePort()),
    };
    origin = `http://127.0.0.1:${environment.PORT}`;
  });

  afterEach(async () => {
    for (const running of started.splice(0)) {
      running.signal('SIGKILL');
      await running.ended;
    }
  });

  afterAll(async () => {
    for (const url of databases) await sql(server!, `DROP DATABASE IF EXISTS ${nameOf(url)} WITH (FORCE)`);
    if (app) await removeFolder(app);
    if (home) await removeFolder(home);
  });

  async function startWeb(changes: Record<string, string> = {}): Promise<Running> {
    const running = start(`exec ${lines.web}`, app, { ...environment, ...changes });
    started.push(running);
    await waitFor(running, () => answersOk(`${origin}/healthz`));
    return running;
  }

  async function stop(running: Running) {
    running.signal('SIGTERM');
    return running.ended;
  }

  test('a start before the release is refused, and told what to run', async () => {
    const { code, stderr } = await run(`exec ${lines.web}`, app, environment, { mayFail: true });
    expect(code).toBe(1);
    expect(stderr).toMatch(/lacks the migrations \d+_\w+.*Run: npm run release/);
  });

  test('the release migrates, and a second one finds nothing to do', async () => {
    const [first, second] = [
      await run(lines.release!, app, environment),
      await run(lines.release!, app, environment),
    ];
    expect(JSON.parse(first.stdout).migrations.length).toBeGreaterThan(0);
    expect(JSON.parse(second.stdout)).toMatchObject({ migrations: [], pricesAdded: 0 });
  });

  test.each([
    ['DATABASE_URL', '', 'postgres://user:password@host:5432/'],
    ['SESSION_SECRET', '', 'openssl rand -hex 32'],
    ['PORT', 'abc', 'for example 3000'],
  ])('a start with %s=%s is refused, with the reason and an example', async (name, value, example) => {
    const { code, stderr } = await run(
      `exec ${lines.web}`,
      app,
      { ...environment, [name]: value },
      { mayFail: true },
    );
    expect(code).toBe(1);
    expect(stderr).toContain(`${name}: `);
    expect(stderr).toContain(example);
    expect(stderr).not.toContain('    at ');
  });

  test('from sign-up to the bill, over https alone, on a disk that nothing is written to', async () => {
    const before = await filesIn(app);
    const begun = performance.now();
    const running = await startWeb();
    report(`Ready ${Math.round(performance.now() - begun)} ms after its start, on a migrated Postgres.`);

    const health = await fetch(`${origin}/healthz`);
    expect(await health.json()).toMatchObject({ status: 'ok', database: 'answers', migrations: 'applied' });

    const plain = visitorAt(origin);
    const redirected = await plain.get('/sign-in?to=%2Fplans');
    expect(redirected.status).toBe(308);
    expect(redirected.headers.get('location')).toBe(
      `https://127.0.0.1:${environment.PORT}/sign-in?to=%2Fplans`,
    );
    expect((await plain.post('/sign-in', { email: OWNER.email })).status).toBe(403);

    const owner = visitorAt(origin, { ...BY_HTTPS, 'x-request-id': 'routers-own-id-0001' });
    const signUp = await owner.get('/sign-up');
    expect(signUp.status).toBe(200);
    expect(signUp.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(signUp.headers.get('content-security-policy')).not.toContain('unsafe');
    expect(signUp.headers.get('strict-transport-security')).toContain('max-age=31536000');
    expect(signUp.headers.get('x-content-type-options')).toBe('nosniff');
    expect(signUp.headers.get('x-powered-by')).toBeNull();

    const made = await owner.post('/sign-up', OWNER);
    expect(made.status).toBe(303);
    const cookies = [...signUp.headers.getSetCookie(), ...made.headers.getSetCookie()];
    expect(cookies.map((line) => line.split('=', 1)[0])).toEqual(
      expect.arrayContaining(['__Host-session', '__Host-csrf']),
    );
    for (const line of cookies) expect(line).toMatch(/^__Host-.*; Path=\/;.*HttpOnly; Secure; SameSite=Lax/);
    expect((await owner.get('/')).text).toContain('Welcome, Ada.');
    expect((await visitorAt(origin, BY_HTTPS).get('/sign-up')).status).toBe(403);

    await owner.get('/imports/new');
    const preview = (await owner.post('/imports', { text: COMPOSE })).headers.get('location') ?? '';
    expect(await figuresOf(owner, preview)).toMatchObject({ services: 2, containers: 5, connections: 2 });
    const plan = await owner.post(`${preview}/plans`, { planName: 'Today', systemName: 'Shop' });
    expect(plan.status).toBe(303);
    expect(await figuresOf(owner, plan.headers.get('location') ?? '')).toMatchObject({
      services: 2,
      containers: 5,
    });

    const { code, stdout, stderr } = await stop(running);
    expect(code).toBe(0);
    expect(stderr).toBe('');
    const log = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const requests = log.filter((line) => line.status);
    expect(requests.length).toBeGreaterThan(8);
    expect(requests.every((line) => typeof line.reqId === 'string')).toBe(true);
    expect(requests.some((line) => line.reqId === 'routers-own-id-0001')).toBe(true);
    for (const secret of [SECRET, OWNER.password, database, ...owner.cookie().split('; ').map(cookieValue)]) {
      expect(stdout).not.toContain(secret);
    }
    expect(await filesIn(app)).toEqual(before);
    expect(await filesIn(home)).toEqual([]);
  });

  test('a session outlives a restart', async () => {
    const person = visitorAt(origin, BY_HTTPS);
    const first = await startWeb();
    await person.get('/sign-in');
    await person.post('/sign-in', OWNER);
    await stop(first);
    await startWeb();
    expect((await person.get('/systems')).text).toContain('Shop');
  });

  test('two processes on one database share sessions, their end, and the count of failures', async () => {
    await startWeb();
    const port = String(await freePort());
    const second = `http://127.0.0.1:${port}`;
    const other = start(`exec ${lines.web}`, app, { ...environment, PORT: port });
    started.push(other);
    await waitFor(other, () => answersOk(`${second}/healthz`));

    const here = visitorAt(origin, BY_HTTPS);
    await here.get('/sign-in');
    await here.post('/sign-in', OWNER);
    const page = await here.get('/systems');
    expect(page.text).toContain('Shop');
    const there = (path: string) =>
      fetch(second + path, { redirect: 'manual', headers: { ...BY_HTTPS, cookie: here.cookie() } });
    expect((await there('/systems')).status).toBe(200);
    await here.post('/sign-out', {});
    expect((await there('/systems')).status).toBe(303);

    const email = 'somebody@example.com';
    const tries = [visitorAt(origin, BY_HTTPS), visitorAt(second, BY_HTTPS)];
    for (const one of tries) await one.get('/sign-in');
    const told: string[] = [];
    for (let n = 0; n < 11; n += 1) {
      told.push((await tries[n % 2]!.post('/sign-in', { email, password: 'not this one' })).text);
    }
    expect(told.slice(0, 10).join()).not.toContain('Too many wrong passwords');
    expect(told[10]).toContain('Too many wrong passwords');
  });

  test('at SIGTERM a request under way is answered, a new one refused, and the exit is clean', async () => {
    const running = await startWeb();
    const slow = await slowSignIn();
    running.signal('SIGTERM');
    await waitFor(running, () => isRefused(Number(environment.PORT)));
    expect(await slow.finish()).toBe(303);
    // 1 would mean that it was cut off after nine seconds.
    expect((await running.ended).code).toBe(0);
  });

  test('at SIGTERM a request that never ends is not waited for', async () => {
    const running = await startWeb();
    const slow = await slowSignIn();
    const { code, stdout } = await stop(running);
    slow.abandon();
    expect(code).toBe(1);
    expect(stdout).toContain('still under way');
  });

  test('Postgres is spoken to by TLS: a certificate of its own is taken, unless it must verify', async (context) => {
    const { rows } = await sql(server!, 'SHOW ssl');
    if (rows[0]?.ssl !== 'on') context.skip('this Postgres server speaks no TLS');
    const running = await startWeb({ DATABASE_TLS: 'encrypt' });
    const { rows: connections } = await sql(
      database,
      `SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
       WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    );
    expect(connections).toEqual([{ ssl: true }]);
    await stop(running);
    const refused = await run(
      `exec ${lines.web}`,
      app,
      { ...environment, DATABASE_TLS: 'verify' },
      { mayFail: true },
    );
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/self-signed certificate/);
  });

  /** A sign-in whose second half is not sent before `finish`. It keeps its connection open, as a router does. */
  async function slowSignIn() {
    const person = visitorAt(origin, BY_HTTPS);
    await person.get('/sign-in');
    const body = person.form(OWNER).toString();
    const request = http.request(`${origin}/sign-in`, {
      method: 'POST',
      agent: new http.Agent({ keepAlive: true }),
      headers: {
        ...BY_HTTPS,
        cookie: person.cookie(),
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
        // So that the server says when it has begun.
        expect: '100-continue',
      },
    });
    const answered = new Promise<number>((resolve, reject) => {
      request.once('error', reject);
      request.once('response', (response) =>
        response.resume().once('end', () => resolve(response.statusCode ?? 0)),
      );
    });
    answered.catch(() => {});
    await new Promise<void>((resolve) => {
      request.once('continue', resolve).write(body.slice(0, 20));
    });
    return {
      finish: () => {
        request.end(body.slice(20));
        return answered;
      },
      abandon: () => request.destroy(),
    };
  }
});

const databases: string[] = [];

async function createDatabase(): Promise<string> {
  const url = Object.assign(new URL(server!), {
    pathname: `/moving_parts_${randomBytes(6).toString('hex')}`,
  }).href;
  databases.push(url);
  await sql(server!, `CREATE DATABASE ${nameOf(url)}`);
  return url;
}

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

async function sql(url: string, statement: string) {
  const client = new pg.Client(url);
  await client.connect();
  return client.query(statement).finally(() => client.end());
}

/** The figures of a bill as the page shows them: { services: 2, ... }. */
async function figuresOf(
  visitor: ReturnType<typeof visitorAt>,
  path: string,
): Promise<Record<string, number>> {
  const { text } = await visitor.get(path);
  const figures = text.matchAll(
    /<span class="value">([\d,]+)<\/span>\s*<span class="label">([^<]+)<\/span>/g,
  );
  return Object.fromEntries([...figures].map(([, value, label]) => [label, Number(value)]));
}

function cookieValue(cookie: string): string {
  return cookie.slice(cookie.indexOf('=') + 1);
}

/** Whether nobody listens there any more. */
function isRefused(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(false);
    });
    socket.once('error', () => resolve(true));
  });
}
