import { type AuthAction, recordChange, type Trace } from '../changes/queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { violates } from '../db/violations.js';
import { type HashCost, hashPassword, isOutdated, isPassword } from './passwords.js';
import type { Role } from './roles.js';
import { endSessionsOf, type Person } from './sessions.js';

// Accounts: one row a person. Whoever left keeps the row, for what they wrote, and nothing that signs them in.

const shown = { id: true, name: true, email: true, role: true } as const;

export type Account = Person & {
  newEmail: string | null;
  confirmedAt: Date | null;
  lastSignInAt: Date | null;
  lastSignInFrom: string;
  signInCount: number;
  hasPassword: boolean;
  totpSince: Date | null;
};

/** Where a request comes from, for the trail. */
export type From = { userId: number | null; address: string };

export function findAccount(id: number): Promise<Account | null> {
  return accountWhere(Prisma.sql`id = ${id}`);
}

export function findAccountByEmail(email: string): Promise<Account | null> {
  return accountWhere(Prisma.sql`lower(email) = lower(${email})`);
}

async function accountWhere(condition: Prisma.Sql): Promise<Account | null> {
  const [account] = await read<Account[]>`
    SELECT id, name, email, role::text AS role, new_email AS "newEmail", confirmed_at AS "confirmedAt", last_sign_in_at AS "lastSignInAt",
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
  const [user] = await read<{ id: number; hash: string | null }[]>`
    SELECT id, password_hash AS hash FROM users WHERE lower(email) = lower(${email}) AND left_at IS NULL`;
  if (!(await isPassword(user?.hash ?? null, password, cost)) || !user?.hash) return null;
  if (isOutdated(user.hash, cost)) {
    await db.user.update({
      where: { id: user.id },
      data: { passwordHash: await hashPassword(password, cost) },
    });
  }
  return findAccount(user.id);
}

/** Whether this is the person's password, asked again before what matters. */
export async function isPasswordOf(id: number, password: string, cost: HashCost): Promise<boolean> {
  const user = await db.user.findUnique({ where: { id }, select: { passwordHash: true } });
  return isPassword(user?.passwordHash ?? null, password, cost);
}

/** Sign-up is open to all while there is nobody: the first becomes the admin. */
export async function isEmpty(): Promise<boolean> {
  return (await read<unknown[]>`SELECT 1 FROM users LIMIT 1`).length === 0;
}

export type SignUp = { name: string; email: string; password: string };

/**
 * Makes the first account, an admin. Of two people signing up at the same moment one is told that sign-up is closed (null):
 * the lock lets one in at a time.
 */
export async function createFirstAccount(
  { name, email, password }: SignUp,
  cost?: HashCost,
): Promise<Person | null> {
  const passwordHash = await hashPassword(password, cost);
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('sign-up'))`;
    if (await tx.user.findFirst({ select: { id: true } })) return null;
    return insert(tx, { name, email, passwordHash, role: 'admin', confirmedAt: new Date() }, 'signed up');
  });
}

/** Makes an account whose address is known to be theirs. Null when the address is taken. */
export async function createAccount(
  { name, email, password, role }: SignUp & { role: Role },
  cost?: HashCost,
): Promise<Person | null> {
  const passwordHash = await hashPassword(password, cost);
  return unlessTaken(() =>
    db.$transaction((tx) =>
      insert(tx, { name, email, passwordHash, role, confirmedAt: new Date() }, 'signed up'),
    ),
  );
}

/** Makes an account that cannot sign in until its address is confirmed. Null when the address is taken; it takes as long. */
export async function createUnconfirmed(
  { name, email, password, role }: SignUp & { role: Role },
  cost: HashCost,
): Promise<Person | null> {
  const passwordHash = await hashPassword(password, cost);
  return unlessTaken(() =>
    db.$transaction((tx) => insert(tx, { name, email, passwordHash, role }, 'signed up')),
  );
}

/** Inserts the account, with its line in the trail; an admin is kept where none is yet. */
export async function insert(
  tx: Prisma.TransactionClient,
  data: Prisma.UserCreateInput,
  action: Trace['action'],
): Promise<Person> {
  const person = await tx.user.create({ data, select: shown });
  if (person.role === 'admin') {
    await tx.$executeRaw`INSERT INTO admin_kept (user_id) VALUES (${person.id}) ON CONFLICT DO NOTHING`;
  }
  await record(tx, { userId: person.id, address: '' }, action, person, { after: { role: person.role } });
  return person;
}

export async function recordSignIn(person: Person, from: From, by: string): Promise<void> {
  await db.$transaction([
    db.user.update({
      where: { id: person.id },
      data: { lastSignInAt: new Date(), lastSignInFrom: from.address, signInCount: { increment: 1 } },
      select: { id: true },
    }),
    db.change.create({
      data: {
        ...from,
        action: 'signed in',
        noun: 'people',
        recordId: person.id,
        label: person.name,
        after: { by },
      },
      select: { id: true },
    }),
  ]);
}

/** A line in the trail. A failure of an address that nobody has is kept without it: what was typed may be a password. */
export async function note(
  account: { id: number; name: string } | null,
  from: From,
  action: AuthAction,
  after?: Prisma.InputJsonObject,
): Promise<void> {
  const about = account ?? { id: 0, name: 'an address that nobody has' };
  await record(db, from, action, about, after ? { after } : {});
}

/** Confirms the address: the first of a new account, or the one that was asked for instead. The database refuses one that somebody else has by now. */
export async function confirmAddress(
  tx: Prisma.TransactionClient,
  id: number,
): Promise<{ old: string; email: string; name: string }> {
  const user = await tx.user.findUniqueOrThrow({ where: { id } });
  const email = user.newEmail ?? user.email;
  await tx.user.update({
    where: { id },
    data: { email, newEmail: null, confirmedAt: user.confirmedAt ?? new Date() },
  });
  await record(tx, { userId: id, address: '' }, 'changed', user, {
    before: { email: user.email },
    after: { email, confirmed: true },
  });
  return { old: user.email, email, name: user.name };
}

export async function changeName(id: number, name: string, from: From): Promise<void> {
  const before = await db.user.findUniqueOrThrow({ where: { id }, select: shown });
  await db.$transaction(async (tx) => {
    await tx.user.update({ where: { id }, data: { name } });
    await record(tx, from, 'changed', { id, name }, { before: { name: before.name }, after: { name } });
  });
}

/** Keeps the address that was asked for until it is confirmed. */
export async function askForAddress(id: number, newEmail: string | null): Promise<void> {
  await db.user.update({ where: { id }, data: { newEmail }, select: { id: true } });
}

/** Sets a password and ends every session of the person: what was stolen with the old one is worth nothing. */
export async function setPassword(
  tx: Prisma.TransactionClient,
  account: { id: number; name: string },
  passwordHash: string,
  from: From,
): Promise<void> {
  await tx.user.update({ where: { id: account.id }, data: { passwordHash }, select: { id: true } });
  await endSessionsOf(tx, account.id);
  await record(tx, from, 'changed', account, { after: { password: 'a new one' } });
}

export async function changePassword(account: Account, passwordHash: string, from: From): Promise<void> {
  await db.$transaction((tx) => setPassword(tx, account, passwordHash, from));
}

/** `last admin` when the last admin would be gone: the database says so, whatever happens at the same moment. */
export type RoleChange = 'changed' | 'last admin';

/** Gives a person another role, and ends their sessions: rights change with a new session only. */
export async function changeRole(account: Person, role: Role, from: From): Promise<RoleChange> {
  return keepingAnAdmin(async (tx) => {
    await handOnAdmin(tx, account.id, role);
    await tx.user.update({ where: { id: account.id }, data: { role }, select: { id: true } });
    if (role === 'admin') {
      await tx.$executeRaw`INSERT INTO admin_kept (user_id) VALUES (${account.id}) ON CONFLICT DO NOTHING`;
    }
    await endSessionsOf(tx, account.id);
    await record(tx, from, 'changed', account, { before: { role: account.role }, after: { role } });
  });
}

/** Takes away all that signs the person in. What they wrote stays, under their name unless they want it gone. */
export async function leave(account: Person, keepsName: boolean, from: From): Promise<RoleChange> {
  return keepingAnAdmin(async (tx) => {
    await handOnAdmin(tx, account.id, 'viewer');
    await record(tx, from, 'left', keepsName ? account : { id: account.id, name: 'somebody' });
    const name = keepsName ? account.name : 'Somebody who left';
    const gone = {
      passwordHash: null,
      newEmail: null,
      totpSecret: null,
      totpSince: null,
      lastSignInFrom: '',
    };
    await tx.user.update({
      where: { id: account.id },
      data: { ...gone, email: `left-${account.id}`, name, role: 'viewer', leftAt: new Date() },
    });
    const theirs = { where: { userId: account.id } };
    await tx.session.deleteMany(theirs);
    await tx.mailedLink.deleteMany(theirs);
    await tx.recoveryCode.deleteMany(theirs);
    await tx.passkey.deleteMany(theirs);
    await tx.identity.deleteMany(theirs);
    await tx.apiToken.deleteMany(theirs);
    if (!keepsName)
      await tx.change.updateMany({ where: { noun: 'people', recordId: account.id }, data: { label: name } });
  });
}

/** Where the one admin that the database holds on to is about to go, it holds on to another. */
async function handOnAdmin(tx: Prisma.TransactionClient, id: number, role: Role): Promise<void> {
  if (role === 'admin') return;
  await tx.$executeRaw`
    UPDATE admin_kept SET user_id = (SELECT id FROM users WHERE role = 'admin' AND id <> ${id} ORDER BY id LIMIT 1)
    WHERE user_id = ${id} AND EXISTS (SELECT 1 FROM users WHERE role = 'admin' AND id <> ${id})`;
}

async function keepingAnAdmin(work: (tx: Prisma.TransactionClient) => Promise<void>): Promise<RoleChange> {
  try {
    await db.$transaction(work);
    return 'changed';
  } catch (error) {
    if (violates(error, 'admin_kept_user_id_role_fkey')) return 'last admin';
    throw error;
  }
}

async function unlessTaken<T>(make: () => Promise<T>): Promise<T | null> {
  try {
    return await make();
  } catch (error) {
    if (violates(error, 'users_email_key')) return null;
    throw error;
  }
}

/** Writes a line of the trail about a person, in the transaction of what it tells of. */
export async function record(
  tx: Pick<Prisma.TransactionClient, 'change'>,
  from: From,
  action: Trace['action'],
  { id, name }: { id: number; name: string },
  more: Pick<Trace, 'before' | 'after'> = {},
): Promise<void> {
  await recordChange(tx, { ...from, action, noun: 'people', recordId: id, label: name, ...more });
}

/** Everybody who has not left, by name. */
export async function listPeople(): Promise<
  (Person & { lastSignInAt: Date | null; confirmedAt: Date | null })[]
> {
  return db.user.findMany({
    where: { leftAt: null },
    select: { ...shown, lastSignInAt: true, confirmedAt: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
}
