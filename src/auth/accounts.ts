import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { unlessViolated } from '../db/violations.js';
import { HttpError } from '../web/errors.js';
import { keepAdmin } from './last-admin.js';
import { type HashCost, hashPassword, isOutdated, isPassword } from './passwords.js';
import type { Role } from './roles.js';
import type { SeenPerson } from './sessions.js';
import { record } from './trail.js';

// Accounts: one row a person. Whoever left keeps the row, for what they wrote, and nothing that signs them in.
//
// Two rules hold for whatever is done to an account here and in every folder, so that two things at the same moment end as if one came first:
//
// 1. Generation. A number in the row, raised by `endSessionsOf` whenever rights change or may be in wrong hands: a new password, another role, a
//    second factor on or off, leaving. Whoever has shown who they are was seen under one, which is read before what they show is checked, never
//    after; a session, a token, a passkey or a provider is written, and another address asked for, under that one only (`holdAccount`). So nothing
//    is done by the old password once there is a new one.
// 2. Order. Rows are held the person first (of two the lower id), then the link by which they act, then `admin_kept`: so no two wait for each other.
//    An account that was never confirmed makes room for whoever shows that the address is theirs, after the link: nobody is signed in by it.
//
// An admin who does something to somebody else is held with them (`by`), and is refused where they are no admin any more.

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

/**
 * An address as it is compared: without case. A row is found only where the database's `lower` agrees, which takes more letters for an i than
 * JavaScript's; tries are counted by this alone, so that who writes one address in two ways has no more of them.
 */
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

/** Whether this is the person's password, asked again before what matters. */
export async function isPasswordOf(id: number, password: string, cost: HashCost): Promise<boolean> {
  const user = await db.user.findUnique({ where: { id }, select: { passwordHash: true } });
  return isPassword(user?.passwordHash ?? null, password, cost);
}

/** Sign-up is open to all while there is nobody: the first becomes the admin. */
export async function hasNobody(): Promise<boolean> {
  return (await read<unknown[]>`SELECT 1 FROM users LIMIT 1`).length === 0;
}

type SignUp = { name: string; email: string; password: string };

/**
 * Makes the first account, an admin. Of two people signing up at the same moment one is told that sign-up is closed (null):
 * the lock lets one in at a time. `ip` is where they are, here and below: for the trail.
 */
export async function createFirstAccount(
  { name, email, password }: SignUp,
  ip: string,
  cost?: HashCost,
): Promise<SeenPerson | null> {
  const passwordHash = await hashPassword(password, cost);
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('sign-up'))`;
    if (await tx.user.findFirst({ select: { id: true } })) return null;
    return insertAccount(tx, { name, email, passwordHash, role: 'admin', confirmedAt: new Date() }, ip);
  });
}

/** Makes an account; one that is not confirmed signs in nobody until its address is. Null when the address is taken; it takes as long. */
export async function createAccount(
  { name, email, password, role }: SignUp & { role: Role },
  { isConfirmed, ip = '', cost }: { isConfirmed: boolean; ip?: string; cost?: HashCost },
): Promise<SeenPerson | null> {
  const passwordHash = await hashPassword(password, cost);
  const account = { name, email, passwordHash, role, confirmedAt: isConfirmed ? new Date() : null };
  return unlessViolated('users_email_key', null, () =>
    db.$transaction((tx) => insertAccount(tx, account, ip)),
  );
}

/**
 * Holds the account's row for the rest of the transaction: of two things done to one account at the same moment the second waits. `by` is the admin
 * who does it, where it is not the person: held as well, in the order that all keep. Throws 403 where they are no admin any more.
 * Gives the row as it is once held; undefined where there is none. Whoever only refers to a person's id, in a line of the trail or as the admin who is
 * kept, waits for none of this: it holds no key.
 */
export async function holdRow(
  tx: Prisma.TransactionClient,
  id: number,
  by: number | null = null,
): Promise<Held | undefined> {
  const rows = await tx.$queryRaw<Held[]>`
    SELECT id, email, generation, role::text AS role, left_at IS NOT NULL AS "hasLeft" FROM users
    WHERE id IN (${id}, ${by ?? id}) ORDER BY id FOR NO KEY UPDATE`;
  const rowOf = (whose: number) => rows.find((row) => row.id === whose);
  if (by !== null && by !== id) refuseUnlessAdmin(rowOf(by));
  return rowOf(id);
}

/** Holds the row of an admin where no other is to be held with it. Throws 403 where they are no admin any more. */
export async function holdAdmin(tx: Prisma.TransactionClient, id: number): Promise<void> {
  refuseUnlessAdmin(await holdRow(tx, id));
}

type Held = { id: number; email: string; generation: number; role: Role; hasLeft: boolean };

function refuseUnlessAdmin(held: Held | undefined): void {
  if (held?.role !== 'admin' || held.hasLeft)
    throw new HttpError(403, 'You are no admin any more: your role was changed at this very moment.');
}

/**
 * Holds the account as it was when its owner showed that it is theirs. Throws 409 where it was changed since, by a new password say: who knew
 * the old one must not come a moment before it.
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

/** Takes an account away that nobody ever came in with: somebody typed an address that they have not shown to be theirs. */
export async function dropUnconfirmed(tx: Prisma.TransactionClient, email: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM users WHERE lower(email) = ${addressKey(email)} AND confirmed_at IS NULL`;
}

/** Inserts the account, with its line in the trail; an admin is kept where none is yet. */
export async function insertAccount(
  tx: Prisma.TransactionClient,
  data: Prisma.UserCreateInput,
  ip: string,
): Promise<SeenPerson> {
  const select = { id: true, name: true, email: true, role: true, generation: true };
  const person = await tx.user.create({ data, select });
  if (person.role === 'admin') await keepAdmin(tx, person.id);
  await record(tx, { userId: person.id, address: ip }, 'signed up', person, { after: { role: person.role } });
  return person;
}
