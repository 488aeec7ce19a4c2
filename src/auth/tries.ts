import type { Request } from 'express';
import { db, read } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import * as format from '../web/format.js';
import { type Account, addressKey } from './accounts.js';
import { hashOf } from './secrets.js';

// Tries to come in, counted in the database, so that they hold over every process (by doors/, second-factor/at-the-door.ts, own-account.ts and, of letters,
// post.ts). Ten are free. After the tenth failure one waits 1 s, after the eleventh 2 s, and so on to 512 s after the nineteenth; the twentieth
// locks. While one waits, or it is locked, the right password is refused unread. A lock ends after a day, by an admin, and at the door by a link that is
// mailed. Addresses that nobody has are counted and locked alike: what is answered tells nothing.
const FREE = 10;
const LOCKS_AT = 20;
const DAY_SECONDS = 24 * 3_600;

/**
 * What can be tried of an account, by the key that it is counted under: its password at the door, its second factor, and the password that is asked
 * again within. `letter` is no way in: it bounds what anybody can have sent to an address.
 */
export const tryKeys = {
  password: (email: string) => `address ${email}`,
  code: (id: number) => `code ${id}`,
  passwordAgain: (id: number) => `again ${id}`,
  letter: (email: string) => `letter ${email}`,
};

/** `ok`: it may be made, and `locks` if it fails. Else one waits so many `seconds`, and `isLocked` says that this is a lock. */
export type Try = { ok: true; locks: boolean } | Refused;
type Refused = { ok: false; seconds: number; isLocked: boolean };

/**
 * Takes one try, counted as a failure before it is made: a hundred at the same moment are still counted one by one. What is refused is not counted, and
 * makes no wait longer. `key` is one of `tryKeys`. After a success: `forgetTries`.
 */
export async function takeTry(key: string): Promise<Try> {
  const hashed = hashedKey(key);
  // One goes through when the last is a day old (the count begins anew), while they are free, or when the wait is over and nothing is locked.
  const [taken] = await db.$queryRaw<{ failures: number }[]>`
    INSERT INTO tries AS t (key, failures, last_at) VALUES (${hashed}, 1, now())
    ON CONFLICT (key) DO UPDATE SET
      failures = CASE WHEN t.last_at < now() - interval '1 day' THEN 1 ELSE t.failures + 1 END,
      last_at = now()
    WHERE t.last_at < now() - interval '1 day'
      OR t.failures < ${FREE}::int
      OR (t.failures < ${LOCKS_AT}::int AND t.last_at <= now() - interval '1 second' * 2 ^ (t.failures - ${FREE}::int))
    RETURNING failures`;
  return taken ? { ok: true, locks: taken.failures >= LOCKS_AT } : refusedNow(hashed);
}

async function refusedNow(hashed: string): Promise<Refused> {
  const [row] = await read<{ failures: number; seconds: number }[]>`
    SELECT failures, extract(epoch FROM now() - last_at)::float8 AS seconds FROM tries WHERE key = ${hashed}`;
  // Forgotten since: it may be tried again at once.
  if (!row) return { ok: false, seconds: 1, isLocked: false };
  const isLocked = row.failures >= LOCKS_AT;
  const wait = isLocked ? DAY_SECONDS : 2 ** (row.failures - FREE);
  return { ok: false, seconds: Math.max(1, Math.ceil(wait - row.seconds)), isLocked };
}

/** “Try again in 8 seconds.”, or where it is locked what ends that; programs are told by a header. */
export function toldToWait(req: Request, { seconds, isLocked }: Refused, whenLocked: string): string {
  req.res?.set('Retry-After', String(seconds));
  if (isLocked) return whenLocked;
  return `Try again in ${format.wait(seconds)}.`;
}

type Client = Pick<Prisma.TransactionClient, 'tries'>;

/** After a success. */
export async function forgetTries(key: string, tx: Client = db): Promise<void> {
  await tx.tries.deleteMany({ where: { key: hashedKey(key) } });
}

/** When a lock is lifted: whatever of the account was tried. */
export async function forgetAllTries(account: Pick<Account, 'id' | 'email'>, tx: Client = db): Promise<void> {
  await tx.tries.deleteMany({ where: { key: { in: hashedKeysOf(account) } } });
}

/** The ids of those of whom anything is locked now. */
export async function lockedAmong(accounts: Pick<Account, 'id' | 'email'>[]): Promise<Set<number>> {
  const idsByKey = new Map(accounts.flatMap((one) => hashedKeysOf(one).map((key) => [key, one.id])));
  const aDayAgo = new Date(Date.now() - DAY_SECONDS * 1_000);
  const locked = await db.tries.findMany({
    where: { key: { in: [...idsByKey.keys()] }, failures: { gte: LOCKS_AT }, lastAt: { gt: aDayAgo } },
    select: { key: true },
  });
  return new Set(locked.flatMap(({ key }) => idsByKey.get(key) ?? []));
}

function hashedKeysOf({ id, email }: Pick<Account, 'id' | 'email'>): string[] {
  return [tryKeys.password(email), tryKeys.code(id), tryKeys.passwordAgain(id)].map(hashedKey);
}

/** What people type as an address may be a password: only its hash is kept. */
function hashedKey(key: string): string {
  return hashOf(addressKey(key));
}
