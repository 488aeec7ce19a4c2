import { db, read } from '../../db/client.js';
import type { Prisma } from '../../db/generated/client.js';
import { unlessViolated } from '../../db/violations.js';
import type { Settings } from '../../settings.js';
import {
  type Account,
  addressKey,
  changedMeanwhile,
  findAccount,
  findAccountByEmail,
  holdUnchanged,
} from '../accounts.js';
import { type MailedLink, useUp } from '../mailed-links.js';
import { dropUnconfirmed, hasNobody, insertAccount, roleOf } from '../sign-up.js';
import { type From, record } from '../trail.js';
import { hasOtherWayIn, type Provider } from '../ways-in.js';
import type { Profile } from './strategies.js';

// Whom a provider knows, and whose account here that is.

/** Why somebody whom a provider knows does not come in. `again`: something else happened at the same moment. */
export type Refusal = 'unverified' | 'not invited' | 'nobody is here yet' | 'left' | 'again';

/** Who it is, and how that was found; or why they do not come in. */
export type Arrival =
  | { ok: true; account: Account; how: 'known' | 'linked' | 'new' }
  | { ok: false; refusal: Refusal };

export type Known = { provider: Provider; profile: Profile };

/** The account of somebody whom the provider knows: theirs, or the one with the address that is verified to be theirs, or a new one. */
export async function arrive(known: Known, signUp: Settings['signUp'], ip: string): Promise<Arrival> {
  const identity = await findIdentity(known);
  if (identity) return knownAs(known, identity.userId);
  const { email } = known.profile;
  if (!email) return refused('unverified');
  const account = await findAccountByEmail(email);
  // One that was never confirmed counts as none: whoever typed its address need not be who has it.
  return account?.confirmedAt ? linkByAddress(account, known, ip) : signUpAs(known, email, signUp, ip);
}

async function knownAs(known: Known, userId: number): Promise<Arrival> {
  const account = await findAccount(userId);
  // The account as it is now is theirs only if the link still is.
  if (!(await findIdentity(known))) return refused('again');
  return account ? { ok: true, account, how: 'known' } : refused('left');
}

async function linkByAddress(account: Account, known: Known, ip: string): Promise<Arrival> {
  const done = await link(account, known, { userId: account.id, address: ip });
  return done === 'linked' ? { ok: true, account, how: 'linked' } : refused('again');
}

/** An invitation of the address holds whoever else may sign up. The first account is made on its own page, and not by chance here. */
async function signUpAs(
  known: Known,
  email: string,
  signUp: Settings['signUp'],
  ip: string,
): Promise<Arrival> {
  if (await hasNobody()) return refused('nobody is here yet');
  const invitation = await findInvitation(email);
  const role = invitation ? (invitation.role ?? 'viewer') : roleOf(email, signUp);
  if (!role) return refused('not invited');
  const person = await linked(async (tx) => {
    if (invitation && !(await useUp(tx, invitation))) return null;
    await dropUnconfirmed(tx, email);
    const { name } = known.profile;
    const person = await insertAccount(tx, { name, email, role, confirmedAt: new Date() }, ip);
    await tx.identity.create({ data: { userId: person.id, ...keyOf(known) } });
    return person;
  });
  const account = person && (await findAccount(person.id));
  return account ? { ok: true, account, how: 'new' } : refused('again');
}

async function findInvitation(email: string): Promise<MailedLink | null> {
  const [invitation] = await read<MailedLink[]>`
    SELECT id, user_id AS "userId", email, role::text AS role FROM mailed_links
    WHERE purpose = 'invitation' AND lower(email) = ${addressKey(email)} AND used_at IS NULL AND expires_at > now()
    ORDER BY created_at DESC LIMIT 1`;
  return invitation ?? null;
}

/** Links to an account, as it was when it was found to be theirs. `taken` when it signs in somebody else here. */
export async function link(
  account: Account,
  known: Known,
  from: From,
): Promise<'linked' | 'linked already' | 'taken'> {
  const isDone = await linked(async (tx) => {
    const { email } = await holdUnchanged(tx, account);
    // It may have been found by an address that was given up at that very moment.
    if (email !== account.email) throw changedMeanwhile();
    await tx.identity.create({ data: { userId: account.id, ...keyOf(known) } });
    await record(tx, from, 'changed', account, { after: { linked: known.provider.issuer } });
    return true;
  });
  if (isDone) return 'linked';
  const identity = await findIdentity(known);
  return identity?.userId === account.id ? 'linked already' : 'taken';
}

/** Takes a link away, unless nothing else would sign the person in. Null when there is none such. */
export async function unlink(
  account: Account,
  id: number,
  providers: Provider[],
  from: From,
): Promise<'unlinked' | 'last way in' | null> {
  return db.$transaction(async (tx) => {
    const isLast = !(await hasOtherWayIn(tx, account.id, { identity: id }, providers));
    const identity = await tx.identity.findFirst({ where: { id, userId: account.id } });
    if (!identity) return null;
    if (isLast) return 'last way in';
    await tx.identity.delete({ where: { id } });
    const before = { linked: identity.provider };
    await record(tx, from, 'changed', account, { before, after: { linked: null } });
    return 'unlinked';
  });
}

async function findIdentity(known: Known): Promise<{ userId: number } | null> {
  return db.identity.findUnique({ where: { provider_subject: keyOf(known) }, select: { userId: true } });
}

function keyOf({ provider, profile }: Known) {
  return { provider: provider.issuer, subject: profile.subject };
}

function refused(refusal: Refusal): Arrival {
  return { ok: false, refusal };
}

/** Null when the same was done a moment ago: the database holds an address and an identity once. */
function linked<T>(work: (tx: Prisma.TransactionClient) => Promise<T>): Promise<T | null> {
  return unlessViolated('identities_provider_subject_key', null, () =>
    unlessViolated('users_email_key', null, () => db.$transaction(work)),
  );
}
