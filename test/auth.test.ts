import { afterEach, describe, expect, test, vi } from 'vitest';
import { createApp } from '../src/app.js';
import { can, ROLES, type Role } from '../src/auth/roles.js';
import { endSession, findSession, startSession } from '../src/auth/sessions.js';
import { createAccount, createFirstAccount } from '../src/auth/sign-up.js';
import { NAMED, write } from '../src/changes/write-queries.js';
import { db } from '../src/db/client.js';
import { USUAL_HASH } from '../src/settings.js';
import { pathOfThisSite } from '../src/web/addresses.js';
import { dateTime } from '../src/web/format.js';
import { app, type Browser, PASSWORD, signedIn, useApp, visitor } from './support/app.js';
import { aPlan } from './support/factories.js';

useApp();

describe('signing in', () => {
  test('who may do what', () => {
    const actions = ['read', 'comment', 'edit', 'administer'] as const;
    const table = [...ROLES, null].map((role) => [role, ...actions.map((action) => can(role, action))]);
    expect(table).toEqual([
      ['viewer', true, true, false, false],
      ['editor', true, true, true, false],
      ['admin', true, true, true, true],
      [null, false, false, false, false],
    ]);
  });

  test('files are taken at one address only, and of editors only', async () => {
    const viewer = await signedIn('viewer');
    const file = Buffer.alloc(1000, 'a');
    const anywhere = await viewer.agent.post('/imports').attach('files', file, 'a.yml');
    expect(anywhere.status).toBe(403);
    const editor = await signedIn('editor');
    expect((await editor.agent.post('/systems').attach('files', file, 'a.yml')).status).toBe(415);
  });

  test('the address is compared without case, and is no pattern', async () => {
    const { person } = await signedIn('editor');
    const somebody = await visitor();
    for (const pattern of ['%', '%@%', person.email.replace(/./, '_'), `%${person.email.slice(3)}`]) {
      const refused = await somebody.post('/sign-in', { email: pattern, password: 'correct horse battery' });
      expect({ pattern, status: refused.status }).toEqual({ pattern, status: 422 });
    }
    expect((await somebody.signIn(person.email.toUpperCase())).status).toBe(303);
  });

  test('a wrong password and an unknown address are told alike, and the address typed is kept', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    const wrong = await somebody.post('/sign-in', { email: person.email, password: 'not this one' });
    const unknown = await somebody.post('/sign-in', {
      email: 'nobody@example.com',
      password: 'not this one',
    });
    const told = (text: string) => /class="error"[^>]*>([^<]+)</.exec(text)?.[1];
    expect(told(wrong.text)).toBe(told(unknown.text));
    expect(wrong.text).toContain(`value="${person.email}"`);
    expect(wrong.text).not.toContain('not this one');
  });

  test('signing out ends the session and stands in the trail', async () => {
    const { person, ...browser } = await signedIn('viewer');
    expect((await browser.post('/sign-out')).headers.location).toBe('/');
    expect((await browser.get('/account')).headers.location).toBe('/sign-in?to=%2Faccount');
    const lines = await db.change.findMany({ where: { userId: person.id, action: 'signed out' } });
    expect(lines.map(({ label, address }) => [label, address === ''])).toEqual([[person.name, false]]);
  });

  test('of requests that come together each is answered as whose it is, whatever became of the others', async () => {
    const limits = { idleHours: 12, maxHours: 168, keptDays: 30 };
    const begin = async (isKept: boolean) => {
      const { person } = await signedIn('viewer');
      const seen = { id: person.id, generation: 0 };
      const from = { isKept, address: '', agent: '' };
      const started = await db.$transaction((tx) => startSession(tx, seen, from, limits));
      return { ...started, name: person.name };
    };
    const [ada, ben, ended, idle, kept, over] = await Promise.all(
      [false, false, false, false, true, true].map(begin),
    );
    if (!ada || !ben || !ended || !idle || !kept || !over) throw new Error('too few');
    await endSession(ended.id);
    const aWhileAgo = new Date(Date.now() - 13 * 3_600_000);
    await db.session.updateMany({
      where: { id: { in: [idle.id, kept.id] } },
      data: { seenAt: aWhileAgo },
    });
    await db.session.update({ where: { id: over.id }, data: { expiresAt: aWhileAgo } });
    const nobodys = { secret: 'nobody’s' };
    const secrets = [ada, kept, nobodys, ended, ben, idle, ada, over].map(({ secret }) => secret);
    const found = await Promise.all(secrets.map((secret) => findSession(secret, limits)));
    expect(found.map((session) => session?.person.name ?? null)).toEqual([
      ada.name,
      kept.name,
      null,
      null,
      ben.name,
      null,
      ada.name,
      null,
    ]);
    const seen = await db.session.findUniqueOrThrow({ where: { id: kept.id } });
    expect(seen.seenAt.getTime()).toBeGreaterThan(aWhileAgo.getTime());
  });

  test('who is signed out, or may less, while their request still arrives does nothing by it', async () => {
    const sendLate = async (path: string, meanwhile: (id: number) => PromiseLike<unknown>) => {
      const { person, ...browser } = await signedIn('editor');
      await browser.get('/account/name');
      // Whose it is was found by the head; the rest comes later.
      const slow = browser.agent.post(path).type('form');
      slow.write(`_csrf=${browser.token()}&`);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await meanwhile(person.id);
      slow.write('name=Late');
      expect((await slow).status).toBe(403);
    };
    await sendLate('/account/name', (userId) => db.session.deleteMany({ where: { userId } }));
    await sendLate('/systems', (id) => db.user.update({ where: { id }, data: { role: 'viewer' } }));
    expect(await db.user.count({ where: { name: 'Late' } })).toBe(0);

    // What is said of a passkey is read at its own address.
    const { person, ...browser } = await signedIn('editor');
    await browser.get('/account/name');
    const slow = browser.agent.post('/account/passkeys').type('json').set('x-csrf-token', browser.token());
    slow.set('Accept', 'application/json');
    slow.write('{"name": "Late",');
    await new Promise((resolve) => setTimeout(resolve, 100));
    await db.session.deleteMany({ where: { userId: person.id } });
    slow.write('"credential": {}}');
    expect((await slow).status).toBe(401);
    expect(await db.system.count({ where: { name: 'Late' } })).toBe(0);
  });

  test('and whoever may less when what took a while is done has not written it', async () => {
    const { person } = await signedIn('editor');
    const { system } = await aPlan(person);
    const author = { userId: person.id, address: '', token: '' };
    const trace = { author, action: 'imported', noun: 'plans', isLarge: true } as const;
    const writing = write(trace, {}, async (tx) => {
      const plan = await tx.plan.create({ data: { name: 'Late', systemId: system.id }, select: NAMED });
      await tx.user.update({ where: { id: person.id }, data: { role: 'viewer' } });
      return plan;
    });
    await expect(writing).rejects.toMatchObject({ status: 403 });
    expect(await db.plan.count({ where: { name: 'Late' } })).toBe(0);
  });

  test('one returns to the page one wanted, and the session’s id is a new one', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    const sent = await somebody.get('/plans?q=x');
    expect(sent.headers.location).toBe('/sign-in?to=%2Fplans%3Fq%3Dx');
    await somebody.get(sent.headers.location ?? '');
    const arrived = await somebody.post('/sign-in', {
      email: person.email,
      password: 'correct horse battery',
      to: '/plans?q=x',
    });
    expect(arrived.headers.location).toBe('/plans?q=x');
    expect(String(arrived.headers['set-cookie'])).toMatch(/session=[^;]+; Path=\/; .*HttpOnly; SameSite=Lax/);
  });

  test('what somebody planted in the browser is no session after it either, and the one before is over', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    const planted = 'planted'.repeat(6);
    const bring = (secret: string) => somebody.agent.jar.setCookie(`session=${secret}`, '127.0.0.1', '/');
    const arrive = async () => {
      await somebody.get('/sign-in');
      const arrived = await somebody.signIn(person.email);
      return /session=([^;]+)/.exec(String(arrived.headers['set-cookie']))?.[1] ?? '';
    };
    bring(planted);
    const first = await arrive();
    bring(planted);
    expect(await somebody.json('/account')).toMatchObject({ status: 401 });
    bring(first);
    expect((await somebody.json('/account')).account.email).toBe(person.email);
    // Signed in over it: with the token of its own form, as one who takes the place of somebody else.
    await somebody.get('/account');
    const second = await arrive();
    expect(new Set([planted, first, second, '']).size).toBe(4);
    bring(first);
    expect(await somebody.json('/account')).toMatchObject({ status: 401 });
  });

  test('lasts until the browser closes, or thirty days where one is kept signed in', async () => {
    const { person } = await signedIn('viewer');
    const arrive = async (keep: Record<string, string>) => {
      const somebody = await visitor();
      const fields = { email: person.email, password: 'correct horse battery', ...keep };
      const arrived = await somebody.post('/sign-in', fields);
      const cookie = [arrived.headers['set-cookie']].flat().find((one) => one?.startsWith('session='));
      return /Expires=([^;]+)/.exec(cookie ?? '')?.[1];
    };
    expect(await arrive({})).toBeUndefined();
    const days = (Date.parse((await arrive({ keep: 'on' })) ?? '') - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThan(30.1);
  });

  test.each([
    '//evil.example',
    '/\\evil.example',
    '\\\\evil',
    'https://evil.example/',
    'javascript:alert(1)',
    '/\t/evil.example',
    '',
    undefined,
  ])('never to another site: %j', (wanted) => {
    expect(pathOfThisSite(wanted)).toMatch(/^\/(?![/\\])/);
    expect(new URL(pathOfThisSite(wanted), 'http://here.invalid').host).toBe('here.invalid');
  });

  test('where one is in already, by another tab, one is led on to the page one wanted', async () => {
    const { person } = await signedIn('viewer');
    const somebody = await visitor();
    await somebody.get('/sign-in?to=%2Fplans');
    const fields = { _csrf: somebody.token(), email: person.email, password: 'correct horse battery' };
    await somebody.signIn(person.email);
    const send = (to: string) =>
      somebody.agent
        .post('/sign-in')
        .type('form')
        .send({ ...fields, to });
    const told = await send('/plans');
    expect([told.status, told.text]).toEqual([403, expect.stringContaining('You are signed in already')]);
    expect(told.text).toContain('<a href="/plans">Go on');
    expect((await send('//elsewhere.example')).text).toContain('<a href="/">Go on');
  });

  test('after enough failures from one network further tries are refused for a while; one too soon is none', async () => {
    const somebody = await visitor();
    await somebody.get('/sign-in');
    const tried = (email: string) => somebody.post('/sign-in', { email, password: 'wrong' });
    // One person in a hurry: the eleventh and later are not even looked at.
    for (let tries = 0; tries < 60; tries += 1) await tried('hurry@example.com');
    const statuses: number[] = [];
    for (let tries = 0; tries < 45; tries += 1) statuses.push((await tried(`x${tries}@example.com`)).status);
    expect(new Set(statuses.slice(0, 20))).toEqual(new Set([422]));
    expect(statuses.at(-1)).toBe(429);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const refused = await tried('y@example.com');
    expect(refused.text).toContain('Too many tries from your network');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(600);
    expect(Number(refused.headers['retry-after'])).toBeLessThan(900);
  });

  test('whoever signs up first is welcomed by name', async () => {
    await db.user.deleteMany();
    const somebody = await visitor();
    const made = await somebody.post('/sign-up', {
      name: 'Ada',
      email: 'ada@example.com',
      password: 'a long password',
    });
    expect(made.status).toBe(303);
    expect((await somebody.get('/')).text).toContain('Welcome, Ada.');
  });

  test('of several first sign-ups at the same moment one makes the admin', async () => {
    await db.adminKept.deleteMany();
    await db.user.deleteMany();
    const people = ['a', 'b', 'c', 'd'].map((name) => ({
      name,
      email: `${name}@example.com`,
      password: 'a long password',
    }));
    const made = await Promise.all(
      people.map((person) => createFirstAccount(person, '192.0.2.7', USUAL_HASH)),
    );
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await db.user.findMany({ select: { role: true } })).toEqual([{ role: 'admin' }]);
    expect((await (await visitor()).get('/sign-up')).status).toBe(403);
  });
});

describe('the last time that somebody came in', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  test('is shown to them and to admins, with where from and how often they did', async () => {
    const auth = app.get('auth');
    const behindProxy = createApp({ ...auth, settings: { ...auth.settings, trustProxy: 1 } });
    const begun = Date.now();
    const later = (hours: number) => new Date(begun + hours * 3_600_000);
    const made = (role: Role) =>
      createAccount(
        { name: role, email: `${role}@example.com`, password: PASSWORD, role },
        { isConfirmed: true, ip: '', cost: USUAL_HASH },
      );
    const arrive = async (role: Role, at: Date, from: string, password = PASSWORD) => {
      vi.useFakeTimers({ toFake: ['Date'], now: at });
      const somebody = await visitor(behindProxy);
      somebody.agent.set('X-Forwarded-For', from);
      await somebody.signIn(`${role}@example.com`, password);
      return somebody;
    };
    const shownOn = async (browser: Browser, path: string, what = 'Last sign-in') =>
      new RegExp(`<dt>${what}</dt><dd>(.*?)</dd>`).exec((await browser.get(path)).text)?.[1];
    const [viewer] = [await made('viewer'), await made('admin')];
    const admin = await arrive('admin', later(0), '203.0.113.1');
    const toAdmin = () => shownOn(admin, `/people/${viewer?.id}`);
    expect(await toAdmin()).toBe('never');

    const first = await arrive('viewer', later(1), '203.0.113.7');
    const once = `${dateTime(later(1))}, from 203.0.113.7, 1 sign-in in all`;
    expect([await shownOn(first, '/account'), await toAdmin()]).toEqual([once, once]);

    await arrive('viewer', later(2), '203.0.113.99', 'not this one');
    expect([await shownOn(first, '/account'), await toAdmin()]).toEqual([once, once]);

    // Anybody can have written what stands left of the proxy's own word.
    const second = await arrive('viewer', later(3), '192.0.2.1, 198.51.100.23');
    const twice = `${dateTime(later(3))}, from 198.51.100.23, 2 sign-ins in all`;
    expect([await shownOn(second, '/account'), await toAdmin()]).toEqual([twice, twice]);
    const before = `${dateTime(later(1))}, from 203.0.113.7`;
    expect(await shownOn(second, '/account', 'The one before')).toBe(before);
    const { people } = await admin.json('/people');
    expect(people).toContainEqual(
      expect.objectContaining({ id: viewer?.id, lastSignInAt: later(3).toJSON() }),
    );
  });
});
