import { read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { HttpError } from '../web/errors.js';
import type { Role } from './roles.js';

// Accounts: one row of `users` a person. Whoever left keeps the row, for what they wrote, and nothing that signs them in. (How accounts are made:
// sign-up.ts.) Two rules keep an account right when two things happen to it at the same moment:
//
// 1. An old password earns nothing once there is a new one. For that the row has a number, its generation:
//    - `startGeneration` raises it when rights change or may be in wrong hands: a new password, another role, a second factor on or off, leaving;
//    - first the generation is read, then the password, the code or the passkey is checked, and what that earns (a session, a token, a passkey, a
//      provider, the wish for another address) is written in a transaction that begins with `holdUnchanged`. It throws where the number was raised
//      in between.
// 2. Rows are locked in one order, else two transactions could wait for each other, and Postgres ends one: users by id, before anything of theirs that
//    others end as well (sessions); then links that came by mail; then the one row of last-admin.ts.

/** Who somebody is, as every page knows them. */
export type Person = { id: number; name: string; email: string; role: Role };

/** A person, and the generation of their account when it was read. */
export type SeenPerson = Person & { generation: number };

export type Account = SeenPerson & {
  newEmail: string | null;
  confirmedAt: Date | null;
  lastSignInAt: Date | null;
  lastSignInFrom: string;
  previousSignInAt: Date | null;
  previousSignInFrom: string;
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

/**
 * What was typed as an address, as it is held against `lower(email)` and as tries are counted by it: without case. What is stored Postgres may lower, its
 * letters are ASCII. What is typed it may not: its `lower` takes more letters for an i, and who wrote one address in two ways would have twice as many
 * tries.
 */
export function addressKey(email: string): string {
  return email.toLowerCase();
}

/** By `read`: SQL that goes past Prisma, which is faster; within a transaction there is only `tx`. */
async function accountWhere(condition: Prisma.Sql): Promise<Account | null> {
  const [account] = await read<Account[]>`
    SELECT id, name, email, role::text AS role, generation, new_email AS "newEmail", confirmed_at AS "confirmedAt",
      last_sign_in_at AS "lastSignInAt", last_sign_in_from AS "lastSignInFrom", sign_in_count AS "signInCount",
      previous_sign_in_at AS "previousSignInAt", previous_sign_in_from AS "previousSignInFrom",
      password_hash IS NOT NULL AS "hasPassword", totp_since AS "totpSince"
    FROM users WHERE ${condition} AND left_at IS NULL`;
  return account ?? null;
}

/**
 * Raises the generation, in the transaction of what is the reason: all sessions of the person end, and whatever is half way (a step, a second factor
 * that no code has confirmed). Tokens, passkeys and providers stay. Gives the new generation.
 */
export async function startGeneration(tx: Prisma.TransactionClient, userId: number): Promise<number> {
  const { generation } = await tx.user.update({
    where: { id: userId },
    data: { generation: { increment: 1 } },
    select: { generation: true },
  });
  await tx.session.deleteMany({ where: { userId } });
  await tx.step.deleteMany({ where: { userId } });
  await tx.user.updateMany({ where: { id: userId, totpSince: null }, data: { totpSecret: null } });
  return generation;
}

/** An account's row while a transaction holds it. */
type Held = {
  id: number;
  email: string;
  generation: number;
  role: Role;
  isConfirmed: boolean;
  hasLeft: boolean;
};

/** Holds the account for the rest of the transaction: its row is locked. Gives it as it is now; undefined where there is none. */
export async function holdAccount(tx: Prisma.TransactionClient, id: number): Promise<Held | undefined> {
  const [held] = await holdRows(tx, [id]);
  return held;
}

/**
 * Holds the account as it was read: throws 409 where its person has left or its generation was raised since. `actorId` is who does something to it. If
 * that is somebody else, they are held as well, and 403 is thrown where they are no admin any more. (What only admins do, and to themselves too, calls
 * `holdAdmin` besides.)
 */
export async function holdUnchanged(
  tx: Prisma.TransactionClient,
  { id, generation }: Pick<SeenPerson, 'id' | 'generation'>,
  actorId: number | null = null,
): Promise<Held> {
  const rows = await holdRows(tx, [id, actorId ?? id]);
  if (actorId !== null && actorId !== id) refuseUnlessAdmin(rows.find((row) => row.id === actorId));
  const held = rows.find((row) => row.id === id);
  if (!held || held.hasLeft || held.generation !== generation) throw changedMeanwhile();
  return held;
}

/** Holds an admin's own account. Throws 403 where they are no admin any more. */
export async function holdAdmin(tx: Prisma.TransactionClient, id: number): Promise<void> {
  refuseUnlessAdmin(await holdAccount(tx, id));
}

/** By id, the lower first. NO KEY: rows that only refer to these people, such as lines of the trail, can still be inserted. */
function holdRows(tx: Prisma.TransactionClient, ids: number[]): Promise<Held[]> {
  return tx.$queryRaw<Held[]>`
    SELECT id, email, generation, role::text AS role, confirmed_at IS NOT NULL AS "isConfirmed", left_at IS NOT NULL AS "hasLeft" FROM users
    WHERE id = ANY(${ids}) ORDER BY id FOR NO KEY UPDATE`;
}

function refuseUnlessAdmin(held: Held | undefined): void {
  if (held?.role !== 'admin' || held.hasLeft)
    throw new HttpError(403, 'You are no admin any more: your role was changed at this very moment.');
}

/** 409: what was shown was true of the account as it was a moment ago. */
export function changedMeanwhile(): HttpError {
  return new HttpError(409, 'The account was changed at this very moment. Look at it, and do this again.');
}
