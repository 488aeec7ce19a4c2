import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { HttpError } from '../web/errors.js';
import { type HashCost, hashPassword, isOutdated, isPassword } from './passwords.js';
import type { Role } from './roles.js';

// Accounts: one row of `users` a person. Whoever left keeps the row, for what they wrote, and nothing that signs them in. (How accounts are made:
// sign-up.ts.) Two rules keep an account right when two things happen to it at the same moment:
//
// 1. The generation is a number in the row. `startGeneration` raises it when rights change or may be in wrong hands: a new password, another role, a
//    second factor on or off, leaving. Read it before you check what somebody shows, write later through `holdAccount`, which refuses if it was
//    raised since. So nothing is done by an old password once there is a new one.
// 2. Rows are locked in one order, so that no two transactions wait for each other: users by id, then a link that came by mail, then the row of
//    last-admin.ts. (An account that was never confirmed is deleted after the link; nobody is signed in by it.)

/** Who somebody is, as every page knows them. */
export type Person = { id: number; name: string; email: string; role: Role };

/** A person, and the generation of their account when it was read. */
export type SeenPerson = Person & { generation: number };

export type Account = SeenPerson & {
  newEmail: string | null;
  confirmedAt: Date | null;
  lastSignInAt: Date | null;
  lastSignInFrom: string;
  signInCount: number;
  hasPassword: boolean;
  totpSince: Date | null;
};

/** The account of this id, or null when there is none, or its person has left. */
export function findAccount(id: number): Promise<Account | null> {
  return accountWhere(Prisma.sql`id = ${id}`);
}

/** The account with this address, compared without case, or null. */
export function findAccountByEmail(email: string): Promise<Account | null> {
  return accountWhere(Prisma.sql`lower(email) = ${addressKey(email)}`);
}

/** An address as it is compared: without case. Where Postgres' `lower` takes a letter otherwise no row is found, which is no harm. */
export function addressKey(email: string): string {
  return email.toLowerCase();
}

async function accountWhere(condition: Prisma.Sql): Promise<Account | null> {
  const [account] = await read<Account[]>`
    SELECT id, name, email, role::text AS role, generation, new_email AS "newEmail", confirmed_at AS "confirmedAt", last_sign_in_at AS "lastSignInAt",
      last_sign_in_from AS "lastSignInFrom", sign_in_count AS "signInCount", password_hash IS NOT NULL AS "hasPassword", totp_since AS "totpSince"
    FROM users WHERE ${condition} AND left_at IS NULL`;
  return account ?? null;
}

/**
 * The account with this address and password, or null: which of the two was wrong is not told, and both take as long.
 * A hash of another cost than is asked for now is made anew.
 */
export async function findByPassword(
  email: string,
  password: string,
  cost: HashCost,
): Promise<Account | null> {
  const [user] = await read<{ id: number; hash: string | null; generation: number }[]>`
    SELECT id, password_hash AS hash, generation FROM users WHERE lower(email) = ${addressKey(email)} AND left_at IS NULL`;
  if (!(await isPassword(user?.hash ?? null, password, cost)) || !user?.hash) return null;
  if (isOutdated(user.hash, cost)) {
    // Only in place of the one that was checked: it may have been changed meanwhile.
    const passwordHash = await hashPassword(password, cost);
    await db.user.updateMany({ where: { id: user.id, passwordHash: user.hash }, data: { passwordHash } });
  }
  const account = await findAccount(user.id);
  return account && { ...account, generation: user.generation };
}

/** An account's row while a transaction holds it. */
export type Held = { id: number; email: string; generation: number; role: Role; hasLeft: boolean };

/**
 * Holds the account for the rest of the transaction (its row is locked), as it was when it was read. `by` is the admin who does something to it, if
 * it is not its person: held as well. Throws 409 where it was changed since (rule 1), 403 where `by` is no admin any more.
 */
export async function holdAccount(
  tx: Prisma.TransactionClient,
  { id, generation }: Pick<SeenPerson, 'id' | 'generation'>,
  by: number | null = null,
): Promise<Held> {
  const held = await holdRow(tx, id, by);
  if (!held || held.hasLeft || held.generation !== generation) throw changedMeanwhile();
  return held;
}

/** 409: what was shown was true of the account as it was a moment ago. */
export function changedMeanwhile(): HttpError {
  return new HttpError(409, 'The account was changed at this very moment. Look at it, and do this again.');
}

/** Holds the row of an admin where no other is to be held with it. Throws 403 where they are no admin any more. */
export async function holdAdmin(tx: Prisma.TransactionClient, id: number): Promise<void> {
  refuseUnlessAdmin(await holdRow(tx, id));
}

/** Holds the row whatever its generation; undefined where there is none. `by` as in `holdAccount`. */
export async function holdRow(
  tx: Prisma.TransactionClient,
  id: number,
  by: number | null = null,
): Promise<Held | undefined> {
  // NO KEY: rows that only refer to this person, such as lines of the trail, can still be inserted.
  const rows = await tx.$queryRaw<Held[]>`
    SELECT id, email, generation, role::text AS role, left_at IS NOT NULL AS "hasLeft" FROM users
    WHERE id IN (${id}, ${by ?? id}) ORDER BY id FOR NO KEY UPDATE`;
  const rowOf = (whose: number) => rows.find((row) => row.id === whose);
  if (by !== null && by !== id) refuseUnlessAdmin(rowOf(by));
  return rowOf(id);
}

function refuseUnlessAdmin(held: Held | undefined): void {
  if (held?.role !== 'admin' || held.hasLeft)
    throw new HttpError(403, 'You are no admin any more: your role was changed at this very moment.');
}
