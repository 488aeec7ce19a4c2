import type { Request } from 'express';
import { db, read } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { unlessViolated } from '../db/violations.js';
import type { Settings } from '../settings.js';
import { addressKey, type SeenPerson } from './accounts.js';
import { keepAdmin } from './last-admin.js';
import { type HashCost, hashPassword } from './passwords.js';
import type { Role } from './roles.js';
import { authOf } from './signing-in.js';
import { record } from './trail.js';

// How accounts come to be. `ip` is where their people are, for the trail.

/** Sign-up is open to all while there is nobody: the first becomes the admin. */
export async function hasNobody(): Promise<boolean> {
  return (await read<unknown[]>`SELECT 1 FROM users LIMIT 1`).length === 0;
}

/** Whether the settings let strangers sign up. */
export function isOpen(req: Request): boolean {
  const { signUp } = authOf(req).settings;
  return signUp.open || signUp.domain !== null;
}

/** Whether strangers can sign up: the settings let them, and mail is on, as their addresses are to be confirmed. */
export function takesStrangers(req: Request): boolean {
  return isOpen(req) && authOf(req).mail.isOn;
}

/** What anybody may be who signs up with this address; null where they may not. */
export function roleOf(email: string, { open, domain }: Settings['signUp']): Role | null {
  if (open) return 'viewer';
  return domain !== null && isOfDomain(email, domain) ? 'editor' : null;
}

/** Whether an address is one of this domain's, whatever the case. */
export function isOfDomain(email: string, domain: string): boolean {
  return email.toLowerCase().endsWith(`@${domain}`);
}

type SignUp = { name: string; email: string; password: string };

/**
 * Makes the first account, an admin. Of two people signing up at the same moment one is told that sign-up is closed (null):
 * the lock lets one in at a time.
 */
export async function createFirstAccount(
  { name, email, password }: SignUp,
  ip: string,
  cost: HashCost,
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
  { isConfirmed, ip, cost }: { isConfirmed: boolean; ip: string; cost: HashCost },
): Promise<SeenPerson | null> {
  const passwordHash = await hashPassword(password, cost);
  const account = { name, email, passwordHash, role, confirmedAt: isConfirmed ? new Date() : null };
  return unlessViolated('users_email_key', null, () =>
    db.$transaction((tx) => insertAccount(tx, account, ip)),
  );
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

/**
 * Takes an account away that nobody ever came in with: somebody typed an address that they have not shown to be theirs. Out of the order of rule 2 in
 * accounts.ts: should two ever wait for each other by it, one is told to send theirs again.
 */
export async function dropUnconfirmed(tx: Prisma.TransactionClient, email: string): Promise<void> {
  await tx.$executeRaw`DELETE FROM users WHERE lower(email) = ${addressKey(email)} AND confirmed_at IS NULL`;
}
