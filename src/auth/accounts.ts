import { db, read } from '../db/client.js';
import { violates } from '../db/violations.js';
import { hashPassword, isPassword } from './passwords.js';
import type { Person } from './sessions.js';

const shown = { id: true, name: true, email: true, role: true } as const;

/** The person with this address and password, or null: which of the two was wrong is not told. */
export async function findByPassword(email: string, password: string): Promise<Person | null> {
  const [user] = await read<{ id: number; hash: string }[]>`
    SELECT id, password_hash AS hash FROM users WHERE lower(email) = lower(${email})`;
  if (!(await isPassword(user?.hash ?? null, password)) || !user) return null;
  return db.user.update({ where: { id: user.id }, data: { lastSignInAt: new Date() }, select: shown });
}

/** Sign-up is open while there is nobody. */
export async function isSignUpOpen(): Promise<boolean> {
  return (await read<unknown[]>`SELECT 1 FROM users LIMIT 1`).length === 0;
}

export type SignUp = { name: string; email: string; password: string };

/**
 * Makes the first account, an admin. Of two people signing up at the same moment one is told that sign-up is closed (null):
 * the lock lets one in at a time.
 */
export async function createFirstAccount({ name, email, password }: SignUp): Promise<Person | null> {
  const passwordHash = await hashPassword(password);
  return db.$transaction(async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext('sign-up'))`;
    if (await tx.user.findFirst({ select: { id: true } })) return null;
    return tx.user.create({ data: { name, email, passwordHash, role: 'admin' }, select: shown });
  });
}

/** For the demo and for tests. Null when the address is taken. */
export async function createAccount(account: SignUp & { role: Person['role'] }): Promise<Person | null> {
  const { password, ...rest } = account;
  try {
    return await db.user.create({
      data: { ...rest, passwordHash: await hashPassword(password) },
      select: shown,
    });
  } catch (error) {
    if (violates(error, 'users_email_key')) return null;
    throw error;
  }
}
