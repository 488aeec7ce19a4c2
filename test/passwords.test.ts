import { availableParallelism } from 'node:os';
import { expect, test, vi } from 'vitest';
import { isCommon } from '../src/auth/common-passwords.js';
import { hashPassword, isOutdated, isPassword } from '../src/auth/passwords.js';
import { USUAL_HASH } from '../src/settings.js';

/** How many hashes are being made, and the most that ever were. */
const running = vi.hoisted(() => ({ now: 0, most: 0 }));

/** The passes of each hash that was made. */
const passes = vi.hoisted(() => ({ made: [] as unknown[] }));

vi.mock('@node-rs/argon2', async (original) => {
  const real = await original<typeof import('@node-rs/argon2')>();
  const counted =
    <A extends unknown[], R>(work: (...given: A) => Promise<R>) =>
    async (...given: A) => {
      running.now += 1;
      running.most = Math.max(running.most, running.now);
      return work(...given).finally(() => {
        running.now -= 1;
      });
    };
  const hash: typeof real.hash = (password, options, ...more) => {
    passes.made.push(options?.timeCost);
    return real.hash(password, options, ...more);
  };
  return { ...real, hash: counted(hash), verify: counted(real.verify) };
});

test('hashing is bounded in number at once, and the process goes on meanwhile', async () => {
  const stored = await hashPassword('correct horse battery', USUAL_HASH);
  running.most = 0;
  let left = 30;
  const all = Promise.all(
    Array.from({ length: left }, async () => {
      const is = await isPassword(stored, 'correct horse battery', USUAL_HASH);
      left -= 1;
      return is;
    }),
  );
  // On the event loop's own thread each hash would leave room for one turn of it.
  let turns = 0;
  while (left > 0) {
    await new Promise(setImmediate);
    turns += 1;
  }
  expect(await all).toEqual(Array(30).fill(true));
  expect(running.most).toBe(Math.min(availableParallelism(), 3));
  expect(turns).toBeGreaterThan(300);
});

test('nobody’s password takes a hash as well, and is never right', async () => {
  running.most = 0;
  expect(await isPassword(null, 'nobody has this password', USUAL_HASH)).toBe(false);
  expect(running.most).toBe(1);
});

test('a wrong password takes as long against a hash of before, which was cheaper, as against nobody’s', async () => {
  const cost = { memoryKib: 8_192, passes: 5 };
  const today = await hashPassword('correct horse battery', cost);
  const before = await hashPassword('correct horse battery', { ...cost, passes: 2 });
  const smaller = await hashPassword('correct horse battery', { memoryKib: 4_096, passes: 2 });
  passes.made = [];
  for (const stored of [today, before, smaller]) await isPassword(stored, 'not this one', cost);
  expect(passes.made).toEqual([3, 4]);
  expect(await isPassword(before, 'correct horse battery', cost)).toBe(true);
  expect(passes.made).toHaveLength(2);
});

test('nor does a wrong one wait in line twice for it, which would tell as soon as others wait', async () => {
  const cost = { memoryKib: 8_192, passes: 3 };
  const stored = await hashPassword('correct horse battery', { ...cost, passes: 1 });
  // What nobody's is held against is made once, before.
  await isPassword(null, 'not this one', cost);
  const answered: string[] = [];
  const tried = Array.from({ length: 13 }, async (_none, n) => {
    await isPassword(n === 0 ? stored : null, 'not this one', cost);
    answered.push(n === 0 ? 'somebody’s' : 'nobody’s');
  });
  await Promise.all(tried);
  expect(answered.indexOf('somebody’s')).toBeLessThan(4);
});

test('a hash of another cost is outdated', async () => {
  const cost = { memoryKib: 8_192, passes: 1 };
  const hash = await hashPassword('correct horse battery', cost);
  expect([isOutdated(hash, cost), isOutdated(hash, USUAL_HASH)]).toEqual([false, true]);
});

test('what leaked most often is common, however it is written', () => {
  expect(['1234567890', 'QWERTYUIOP', 'correct horse battery'].map(isCommon)).toEqual([true, true, false]);
});
