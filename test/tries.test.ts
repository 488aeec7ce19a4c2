import { beforeEach, describe, expect, test } from 'vitest';
import { forgetTries, isLocked, takeTry, waitInWords } from '../src/auth/tries.js';
import { db } from '../src/db/client.js';
import { letters, signedIn, useApp, visitor } from './support/app.js';

useApp({ APP_URL: 'https://parts.example.com' });

const KEY = 'address ada@example.com';

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
    expect(await isLocked(KEY)).toBe(true);
    await ago(10_000);
    const refused = await takeTry(KEY);
    expect(refused.ok).toBe(false);
    expect(refused.ok ? '' : waitInWords(refused.seconds)).toContain('locked for a day');
    await ago(24 * 3_600 + 1);
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
    }
    expect(told[0]).toContain('locked for a day');
    expect(told[1]).toBe(told[0]);
    expect(letters).toHaveLength(1);
    const link = /parts\.example\.com(\/unlock\?token=([\w-]+))/.exec(letters[0]?.text ?? '');
    const owner = await visitor();
    expect((await owner.get(link?.[1] ?? '')).status).toBe(200);
    await owner.post('/unlock', { token: link?.[2] ?? '' });
    expect((await owner.signIn(person.email)).status).toBe(303);
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
});
