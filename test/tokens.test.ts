import { execFile, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import supertest from 'supertest';
import { beforeAll, describe, expect, test } from 'vitest';
import { createApp } from '../src/app.js';
import { findAccount } from '../src/auth/accounts.js';
import { isForBrowsers } from '../src/auth/auth.js';
import { leave } from '../src/auth/leaving.js';
import { changeRole } from '../src/auth/people/people.js';
import { ROLES } from '../src/auth/roles.js';
import { sweep } from '../src/auth/sweep.js';
import { findToken, makeToken } from '../src/auth/tokens/tokens.js';
import { db } from '../src/db/client.js';
import type { Log } from '../src/log.js';
import { root } from '../src/root.js';
import { app, PASSWORD, signedIn, useApp } from './support/app.js';
import { aProgram, withToken } from './support/program.js';
import { pathWith, routesOf } from './support/routes.js';

useApp();

const SYSTEM = { name: 'Made by a program', lifecycle: 'production' };
const NEW = { name: 'new', scope: 'write', days: 90, password: PASSWORD };
const textIn = (page: string) => /mp_[\w-]{43}/.exec(page)?.[0] ?? '';

describe('the page of one’s tokens', () => {
  test('shows the new one once, keeps its hash, and neither trail nor log holds it', async () => {
    const editor = await signedIn('editor');
    const made = await editor.postAndSee('/account/tokens', { ...NEW, name: 'deploys' });
    expect(made.status).toBe(200);
    expect(made.headers['cache-control']).toBe('no-store');
    const text = textIn(made.text);
    expect(text).not.toBe('');
    const row = await db.apiToken.findFirstOrThrow({ where: { userId: editor.person.id } });
    expect(row.hash).toBe(createHash('sha256').update(text).digest('base64url'));
    expect(Math.round((row.expiresAt.getTime() - Date.now()) / 86_400_000)).toBe(90);
    const listed = await editor.get('/account/tokens');
    expect(listed.text).toContain('deploys');
    expect(listed.text).not.toContain(text);
    expect(JSON.stringify(await editor.json('/account/tokens'))).not.toContain(text);

    const lines: unknown[] = [];
    const write = (...given: unknown[]) => void lines.push(given);
    const auth = app.get('auth');
    const logged = createApp({ ...auth, log: { info: write, error: write } as unknown as Log });
    await supertest(logged).get('/systems').set('Authorization', `Bearer ${text}`).expect(200);
    await supertest(logged).get(`/nowhere`).set('Authorization', `Bearer ${text}x`).expect(401);
    expect(lines).toHaveLength(2);
    expect(JSON.stringify(lines)).not.toContain(text);
    const trail = await db.change.findMany({ where: { userId: editor.person.id } });
    expect(JSON.stringify(trail)).toContain('deploys');
    expect(JSON.stringify(trail)).not.toMatch(/mp_/);
    expect(JSON.stringify(trail)).not.toContain(row.hash);
  });

  test('keeps the new one for the page when only the headers were asked for', async () => {
    const editor = await signedIn('editor');
    await editor.post('/account/tokens', { ...NEW, name: 'looked at' });
    await editor.agent.head('/account/tokens').expect(200);
    expect(textIn((await editor.get('/account/tokens')).text)).not.toBe('');
  });

  test('makes one for those who type their password again, and does not write it into the page', async () => {
    const editor = await signedIn('editor');
    const refused = await editor.post('/account/tokens', { ...NEW, password: 'not it, surely' });
    expect(refused.status).toBe(422);
    expect(refused.text).toContain('This is not your password.');
    expect(refused.text).toContain('value="new"');
    expect(refused.text).not.toContain('not it, surely');
    expect(await db.apiToken.count({ where: { userId: editor.person.id } })).toBe(0);
  });

  test('says what is wrong, and how many one may have', async () => {
    const editor = await signedIn('viewer');
    const wrong = await editor.post('/account/tokens', { ...NEW, name: '', scope: 'all', days: 400 });
    expect(wrong.status).toBe(422);
    expect(wrong.text).toContain('Name cannot be empty.');
    expect(wrong.text).toContain('Scope must be one of: read, write.');
    expect(wrong.text).toContain('Days must be 366 or less.');
    const account = (await findAccount(editor.person.id))!;
    const from = { userId: account.id, address: '' };
    const make = (name: string) => makeToken(account, { name, scope: 'read', days: 1 }, from);
    const made = await Promise.all(Array.from({ length: 52 }, (_, i) => make(`token ${i}`)));
    expect(made.filter(Boolean)).toHaveLength(50);
    const more = await editor.post('/account/tokens', { ...NEW, name: 'one more' });
    expect(more.status).toBe(422);
    expect(more.text).toContain('You have 50 tokens');
    const { id } = await db.apiToken.findFirstOrThrow({ where: { userId: editor.person.id } });
    await editor.post('/account/tokens/revocation', { id });
    expect(await make('in its place')).not.toBeNull();
  });

  test('revokes at once, and nobody else’s', async () => {
    const [one, other] = [await signedIn('editor'), await signedIn('admin')];
    const program = await aProgram(one.person);
    const { id } = await db.apiToken.findFirstOrThrow({ where: { userId: one.person.id } });
    expect((await other.post('/account/tokens/revocation', { id })).status).toBe(404);
    for (const odd of ['', 'x', '1.5', '99999999999']) {
      expect((await one.post('/account/tokens/revocation', { id: odd })).status).toBe(404);
    }
    expect((await program.get('/systems')).status).toBe(200);
    expect((await one.post('/account/tokens/revocation', { id })).status).toBe(303);
    expect((await program.get('/systems')).status).toBe(401);
    expect((await one.get('/account/tokens')).text).toContain('revoked');
    expect((await one.post('/account/tokens/revocation', { id })).status).toBe(404);
    const trail = await db.change.findMany({ where: { userId: one.person.id }, orderBy: { id: 'desc' } });
    expect(trail[0]?.after).toEqual({ token: `write of ${one.person.name}`, revoked: true });
  });
});

describe('a token', () => {
  test('says when it was used last, written every five minutes at most', async () => {
    const { person } = await signedIn('viewer');
    const program = await aProgram(person, 'read');
    const used = async () => (await db.apiToken.findFirstOrThrow({ where: { userId: person.id } })).usedAt;
    expect(await used()).toBeNull();
    await program.get('/');
    const first = await used();
    expect(first).not.toBeNull();
    await program.get('/');
    expect(await used()).toEqual(first);
    const before = new Date(Date.now() - 6 * 60_000);
    await db.apiToken.updateMany({ where: { userId: person.id }, data: { usedAt: before } });
    await program.get('/');
    expect((await used())?.getTime()).toBeGreaterThan(before.getTime());
  });

  test('that is unknown, has run out or is none is refused, in JSON, with the header that says so', async () => {
    const { person } = await signedIn('editor');
    const late = await aProgram(person);
    const past = { expiresAt: new Date(Date.now() - 1000) };
    await db.apiToken.updateMany({ where: { userId: person.id }, data: past });
    for (const text of [late.text, `mp_${'a'.repeat(43)}`, 'mp_', '', `${late.text}'--`]) {
      for (const path of ['/systems', '/', '/nowhere', '/account']) {
        const answer = await withToken(text).get(path);
        expect({ text, path, status: answer.status }).toEqual({ text, path, status: 401 });
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer/);
        expect(answer.body.message).toContain('token');
      }
    }
    const limits = { idleHours: 12, maxHours: 24, keptDays: 30 };
    await sweep(new Date(), limits);
    expect(await db.apiToken.count({ where: { userId: person.id } })).toBe(1);
    await sweep(new Date(Date.now() + 40 * 86_400_000), limits);
    expect(await db.apiToken.count({ where: { userId: person.id } })).toBe(0);
  });

  test('counts alone: a cookie beside it changes nothing, and none is ever set', async () => {
    const admin = await signedIn('admin');
    const viewer = await signedIn('viewer');
    const { text } = await aProgram(viewer.person);
    const asViewer = await admin.agent.get('/account').set('Authorization', `Bearer ${text}`);
    expect(asViewer.status).toBe(403);
    const write = await admin.agent.post('/systems').set('Authorization', `Bearer ${text}`).send(SYSTEM);
    expect(write.status).toBe(403);
    const wrong = await admin.agent.get('/systems').set('Authorization', 'Bearer mp_x');
    expect(wrong.status).toBe(401);
    const { text: own } = await aProgram(admin.person);
    const form = new URLSearchParams({ ...SYSTEM, name: 'Of a form' }).toString();
    const page = { Authorization: `Bearer ${own}`, Accept: 'text/html' };
    const answers = [
      await supertest(app).get('/').set(page),
      await supertest(app).post('/systems').set(page).type('form').send(form),
      await supertest(app).post('/systems').set(page).type('form').send(form),
      await withToken(own).post('/systems', SYSTEM),
      asViewer,
      write,
      wrong,
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 303, 422, 201, 403, 403, 401]);
    expect(answers.map(({ headers }) => headers['set-cookie'])).toEqual(answers.map(() => undefined));
  });

  test('needs no form’s token; without it a write is refused as before', async () => {
    const { person, agent } = await signedIn('editor');
    const program = await aProgram(person);
    const made = await program.post(
      '/systems',
      { ...SYSTEM, name: 'No form' },
      { Origin: 'https://elsewhere.example' },
    );
    expect(made.status).toBe(201);
    expect((await agent.post('/systems').send(SYSTEM)).status).toBe(403);
    expect((await agent.post('/systems').set('Authorization', 'Basic eDp5').send(SYSTEM)).status).toBe(403);
  });

  test('that only reads changes nothing', async () => {
    const { person } = await signedIn('admin');
    const program = await aProgram(person, 'read');
    expect((await program.get('/systems')).status).toBe(200);
    const refused = await program.post('/systems', SYSTEM);
    expect(refused.status).toBe(403);
    expect(refused.body.message).toContain('may only read');
    expect(refused.headers['www-authenticate']).toContain('insufficient_scope');
    for (const method of ['put', 'patch', 'delete'] as const) {
      const answer = await supertest(app)[method]('/systems').set('Authorization', `Bearer ${program.text}`);
      expect(answer.status).toBe(403);
    }
    await supertest(app).head('/systems').set('Authorization', `bearer ${program.text}`).expect(200);
  });

  test('follows its person: another role counts at once, and who has left has none', async () => {
    const { person } = await signedIn('editor');
    const program = await aProgram(person);
    const account = (await findAccount(person.id))!;
    await changeRole(account, 'viewer', { userId: null, address: '' });
    expect((await program.post('/systems', SYSTEM)).status).toBe(403);
    await changeRole((await findAccount(person.id))!, 'editor', { userId: null, address: '' });
    expect((await program.post('/systems', { ...SYSTEM, name: 'Again' })).status).toBe(201);
    await db.user.update({ where: { id: person.id }, data: { leftAt: new Date(), role: 'viewer' } });
    expect((await program.get('/systems')).status).toBe(401);
    await db.user.update({ where: { id: person.id }, data: { leftAt: null } });
    await leave((await findAccount(person.id))!, true, { userId: person.id, address: '' });
    expect(await findToken(program.text)).toBeNull();
  });

  test('is answered in JSON unless it asks for a page, errors too', async () => {
    const program = await aProgram((await signedIn('viewer')).person);
    for (const accept of ['*/*', 'application/json', 'text/csv']) {
      expect((await program.get('/systems', { Accept: accept })).type).toBe('application/json');
      expect((await program.get('/nowhere', { Accept: accept })).type).toBe('application/json');
    }
    expect((await program.get('/systems', { Accept: 'text/html' })).type).toBe('text/html');
    expect((await program.get('/nowhere', { Accept: 'text/html' })).type).toBe('text/html');
  });
});

describe('the walls, walked from routes.ts with tokens', () => {
  test.each(ROLES)(
    'a token of a %s may what the person may, less if it only reads',
    async (role) => {
      const { person, agent, token } = await signedIn(role);
      const programs = { read: await aProgram(person, 'read'), write: await aProgram(person, 'write') };
      for (const { method, path, roles } of routesOf(app)) {
        const at = pathWith(path, new Proxy({}, { get: () => 2_147_483_647 }));
        const asPerson = async () => {
          if (isForBrowsers(path)) return 403;
          const asked = agent[method](at).set('Accept', 'application/json');
          return (await (method === 'get' ? asked : asked.type('form').send({ _csrf: token() }))).status;
        };
        const status = await asPerson();
        for (const [scope, program] of Object.entries(programs)) {
          const isRefused =
            isForBrowsers(path) || !roles.includes(role) || (scope === 'read' && method === 'post');
          // Nothing has such an id, and nothing of a form is sent: what is not refused is not found, or wrong.
          const expected = isRefused ? 403 : status;
          expect(status).toBeLessThan(500);
          const asked = supertest(app)[method](at).set('Authorization', `Bearer ${program.text}`);
          const answer = await (method === 'get' ? asked : asked.type('form').send(''));
          expect({ scope, method, at, status: answer.status }).toEqual({
            scope,
            method,
            at,
            status: expected,
          });
          expect(answer.headers['set-cookie']).toBeUndefined();
        }
      }
    },
    240_000,
  );

  test('nothing that the auth module answers takes a token', async () => {
    const { text } = await aProgram((await signedIn('admin')).person);
    const all = readdirSync(join(root, 'src/auth'), { recursive: true, encoding: 'utf8' });
    const files = all.filter((file) => file.endsWith('controller.ts'));
    const modules = await Promise.all(
      files.map((file) => import(pathToFileURL(join(root, 'src/auth', file)).href)),
    );
    const actions = new Set(modules.flatMap((module) => Object.values(module)));
    const theirs = routesOf(app).filter(({ action }) => actions.has(action));
    expect(theirs.length).toBeGreaterThan(30);
    for (const { method, path } of theirs) {
      for (const at of [pathWith(path), pathWith(path).toUpperCase(), `${pathWith(path)}/`]) {
        const answer = await withToken(text)[method](at);
        expect({ at, status: answer.status }).toEqual({ at, status: 403 });
      }
    }
  });
});

describe('the README’s lines', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('## From a program'), readme.indexOf('## How fast'));
  const block = (language: string) =>
    new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(section)?.[1] ?? '';
  const has = (tool: string) => spawnSync('bash', ['-c', `command -v ${tool}`]).status === 0;
  const COMPOSE = 'services:\n  web:\n    image: shop\n    depends_on: [db]\n  db:\n    image: postgres:17\n';
  let folder: string;
  let address: string;
  let token: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'moving-parts-readme-'));
    writeFileSync(join(folder, 'docker-compose.yml'), COMPOSE);
    const server = app.listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    token = (await aProgram((await signedIn('editor')).person)).text;
    return () => {
      server.close();
      rmSync(folder, { recursive: true, force: true });
    };
  });

  /** In a process of its own, while this one serves. */
  const run = async (script: string, environment: Record<string, string>) => {
    return new Promise<string>((resolve, reject) => {
      const options = { cwd: folder, env: { ...process.env, ...environment }, timeout: 50_000 };
      execFile('bash', ['-euo', 'pipefail', '-c', script], options, (error, out, err) =>
        error ? reject(new Error(`${error.message}\n${out}\n${err}`)) : resolve(out),
      );
    });
  };

  test('create a system, import a compose file into a plan and read the bill', async () => {
    if (!has('curl') || !has('jq')) {
      process.stderr.write('not run as written but with fetch: curl and jq are not both here\n');
      return byFetch();
    }
    const out = await run(block('sh'), { MOVING_PARTS: address, MOVING_PARTS_TOKEN: token });
    expect(out).toContain('On Compose is up to date with its files.');
    expect(JSON.parse(out.slice(out.indexOf('{')))).toEqual({
      containers: { value: 2, isAtLeast: false, unknown: [] },
      machines: { value: 1, isAtLeast: expect.any(Boolean), unknown: expect.any(Array) },
      usdPerMonth: { value: expect.any(Number), isAtLeast: expect.any(Boolean), unknown: expect.any(Array) },
    });
  });

  test('push the compose file on every deploy', async (context) => {
    const { id } = await db.plan.findFirstOrThrow({ where: { name: 'On Compose' } });
    const job = /- run: (.*)/.exec(block('yaml'))?.[1] ?? '';
    expect(job).toContain('curl');
    if (!has('curl')) return context.skip('there is no curl here');
    writeFileSync(
      join(folder, 'docker-compose.yml'),
      COMPOSE.replace('  db:', '  cache:\n    image: redis\n  db:'),
    );
    const push = async () => JSON.parse(await run(job, { PLAN: `${address}/plans/${id}`, TOKEN: token }));
    const first = await push();
    expect(first).toMatchObject({ isChanged: true, merge: { parts: { added: [{ name: 'cache' }] } } });
    expect(first.bill.containers.value).toBe(3);
    const { revision, importId } = await db.plan.findUniqueOrThrow({ where: { id } });
    expect((await push()).isChanged).toBe(false);
    expect(await db.plan.findUniqueOrThrow({ where: { id } })).toMatchObject({ revision, importId });
    writeFileSync(join(folder, 'docker-compose.yml'), 'services: [');
    await expect(push()).rejects.toThrow(/"faults":\[\{"message"/);
  });

  async function byFetch() {
    const ask = async (path: string, body?: object) => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const answer = await fetch(
        address + path,
        body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers },
      );
      return (await answer.json()) as { location: string; bill: { containers: { value: number } } };
    };
    const system = await ask('/systems', { name: 'Shop', lifecycle: 'production' });
    const plan = await ask(`${system.location}/plans`, { name: 'On Compose', status: 'current' });
    await ask(`${plan.location}/source`, { text: COMPOSE, machineType: 'aws-m6i-large' });
    expect((await ask(plan.location)).bill.containers.value).toBe(2);
  }
});
