import { expect, test, vi } from 'vitest';
import { findSession, startSession } from '../src/auth/sessions.js';
import { db } from '../src/db/client.js';
import { signedIn, useApp } from './support/app.js';

/** What has been asked of the database: by `read`, and by Prisma's client. */
const asked = vi.hoisted(() => ({ reads: 0, others: 0 }));

vi.mock('../src/db/client.js', async (original) => {
  const real = await original<typeof import('../src/db/client.js')>();
  const read: typeof real.read = (...given) => {
    asked.reads += 1;
    return real.read(...given);
  };
  return {
    ...real,
    read,
    get db() {
      asked.others += 1;
      return real.db;
    },
  };
});

useApp();

const LIMITS = { idleHours: 12, maxHours: 168, keptDays: 30 };

test('one question finds a session and its person, and several that come together are found by one', async () => {
  const { person } = await signedIn('editor');
  const begun = () =>
    db.$transaction((tx) =>
      startSession(tx, { id: person.id, generation: 0 }, { isKept: false, address: '', agent: '' }, LIMITS),
    );
  const [first, second] = [await begun(), await begun()];
  Object.assign(asked, { reads: 0, others: 0 });
  expect((await findSession(first.secret, LIMITS))?.person.id).toBe(person.id);
  expect(asked).toEqual({ reads: 1, others: 0 });
  const found = await Promise.all([first, second].map(({ secret }) => findSession(secret, LIMITS)));
  expect(found.map((session) => session?.id)).toEqual([first.id, second.id]);
  expect(asked).toEqual({ reads: 2, others: 0 });
});

test('a page asks nothing else about who sees it', async () => {
  const { get } = await signedIn('editor');
  const questionsOf = async (path: string) => {
    Object.assign(asked, { reads: 0, others: 0 });
    await get(path);
    return asked.reads + asked.others;
  };
  // This page holds nothing of the database's.
  expect(await questionsOf('/imports/new')).toBe(1);
});
