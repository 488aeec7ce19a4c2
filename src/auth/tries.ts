import { db, read } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { addressKey } from './accounts.js';
import { hashOf } from './secrets.js';

/**
 * Failures to come in, counted in the database, so that they hold over every process. The first ten are free, then each doubles the wait
 * (1 s, 2 s, 4 s and on), and the twentieth locks. A lock ends by mail, by an admin, or after a day. Addresses that nobody has are counted and
 * locked alike: what is answered tells nothing.
 */
const FREE = 10;
const MOST = 20;

type Tried = { id: number; email: string };

/**
 * What can be tried of an account: its password at the door, its second factor, and the password that is asked again within. Letters that anybody
 * can have sent to an address are counted in the same way.
 */
export const triesOf = {
  password: (email: string) => `address ${email}`,
  code: (id: number) => `code ${id}`,
  passwordAgain: (id: number) => `again ${id}`,
  letter: (email: string) => `letter ${email}`,
};

function keysOf({ id, email }: Tried): string[] {
  return [triesOf.password(email), triesOf.code(id), triesOf.passwordAgain(id)];
}

/** How it went: `locks` says that this try, should it fail, is the one that locks; else for how many seconds nothing is tried. */
export type Try = { ok: true; locks: boolean } | { ok: false; seconds: number };

/**
 * Takes one try, counted as a failure before it is made: a hundred at the same moment are still counted one by one.
 * `key` is what is tried, of `triesOf`. A success takes the count back: `forgetTries`.
 */
export async function takeTry(key: string): Promise<Try> {
  const id = hashedKey(key);
  const [taken] = await db.$queryRaw<{ failures: number }[]>`
    INSERT INTO tries AS t (key, failures, last_at) VALUES (${id}, 1, now())
    ON CONFLICT (key) DO UPDATE SET last_at = now(),
      failures = CASE WHEN t.last_at < now() - interval '1 day' THEN 1 ELSE t.failures + 1 END,
      locked_at = CASE WHEN t.last_at >= now() - interval '1 day' AND t.failures + 1 >= ${MOST}::int THEN now() END
    WHERE t.last_at < now() - interval '1 day'
      OR (t.locked_at IS NULL AND (t.failures < ${FREE}::int OR t.last_at <= now() - interval '1 second' * 2 ^ (t.failures - ${FREE}::int)))
    RETURNING failures`;
  return taken ? { ok: true, locks: taken.failures >= MOST } : { ok: false, seconds: await waitOf(id) };
}

type Tries = Pick<Prisma.TransactionClient, 'tries'>;

/** After a success. */
export async function forgetTries(key: string, tx: Tries = db): Promise<void> {
  await tx.tries.deleteMany({ where: { key: hashedKey(key) } });
}

/** When a lock is lifted: whatever of the account was tried. */
export async function forgetAllTries(account: Tried, tx: Tries = db): Promise<void> {
  await tx.tries.deleteMany({ where: { key: { in: keysOf(account).map(hashedKey) } } });
}

/** The ids of those of whom anything is locked now. */
export async function lockedAmong(accounts: Tried[]): Promise<Set<number>> {
  const idsByKey = new Map(accounts.flatMap((one) => keysOf(one).map((key) => [hashedKey(key), one.id])));
  const since = new Date(Date.now() - 24 * 3_600_000);
  const held = await db.tries.findMany({
    where: { key: { in: [...idsByKey.keys()] }, lockedAt: { gt: since } },
    select: { key: true },
  });
  return new Set(held.flatMap(({ key }) => idsByKey.get(key) ?? []));
}

/** "Try again in 8 seconds.", or where it is locked what ends that. */
export function waitInWords(seconds: number, whenLocked: string): string {
  if (seconds > 3_600) return whenLocked;
  return `Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`;
}

async function waitOf(id: string): Promise<number> {
  const [row] = await read<{ seconds: number }[]>`
    SELECT ceil(extract(epoch FROM last_at - now() + CASE WHEN locked_at IS NOT NULL THEN interval '1 day'
      ELSE interval '1 second' * 2 ^ (failures - ${FREE}::int) END))::int AS seconds FROM tries WHERE key = ${id}`;
  return Math.max(1, row?.seconds ?? 1);
}

/** What people type as an address may be a password: only its hash is kept. */
function hashedKey(key: string): string {
  return hashOf(addressKey(key));
}
