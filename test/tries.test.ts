import { beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../src/app.js';
import { askForAddress, changePassword } from '../src/auth/account/changes.js';
import { type Account, findAccount } from '../src/auth/accounts.js';
import { findByPassword } from '../src/auth/by-password.js';
import { leave } from '../src/auth/leaving.js';
import { hashPassword } from '../src/auth/passwords.js';
import { beginSecondFactor, renewRecoveryCodes, turnOff } from '../src/auth/second-factor/second-factor.js';
import { startSession } from '../src/auth/sessions.js';
import { sweep } from '../src/auth/sweep.js';
import { makeToken } from '../src/auth/tokens/tokens.js';
import { forgetTries, lockedAmong, takeTry, tryKeys } from '../src/auth/tries.js';
import { db } from '../src/db/client.js';
import { USUAL_HASH } from '../src/settings.js';
import { app, letters, PASSWORD, signedIn, useApp, visitor } from './support/app.js';

useApp({ APP_URL: 'https://parts.example.com' });

const ADA = { id: 0, email: 'ada@example.com' };
const KEY = tryKeys.password(ADA.email);

/** As if the last try had been so long ago. */
const ago = (seconds: number) =>
  db.$executeRaw`UPDATE tries SET last_at = now() - ${seconds} * interval '1 second'`;

describe('failures', () => {
  beforeEach(() => forgetTries(KEY));

  test('ten are free, then each doubles the wait', async () => {
    for (let n = 0; n < 10; n += 1) expect(await takeTry(KEY)).toEqual({ ok: true, locks: false });
    for (const wait of [1, 2, 4, 8, 16, 32, 64, 128, 256]) {
      // Of the short waits nothing is asked in between: a slow machine may have sat them out.
      if (wait > 100) {
        await ago(wait / 2);
        const refused = await takeTry(KEY);
        const left = refused.ok ? null : refused.seconds;
        expect(left).toBeGreaterThan(wait / 2 - 30);
        expect(left).toBeLessThanOrEqual(wait / 2);
      }
      await ago(wait + 1);
      expect(await takeTry(KEY)).toEqual({ ok: true, locks: false });
    }
  });

  test('the twentieth locks, for a day or until the lock is lifted', async () => {
    for (let n = 0; n < 19; n += 1) {
      await takeTry(KEY);
      await ago(1_000);
    }
    expect(await takeTry(KEY)).toEqual({ ok: true, locks: true });
    expect(await lockedAmong([ADA])).toEqual(new Set([ADA.id]));
    await ago(10_000);
    const refused = await takeTry(KEY);
    expect(refused.ok).toBe(false);
    expect(refused).toMatchObject({ isLocked: true });
    await ago(24 * 3_600 + 1);
    expect(await lockedAmong([ADA])).toEqual(new Set());
    expect(await takeTry(KEY)).toEqual({ ok: true, locks: false });
  });

  test('fifty at the same moment are counted one by one', async () => {
    const started = performance.now();
    const taken = await Promise.all(Array.from({ length: 50 }, () => takeTry(KEY)));
    const seconds = Math.ceil((performance.now() - started) / 1_000);
    const isOk = taken.filter(({ ok }) => ok).length;
    expect(isOk).toBeGreaterThanOrEqual(10);
    // A machine that takes seconds over them sits out a wait or two.
    expect(isOk).toBeLessThanOrEqual(10 + seconds);
  });

  test('that come at the same moment are free as well, though one began before the other was written', async () => {
    for (let round = 0; round < 30; round += 1) {
      await forgetTries(KEY);
      const taken = await Promise.all(Array.from({ length: 5 }, () => takeTry(KEY)));
      expect(taken.map(({ ok }) => ok)).toEqual([true, true, true, true, true]);
    }
  });

  test('of an address are the same however it is written, and what was typed is not kept', async () => {
    await takeTry(KEY);
    await takeTry(KEY.toUpperCase());
    const kept = await db.tries.findMany();
    expect(kept).toHaveLength(1);
    expect(JSON.stringify(kept)).not.toContain('ada');
  });
});

describe('somebody who tries many passwords', () => {
  test('is told to wait alike whether or not the address has an account, and locks it; a mail opens it', async () => {
    const { person } = await signedIn('editor');
    const told: string[] = [];
    for (const email of [person.email, 'nobody@example.com']) {
      for (let n = 0; n < 19; n += 1) {
        await takeTry(`address ${email}`);
        await ago(1_000);
      }
      const somebody = await visitor();
      const last = await somebody.post('/sign-in', { email, password: 'still not it' });
      const after = await somebody.post('/sign-in', { email, password: 'correct horse battery' });
      told.push([last.text, after.text].join().replace(/value="[^"]*"/g, ''));
      expect(Number(after.headers['retry-after'])).toBeGreaterThan(80_000);
    }
    expect(told[0]).toContain('locked for a day');
    expect(told[1]).toBe(told[0]);
    expect(letters).toHaveLength(1);
    const locking = await db.change.findMany({ where: { action: 'was locked' }, orderBy: { id: 'asc' } });
    expect(locking.map(({ recordId }) => recordId)).toEqual([person.id, 0]);
    const link = /parts\.example\.com(\/unlock\?token=([\w-]+))/.exec(letters[0]?.text ?? '');
    const owner = await visitor();
    expect((await owner.get(link?.[1] ?? '')).status).toBe(200);
    await owner.post('/unlock', { token: link?.[2] ?? '' });
    expect((await owner.signIn(person.email)).status).toBe(303);
    const unlocking = await db.change.findFirst({ where: { action: 'was unlocked', recordId: person.id } });
    expect(unlocking).toMatchObject({ userId: person.id, address: expect.stringMatching(/./) });
  });

  test('is unlocked by an admin as well, and both stand in the trail', async () => {
    const admin = await signedIn('admin');
    const { person } = await signedIn('editor');
    for (let n = 0; n < 20; n += 1) {
      await takeTry(`address ${person.email}`);
      await ago(1_000);
    }
    expect((await admin.json(`/people/${person.id}`)).isLocked).toBe(true);
    await admin.post(`/people/${person.id}/unlocking`);
    expect((await (await visitor()).signIn(person.email)).status).toBe(303);
    const actions = await db.change.findMany({
      where: { noun: 'people', recordId: person.id },
      orderBy: { id: 'asc' },
    });
    expect(actions.map(({ action }) => action).slice(-2)).toEqual(['was unlocked', 'signed in']);
  });

  test('leaves no word that was typed in the trail', async () => {
    const somebody = await visitor();
    await somebody.post('/sign-in', { email: 'MyPassw0rd!MyPassw0rd!', password: 'hunter2hunter2' });
    const trail = JSON.stringify(await db.change.findMany());
    expect(trail).toContain('failed to sign in');
    expect(trail).not.toMatch(/MyPassw0rd|hunter2/i);
  });

  test('has no second way to write the address: what the database would take for the same letter is another', async () => {
    const { person } = await signedIn('viewer');
    const email = `victim-${person.id}@example.com`;
    await db.user.update({ where: { id: person.id }, data: { email } });
    for (const spelled of [email.replace('i', 'İ'), email.replace('i', 'ı')]) {
      expect((await (await visitor()).signIn(spelled)).status).toBe(422);
    }
    expect((await (await visitor()).signIn(email.toUpperCase())).status).toBe(303);
  });

  test('from a browser left open is stopped as well, wherever from, and it stands in the trail', async () => {
    const { person, ...left } = await signedIn('viewer');
    const trying = (password: string) =>
      left.post('/account/address', { email: 'thief@example.com', password });
    const tried = async (password: string) => (await trying(password)).status;
    const first: number[] = [];
    for (let n = 0; n < 11; n += 1) first.push(await tried(`guess ${n}`));
    expect(first).toEqual([...Array(10).fill(422), 429]);
    const right = await trying(PASSWORD);
    expect([right.status, right.headers['retry-after']]).toEqual([429, '1']);
    const lines = await db.change.findMany({ where: { recordId: person.id, action: 'failed to sign in' } });
    expect(lines.map(({ after }) => after)).toEqual(Array(10).fill({ by: 'password, asked again' }));
  });
});

describe('a new password at the moment of a sign-in with the old one', () => {
  const NEW = 'another correct horse';

  const FROM = { isKept: false, address: '', agent: '' };
  const LIMITS = { idleHours: 1, maxHours: 1, keptDays: 1 };
  const begin = (seen: Account) => db.$transaction((tx) => startSession(tx, seen, FROM, LIMITS));

  test('leaves no session that began with the old one', async () => {
    for (let round = 0; round < 6; round += 1) {
      const { person } = await signedIn('viewer');
      const account = await findAccount(person.id);
      const hash = await hashPassword(NEW, USUAL_HASH);
      const change = async () => {
        await new Promise((resolve) => setTimeout(resolve, 40));
        await changePassword(account!, { hash, revokesAllElse: false }, { userId: person.id, address: '' });
      };
      // At some of these moments the password is checked before the change, and the session would begin after it.
      const signIns = Array.from({ length: 12 }, async (_, n) => {
        await new Promise((resolve) => setTimeout(resolve, n * 4));
        const thief = await findByPassword(person.email, PASSWORD, { memoryKib: 19_456, passes: 2 });
        if (thief) await begin(thief).catch((error) => expect(error).toMatchObject({ status: 409 }));
      });
      await Promise.all([change(), ...signIns]);
      expect(await db.session.count({ where: { userId: person.id } })).toBe(0);
    }
  });

  test('is hashed anew when its owner signs in, at the cost that is asked for now', async () => {
    const { person } = await signedIn('viewer');
    const hashNow = async () =>
      (await db.user.findUniqueOrThrow({ where: { id: person.id } })).passwordHash ?? '';
    const dear = { memoryKib: 19_456, passes: 3 };
    expect(await findByPassword(person.email, 'not it', dear)).toBe(null);
    expect(await hashNow()).toContain('$m=19456,t=2,p=1$');
    expect(await findByPassword(person.email, PASSWORD, dear)).toMatchObject({ id: person.id });
    expect(await hashNow()).toContain('$m=19456,t=3,p=1$');
    expect(await findByPassword(person.email, PASSWORD, dear)).toMatchObject({ id: person.id });
  });

  test('is not undone by the old one being hashed anew at another cost', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { person } = await signedIn('viewer');
      const account = await findAccount(person.id);
      const hash = await hashPassword(NEW, USUAL_HASH);
      const dear = { memoryKib: 19_456, passes: 3 };
      await Promise.all([
        findByPassword(person.email, PASSWORD, dear),
        changePassword(account!, { hash, revokesAllElse: false }, { userId: person.id, address: '' }),
      ]);
      expect(await findByPassword(person.email, PASSWORD, dear)).toBe(null);
      expect(await findByPassword(person.email, NEW, dear)).toMatchObject({ id: person.id });
    }
  });

  test('is the end of whatever was shown before it: no session begins with that', async () => {
    const { person } = await signedIn('viewer');
    const before = await findAccount(person.id);
    const hash = await hashPassword(NEW, USUAL_HASH);
    await changePassword(before!, { hash, revokesAllElse: false }, { userId: person.id, address: '' });
    await expect(begin(before!)).rejects.toMatchObject({ status: 409 });
    expect(await begin((await findAccount(person.id))!)).toHaveProperty('secret');
  });

  test('stops whatever the old one was asked for again', async () => {
    const { person } = await signedIn('editor');
    const before = (await findAccount(person.id))!;
    const hash = await hashPassword(NEW, USUAL_HASH);
    const from = { userId: person.id, address: '' };
    await changePassword(before, { hash, revokesAllElse: false }, from);
    const late: Record<string, () => Promise<unknown>> = {
      password: () => changePassword(before, { hash, revokesAllElse: false }, from),
      address: () => askForAddress(before, 'thief@example.com', from),
      token: () => makeToken(before, { name: 'ci', scope: 'write', days: 9 }, from),
      secondFactor: () => beginSecondFactor(before, 'a secret of thirty-two letters..'),
      secondFactorOff: () => turnOff(before, from),
      recoveryCodes: () => renewRecoveryCodes(before, from),
      leaving: () => leave(before, true, from),
    };
    for (const [name, act] of Object.entries(late)) {
      await expect(act(), name).rejects.toMatchObject({ status: 409 });
    }
    const row = await db.user.findUniqueOrThrow({ where: { id: person.id } });
    expect([row.newEmail, row.totpSecret, row.leftAt]).toEqual([null, null, null]);
    expect(await db.apiToken.count({ where: { userId: person.id } })).toBe(0);
  });
});

test('what has run out is swept, and what has not stays', async () => {
  const { person } = await signedIn('viewer');
  const LONG_AGO = new Date(Date.now() - 100 * 86_400_000);
  const theirs = { userId: person.id };
  for (const [id, expiresAt] of Object.entries({ gone: LONG_AGO, good: new Date(Date.now() + 3_600_000) })) {
    await db.session.create({ data: { id, ...theirs, isKept: true, address: '', agent: '', expiresAt } });
    await db.mailedLink.create({ data: { id, ...theirs, purpose: 'reset', expiresAt } });
    await db.step.create({ data: { id, ...theirs, purpose: 'passkey', data: {}, expiresAt } });
  }
  await db.session.create({
    data: {
      id: 'idle',
      ...theirs,
      isKept: false,
      address: '',
      agent: '',
      expiresAt: new Date(Date.now() + 3_600_000),
      seenAt: LONG_AGO,
    },
  });
  await takeTry('address old@example.com');
  await db.tries.updateMany({ data: { lastAt: LONG_AGO } });
  await takeTry('address new@example.com');
  await sweep(new Date(), { idleHours: 12, maxHours: 24, keptDays: 30 });
  const ids = (rows: { id: string }[]) =>
    rows.map(({ id }) => id).filter((id) => ['gone', 'good', 'idle'].includes(id));
  expect(ids(await db.session.findMany())).toEqual(['good']);
  expect(ids(await db.mailedLink.findMany())).toEqual(['good']);
  expect(ids(await db.step.findMany())).toEqual(['good']);
  expect(await db.tries.count()).toBe(1);
});

test.each([
  ['/password-reset/new', 20],
  ['/sign-up', 40],
  ['/sign-in/with/github', 100],
  ['/sign-in/passkey', 20],
])('%s is sent %i times from one network, and then no more for a while', async (path, most) => {
  const { get, post } = await visitor(createApp(app.get('auth')));
  await get('/sign-in');
  const send = async () => (await post(path)).status;
  for (let n = 0; n < most; n += 1) expect(await send()).not.toBe(429);
  expect(await send()).toBe(429);
});

test('codes of several people are tried 50 times from one network, and then no more for a while', async () => {
  const server = createApp(app.get('auth'));
  const statuses: number[] = [];
  for (let n = 0; n < 6; n += 1) {
    const { person } = await signedIn('viewer');
    await db.user.update({ where: { id: person.id }, data: { totpSince: new Date() } });
    const browser = await visitor(server);
    await browser.signIn(person.email);
    for (let m = 0; m < 9; m += 1)
      statuses.push((await browser.post('/sign-in/code', { code: '000000' })).status);
  }
  expect(statuses).toEqual([...Array(50).fill(422), ...Array(4).fill(429)]);
});
