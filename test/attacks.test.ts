import { type AddressInfo, connect } from 'node:net';
import express from 'express';
import supertest from 'supertest';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { db, read } from '../src/db/client.js';
import type { Prisma } from '../src/db/generated/client.js';
import { createLog } from '../src/log.js';
import { readSettings } from '../src/settings.js';
import { toHttps } from '../src/web/https.js';
import { serverOf } from '../src/web/listening.js';
import { app, PASSWORD, signedIn, useApp, visitor } from './support/app.js';
import { aPlan, partFields } from './support/factories.js';

useApp();

describe('what somebody hostile sends', () => {
  test('cookies that hold JSON count as none', async () => {
    const stranger = await visitor();
    for (const name of ['csrf', 'session']) {
      const answer = await stranger.get('/sign-in', { Cookie: `${name}=j:{}` });
      expect({ name, status: answer.status }).toEqual({ name, status: 200 });
    }
  });

  test('a form that is larger than any of ours is refused before it is read', async () => {
    const { agent, token } = await signedIn('editor');
    const send = (fields: string) => agent.post('/systems').type('form').send(`_csrf=${token()}&${fields}`);
    expect((await send(`name=${'x'.repeat(205_000)}`)).status).toBe(413);
    expect((await send('a=1&'.repeat(2_001))).status).toBe(413);
  });

  test('a form without a body has no field', async () => {
    const editor = await signedIn('editor');
    await editor.get('/imports/new');
    const send = (type: string) =>
      editor.agent.post('/imports').set('x-csrf-token', editor.token()).type(type).send('x');
    for (const type of ['text/plain', 'application/octet-stream'])
      expect((await send(type)).status).toBe(422);
  });

  test('a cursor too small for the database counts as none', async () => {
    const { plan } = await aPlan((await signedIn('editor')).person, { parts: { web: {} } });
    const viewer = await signedIn('viewer');
    for (const value of ['1e-400', `0.${'0'.repeat(400)}1`]) {
      const after = Buffer.from(`1 ${value}`).toString('base64url');
      expect((await viewer.get(`/plans/${plan.id}/parts?sort=price&after=${after}`)).status).toBe(200);
    }
  });

  test('values a form was never opened with are no values', async () => {
    const editor = await signedIn('editor');
    const made = await aPlan(editor.person, { parts: { web: {} } });
    for (const base of [
      '{"name":{"toString":1}}',
      `{"name":${'['.repeat(5000)}${']'.repeat(5000)}}`,
      '[]',
      '7',
    ]) {
      const late = await editor.post(`/parts/${made.parts.web}`, { ...partFields('web'), version: 99, base });
      expect({ base: base.slice(0, 20), status: late.status }).toEqual({
        base: base.slice(0, 20),
        status: 409,
      });
    }
  });

  test('a session that is signed out stays so, whatever a slower answer wanted to keep in it', async () => {
    const editor = await signedIn('editor');
    const { plan } = await aPlan(editor.person, { parts: { web: {} } });
    await Promise.all([editor.post(`/plans/${plan.id}/copies`), editor.post('/sign-out')]);
    expect((await editor.get('/systems')).headers.location).toMatch(/^\/sign-in/);
    expect(await db.session.count({ where: { userId: editor.person.id } })).toBe(0);
  });

  test('no proxy keeps a page, a visitor’s no more than anybody’s, and no browser what is about people', async () => {
    const stranger = await visitor();
    for (const path of ['/', '/sign-in', '/systems', '/nothing']) {
      const { headers } = await stranger.get(path);
      expect({ path, kept: headers['cache-control'] }).toEqual({ path, kept: 'private, no-cache' });
    }
    const admin = await signedIn('admin');
    for (const path of ['/account', '/account/sessions', '/people', '/changes', '/invitations/new']) {
      const { status, headers } = await admin.get(path);
      expect({ path, status, kept: headers['cache-control'] }).toEqual({
        path,
        status: 200,
        kept: 'no-store',
      });
    }
  });

  test('no page stands in a frame of another site, nor takes scripts or styles but ours', async () => {
    const { person, ...editor } = await signedIn('editor');
    const { address } = await aPlan(person, { parts: { web: {} } });
    const pictures = [`${address}/diagram.svg`, `${address}/machines.svg`];
    for (const page of ['/', '/sign-in', '/account', address, ...pictures]) {
      const { headers } = await editor.get(page);
      const policy = headers['content-security-policy'];
      expect(policy, page).toContain("frame-ancestors 'none'");
      expect(policy, page).toContain(pictures.includes(page) ? "default-src 'none'" : "script-src 'self'");
      expect(policy, page).not.toContain('unsafe');
      expect(headers['referrer-policy'], page).toBe('same-origin');
      expect(headers['x-frame-options'], page).toBe('SAMEORIGIN');
    }
  });

  test('a page without a form leaves no cookie with who reads it, one with a form leaves its token', async () => {
    const cookies = async (path: string) => (await (await visitor()).get(path)).headers['set-cookie'];
    expect(await cookies('/nothing')).toBeUndefined();
    expect(String(await cookies('/sign-in'))).toMatch(/^csrf=/);
  });

  test('a session ends when it has idled, at its last hour, and with its person', async () => {
    const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000);
    const set = (userId: number, data: object) => db.session.updateMany({ where: { userId }, data });
    const ends = {
      idle: (userId: number) => set(userId, { seenAt: hoursAgo(12.1) }),
      expired: (userId: number) => set(userId, { isKept: true, expiresAt: hoursAgo(0.01) }),
      'no person': (userId: number) => db.user.delete({ where: { id: userId } }),
    };
    for (const [how, end] of Object.entries(ends)) {
      const viewer = await signedIn('viewer');
      await set(viewer.person.id, { seenAt: hoursAgo(11.9) });
      expect((await viewer.get('/systems')).status).toBe(200);
      await end(viewer.person.id);
      const { status } = await viewer.get('/systems');
      expect({ how, status }).toEqual({ how, status: 303 });
    }
    const kept = await signedIn('viewer');
    await set(kept.person.id, { isKept: true, seenAt: hoursAgo(200) });
    expect((await kept.get('/systems')).status).toBe(200);
  });

  test('how long it may idle and how long it lasts are settings, and so is how long one that is kept does', async () => {
    const { settings } = app.get('auth');
    const usual = settings.sessions;
    const given = { SESSION_IDLE_HOURS: '1', SESSION_MAX_HOURS: '2', SESSION_KEPT_DAYS: '3' };
    settings.sessions = readSettings(given).sessions;
    try {
      const { person, get } = await signedIn('viewer');
      const [session] = await db.session.findMany({ where: { userId: person.id } });
      const hoursOf = (ends?: Date) => ((ends?.getTime() ?? 0) - Date.now()) / 3_600_000;
      expect(hoursOf(session?.expiresAt)).toBeCloseTo(2, 1);
      const idleFor = (hours: number) =>
        db.session.updateMany({
          where: { userId: person.id },
          data: { seenAt: new Date(Date.now() - hours * 3_600_000) },
        });
      await idleFor(0.9);
      expect((await get('/systems')).status).toBe(200);
      await idleFor(1.1);
      expect((await get('/systems')).status).toBe(303);
      const keeper = await visitor();
      await keeper.post('/sign-in', { email: person.email, password: PASSWORD, keep: 'on' });
      const kept = await db.session.findFirst({ where: { userId: person.id, isKept: true } });
      expect(hoursOf(kept?.expiresAt)).toBeCloseTo(3 * 24, 1);
    } finally {
      settings.sessions = usual;
    }
  });

  test('what is kept of a session is a hash of what its cookie holds', async () => {
    const { person } = await signedIn('viewer');
    const browser = await visitor();
    const answer = await browser.signIn(person.email);
    const secret = /session=([^;]+)/.exec(String(answer.headers['set-cookie']))?.[1] ?? '';
    expect(secret).toHaveLength(43);
    const kept = await db.session.findMany({ where: { userId: person.id } });
    expect(kept.length).toBeGreaterThan(0);
    expect(JSON.stringify(kept)).not.toContain(secret);
  });

  test('who signs in where somebody else is signed in takes that session’s place', async () => {
    const editor = await signedIn('editor');
    const viewer = await signedIn('viewer');
    await editor.signIn(viewer.person.email);
    expect((await editor.get('/')).text).toContain(viewer.person.name);
    expect(await db.session.count({ where: { userId: editor.person.id } })).toBe(0);
    expect((await editor.post('/systems', { name: 'Left over' })).status).toBe(403);
  });

  test('what one person is told is not told to whoever comes next at the same browser', async () => {
    const editor = await signedIn('editor');
    const other = await signedIn('viewer');
    await editor.post('/systems', { name: 'Takeover', lifecycle: 'production' });
    await editor.post('/sign-out');
    expect((await editor.get('/')).text).not.toContain('Takeover');
    expect((await editor.get('/sign-in')).headers['set-cookie'] ?? '').not.toContain('flash');

    await editor.signIn(editor.person.email);
    const { headers } = await editor.post('/systems', { name: 'Merger', lifecycle: 'production' });
    const [flash = ''] = String(headers['set-cookie']).split(';');
    const carried = await other.agent.get('/').set('Cookie', flash);
    expect(carried.text).not.toContain('Merger is recorded');
    expect((await editor.get('/')).text).toContain('Merger is recorded');
  });

  test('a message that nobody signed is no message', async () => {
    const stranger = await visitor();
    const said = encodeURIComponent('{"message":"Call 555"}');
    for (const flash of [`j:${said}`, `s:j:${said}.AAAA`, `s%3Aj%3A${said}.${'A'.repeat(43)}`, 's:', '%']) {
      const answer = await stranger.get('/', { Cookie: `flash=${flash}` });
      expect({ flash, status: answer.status }).toEqual({ flash, status: 200 });
      expect(answer.text).not.toContain('Call 555');
    }
  });

  test('a form filled in by another site is shown, but is not one press from being sent', async () => {
    const editor = await signedIn('editor');
    const send = (headers: { Origin?: string; 'Sec-Fetch-Site'?: string }) =>
      editor.agent.post('/systems').set(headers).type('form').send('name=Made+by+them&lifecycle=production');
    const unknown = await send({});
    expect(unknown.status).toBe(403);
    expect(unknown.text).not.toContain('Send it again');
    for (const headers of [{ Origin: 'null' }, { 'Sec-Fetch-Site': 'same-site' }]) {
      const foreign = await send({ ...headers });
      expect(foreign.status).toBe(403);
      expect(foreign.text).toContain('sent from another site');
    }
  });

  test('a folder with a picture is read without it, and the picture is not kept', async () => {
    const editor = await signedIn('editor');
    await editor.get('/imports/new');
    const sent = await editor.agent
      .post('/imports')
      .field('_csrf', editor.token())
      .attach('files', Buffer.from('services:\n  web:\n    image: acme/web\n'), 'shop/compose.yaml')
      .attach('files', Buffer.from([0x89, 0x50, 0, 0, 1, 2, 3, 0]), 'shop/logo');
    expect(sent.status).toBe(303);
    const preview = sent.headers.location ?? '';
    const { report } = await editor.json(preview);
    expect(report.map(({ message }: { message: string }) => message).join()).toMatch(
      /Left out, being not text.*logo/,
    );
    const kept = await db.import.findUniqueOrThrow({ where: { id: Number(/\d+/.exec(preview)?.[0]) } });
    expect(JSON.stringify(kept.files)).not.toContain('PNG');
  });

  test('of two that wait for each other the one that the database ends may be sent again', async (context) => {
    if (!process.env.TEST_DATABASE_URL) return context.skip('the embedded database has one connection');
    const [editor, other] = [await signedIn('editor'), await signedIn('editor')];
    const ids = [editor.person.id, other.person.id];
    let arrived = 0;
    const hold = (tx: Prisma.TransactionClient, id?: number) =>
      tx.$queryRaw`SELECT 1 FROM users WHERE id = ${id} FOR UPDATE`;
    const held = async ([first, second]: number[]) =>
      db.$transaction(async (tx) => {
        await hold(tx, first);
        arrived += 1;
        await vi.waitUntil(() => arrived === 2);
        await hold(tx, second);
      });
    const ends = await Promise.allSettled([held(ids), held(ids.toReversed())]);
    const [ended] = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason] : []));
    vi.spyOn(db, '$transaction').mockRejectedValueOnce(ended);
    const refused = await editor.post('/systems', { name: 'Kept here', lifecycle: 'production' });
    expect(refused.status).toBe(409);
    expect(refused.text).toMatch(/Send it again[\s\S]*Kept here/);
  });

  test('no line of the log holds what was asked of the database, nor with which values', async () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line) => void lines.push(line) });
    const broken = [
      read`SELECT ${'a secret'}::text, ${'\0'}::text`,
      db.$executeRaw`INSERT INTO users (email, name, password_hash) VALUES ('a secret', null, 'a secret')`,
      db.user.create({ data: { email: 'a secret', name: 'a secret', passwordHash: 5 as never } }),
    ];
    for (const one of broken) await one.catch((err: unknown) => log.error({ err }, 'request failed'));
    expect(lines.map((line) => JSON.parse(line).err.stack)).toEqual(broken.map(() => expect.any(String)));
    expect(lines.join('')).toMatch(/invalid byte sequence.*null value in column.*Argument `passwordHash`/s);
    expect(lines.join('')).not.toMatch(/a secret|SELECT|INSERT/);
  });

  test('what is sent as JSON is no form to be shown again, and has not any number of values', async () => {
    const stranger = await visitor();
    const send = (items: number) =>
      stranger.agent
        .post('/sign-in')
        .set({ Accept: 'text/html', 'Content-Type': 'application/json' })
        .send(`{"${'a'.repeat(50_000)}":[${Array(items).fill('""')}]}`);
    const [shown, refused] = [await send(1_500), await send(25_001)];
    expect([shown.status, refused.status]).toEqual([401, 413]);
    expect(shown.text.length).toBeLessThan(10_000);
  });

  test('names that would make lists of four thousand million places are no names', async () => {
    const [editor, stranger] = [await signedIn('editor'), await visitor()];
    for (const { agent } of [editor, stranger])
      for (const name of ['a[4294967294]', 'a[b]']) {
        const upload = agent.post('/imports').field(name, 'x').field('a[c]', 'y');
        const { status, text } = await upload.field('text', 'x'.repeat(100));
        expect([status, text.includes('The upload cannot be read')]).toEqual([400, true]);
      }
    const large = editor.agent.post('/imports').field('a', 'x').attach('files', Buffer.alloc(2_200_000), 'x');
    expect((await large).status).toBe(413);
  });

  test('a program without a token is told that it needs one', async () => {
    const stranger = await visitor();
    const answer = await stranger.agent
      .post('/systems')
      .set('Accept', 'application/json')
      .send({ name: 'x' });
    expect([answer.status, answer.body.message]).toEqual([
      401,
      expect.stringContaining('Authorization: Bearer'),
    ]);
  });

  test('a request for no path at all is answered', async () => {
    const { default: http } = await import('node:http');
    const server = app.listen(0);
    const { port } = server.address() as { port: number };
    const status = await new Promise((resolve, reject) => {
      const request = http.request({ port, method: 'OPTIONS', path: '*' }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      request.on('error', reject);
      request.end();
    });
    server.close();
    expect(status).toBe(303);
  });
});

test('over http a visit is sent on to https; what carries a form or a token is refused', async () => {
  const server = express().use(toHttps('https://parts.example.com'));
  const visit = await supertest(server).get('/systems?q=a');
  expect([visit.status, visit.headers.location]).toEqual([308, 'https://parts.example.com/systems?q=a']);
  expect((await supertest(server).get('/systems').set('Authorization', 'Bearer mp_x')).status).toBe(403);
  expect((await supertest(server).post('/systems')).status).toBe(403);
});

describe('a connection that is meant to cost', () => {
  const server = () => serverOf(app, { headersMs: 300, requestMs: 600, everyMs: 50, stillMs: 2_000 });
  let listening: ReturnType<typeof server>;
  beforeAll(async () => {
    listening = server();
    await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    listening.closeAllConnections();
    listening.close();
  });

  /** Sends the pieces, one every `gapMs`, and gives all that came until the other side hung up, or a full answer. */
  function send(pieces: string[], gapMs: number, to = listening): Promise<string> {
    return new Promise((resolve) => {
      let came = '';
      const { port } = to.address() as AddressInfo;
      const socket = connect(port, '127.0.0.1');
      const left = [...pieces];
      const sending = setInterval(() => {
        const piece = left.shift();
        if (piece !== undefined && socket.writable) socket.write(piece);
      }, gapMs);
      const end = () => {
        clearInterval(sending);
        socket.destroy();
        resolve(came);
      };
      socket.setEncoding('latin1').on('data', (text) => {
        came += text;
        if (came.includes('</html>')) end();
      });
      socket.on('close', end).on('error', end);
    });
  }

  const drops = (start: string) => [start, ...Array<string>(60).fill('x')];

  test('headers that come a letter at a time are cut off', async () => {
    // Long before the whole request is due.
    const other = serverOf(app, { headersMs: 300, requestMs: 60_000, everyMs: 50, stillMs: 60_000 });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const cut = await send(drops('GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: '), 50, other);
    expect(cut).toMatch(/^HTTP\/1.1 408 /);
    other.close();
  });

  test('a body that comes a letter at a time is cut off', async () => {
    const head =
      'POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n';
    expect(await send(drops(`${head}Content-Length: 1000\r\n\r\nemail=`), 50)).toMatch(/^HTTP\/1.1 408 /);
  });

  test('whoever does not read their answer is cut off: it takes up memory until then', async () => {
    const large = express().get('/', (_req, res) => void res.send('x'.repeat(30_000_000)));
    const patience = { headersMs: 300, requestMs: 600, everyMs: 50, stillMs: 500 };
    const sender = serverOf(large, patience);
    await new Promise<void>((resolve) => sender.listen(0, '127.0.0.1', resolve));
    const socket = connect((sender.address() as AddressInfo).port, '127.0.0.1').pause();
    socket.on('error', () => {});
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    const open = () => new Promise<number>((resolve) => sender.getConnections((_, count) => resolve(count)));
    await expect.poll(open).toBe(1);
    await expect.poll(open, { timeout: 5_000 }).toBe(0);
    socket.destroy();
    sender.close();
  });

  test('an upload of nobody’s that is more than a form is refused by its head', async () => {
    const head =
      'POST /imports HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=x\r\n';
    const refused = await send([`${head}Content-Length: 250000\r\n\r\n`], 1);
    expect(refused).toMatch(/^HTTP\/1.1 413 /);
    expect(refused).toContain('Your session has ended');
  });

  test('headers larger than any browser sends are refused, and so are a thousand of them', async () => {
    const large = `GET / HTTP/1.1\r\nHost: localhost\r\nCookie: ${'x'.repeat(20_000)}\r\n\r\n`;
    expect(await send([large], 1)).toMatch(/^HTTP\/1.1 431 /);
    const many = Array.from({ length: 3_000 }, (_, n) => `X-${n}: x`).join('\r\n');
    expect(await send([`GET / HTTP/1.1\r\nHost: localhost\r\n${many}\r\n\r\n`], 1)).toMatch(
      /^HTTP\/1.1 431 /,
    );
  });

  test('one that idles between requests is kept', async () => {
    const get = 'GET /sign-in HTTP/1.1\r\nHost: localhost\r\n';
    const { port } = listening.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1').setEncoding('latin1');
    const answer = () =>
      new Promise<string>((resolve) => {
        let came = '';
        socket.on('data', function read(text: string) {
          came += text;
          if (!came.includes('</html>')) return;
          socket.off('data', read);
          resolve(came);
        });
      });
    socket.write(`${get}\r\n`);
    expect(await answer()).toMatch(/^HTTP\/1.1 200 /);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    socket.write(`${get}\r\n`);
    expect(await answer()).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });
});
