import { read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { HttpError } from '../web/errors.js';
import type { Role } from './roles.js';

// Accounts: one row of `users` a person. Whoever left keeps the row, for what they wrote, and nothing that signs them in. (How accounts are made:
// sign-up.ts.) Two rules keep an account right when two things happen to it at the same moment:
//
// 1. What somebody showed, an old password say, earns nothing if the account has changed since. For that the row has a number, its generation:
//    - `startGeneration` raises it: at a new password, another role, a second factor on or off, and when somebody leaves;
//    - first the generation is read, then the password, the code or the passkey is checked, and what that earns (a session, a token, a passkey, a
//      provider, another address asked for) is written in a transaction that begins with `holdUnchanged`. It throws where the number was raised
//      in between.
// 2. Rows are locked in one order, else two transactions could wait for each other, and Postgres ends one: users, by id; then what they have, such as
//    sessions; then links that came by mail; then the one row of last-admin.ts.

type Tx = Prisma.TransactionClient;

/** Who somebody is, as every page knows them. */
export type Person = { id: number; name: string; email: string; role: Role };

/** A person, and the generation of their account when it was read. */
export type SeenPerson = Person & { generation: number };

export type Account = SeenPerson & {
  /** Asked for, and not confirmed. */
  newEmail: string | null;
  confirmedAt: Date | null;
  lastSignInAt: Date | null;
  lastSignInFrom: string;
  previousSignInAt: Date | null;
  previousSignInFrom: string;
  signInCount: number;
  hasPassword: boolean;
  /** Null where no second factor is in force. */
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
 * What was typed as an address, as it is held against `lower(email)` and as tries are counted by it. Lowered here and not by Postgres, whose `lower`
 * makes an i of more letters: one address written in two ways would have twice as many tries. (Stored ones are ASCII.)
 */
export function addressKey(email: string): string {
  return email.toLowerCase();
}

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
 * that no code has confirmed). Tokens, passkeys and providers stay: whoever wants them gone too asks for it (set-password.ts). Gives the new generation.
 */
export async function startGeneration(tx: Tx, userId: number): Promise<number> {
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
type Held = Omit<SeenPerson, 'name'> & { isConfirmed: boolean; hasLeft: boolean };

/** Holds the account for the rest of the transaction: its row is locked. Gives it as it is now; undefined where there is none. */
export async function holdAccount(tx: Tx, id: number): Promise<Held | undefined> {
  const [held] = await holdRows(tx, [id]);
  return held;
}

type Seen = Pick<SeenPerson, 'id' | 'generation'>;

/** Holds the account as it was read: throws 409 where its person has left or its generation was raised since. */
export async function holdUnchanged(tx: Tx, seen: Seen): Promise<Held> {
  return unchanged(await holdRows(tx, [seen.id]), seen);
}

/** The same for what only admins do, to themselves too: holds the admin as well, and throws 403 where they are none any more. Null: a script does it. */
export async function holdByAdmin(tx: Tx, seen: Seen, adminId: number | null): Promise<Held> {
  const rows = await holdRows(tx, [seen.id, adminId ?? seen.id]);
  if (adminId !== null) refuseUnlessAdmin(rows.find(({ id }) => id === adminId));
  return unchanged(rows, seen);
}

/** The same for what people do to their own account, and admins to anybody's. */
export function holdByOwnerOrAdmin(tx: Tx, seen: Seen, actorId: number | null): Promise<Held> {
  return actorId === seen.id ? holdUnchanged(tx, seen) : holdByAdmin(tx, seen, actorId);
}

function unchanged(rows: Held[], { id, generation }: Seen): Held {
  const held = rows.find((row) => row.id === id);
  if (!held || held.hasLeft || held.generation !== generation) throw changedMeanwhile();
  return held;
}

/** Holds an admin's own account. Throws 403 where they are no admin any more. */
export async function holdAdmin(tx: Tx, id: number): Promise<void> {
  refuseUnlessAdmin(await holdAccount(tx, id));
}

/** By id, the lower first. NO KEY: rows that only refer to these people, such as lines of the trail, can still be inserted. */
function holdRows(tx: Tx, ids: number[]): Promise<Held[]> {
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
