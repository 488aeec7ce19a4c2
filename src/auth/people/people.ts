import { db } from '../../db/client.js';
import { Prisma } from '../../db/generated/client.js';
import {
  type Account,
  addressKey,
  holdAdmin,
  holdByAdmin,
  type Person,
  startGeneration,
} from '../accounts.js';
import { keepAdmin, keepingAnAdmin, releaseAdmin } from '../last-admin.js';
import { dropLinks, insertLink } from '../mailed-links.js';
import type { Role } from '../roles.js';
import { type From, record } from '../trail.js';
import { forgetAllTries } from '../tries.js';

// Who is here and as what, and who is invited.

/** Everybody who has not left, by name. */
export async function listPeople(): Promise<
  (Person & { lastSignInAt: Date | null; confirmedAt: Date | null })[]
> {
  return db.user.findMany({
    where: { leftAt: null },
    select: { id: true, name: true, email: true, role: true, lastSignInAt: true, confirmedAt: true },
    orderBy: [{ name: 'asc' }, { id: 'asc' }],
  });
}

/**
 * Gives a person another role, and ends their sessions: rights change with a new session only. `not confirmed` where somebody would be admin whose
 * address nobody has shown to be theirs.
 */
export async function changeRole(
  account: Account,
  role: Role,
  from: From,
): Promise<'done' | 'last admin' | 'not confirmed'> {
  const { id } = account;
  if (role === 'admin' && !account.confirmedAt) return 'not confirmed';
  return keepingAnAdmin(async (tx) => {
    await holdByAdmin(tx, account, from.userId);
    if (role !== 'admin') await releaseAdmin(tx, id);
    await tx.user.update({ where: { id }, data: { role }, select: { id: true } });
    if (role === 'admin') await keepAdmin(tx, id);
    await startGeneration(tx, id);
    await record(tx, from, 'changed', account, { before: { role: account.role }, after: { role } });
  });
}

/**
 * A link for an admin to hand out, by which this person chooses a new password, in place of those that were handed out or sent before. Gives its
 * secret.
 */
export async function handOutReset(account: Account, from: From): Promise<string> {
  return db.$transaction(async (tx) => {
    await holdByAdmin(tx, account, from.userId);
    await dropLinks(tx, Prisma.sql`purpose = 'reset' AND user_id = ${account.id}`);
    const after = { password: 'a link to choose a new one was handed out' };
    await record(tx, from, 'changed', account, { after });
    return insertLink(tx, 'reset', { userId: account.id, createdById: from.userId });
  });
}

/** Invites whoever has this address, in place of what invited them before. Gives the secret of the link. */
export async function invite({ email, role }: { email: string; role: Role }, from: From): Promise<string> {
  return db.$transaction(async (tx) => {
    // What an admin handed out is withdrawn when they cease to be one (last-admin.ts): either it is there by then, or it is not made.
    await holdAdmin(tx, from.userId ?? 0);
    // One at a time: of two admins who invite the same address the second replaces what the first sent.
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${`invitation ${addressKey(email)}`}))`;
    // Compared by `lower`: a comparison without case by Prisma takes _ and % for any letter.
    await dropLinks(tx, Prisma.sql`purpose = 'invitation' AND lower(email) = ${addressKey(email)}`);
    await record(tx, from, 'invited', { id: 0, name: email }, { after: { role } });
    return insertLink(tx, 'invitation', { email, role, createdById: from.userId });
  });
}

type Invitation = { id: string; email: string | null; role: Role | null; expiresAt: Date };

/** The invitations that nobody has taken up yet, the latest first. */
export async function listInvitations(): Promise<Invitation[]> {
  return db.mailedLink.findMany({
    where: { purpose: 'invitation', usedAt: null, expiresAt: { gt: new Date() } },
    select: { id: true, email: true, role: true, expiresAt: true },
    orderBy: { createdAt: 'desc' },
  });
}

/** Takes an invitation back: its link is good no more. Gives whom it was for, or null when there is none such. */
export async function withdrawInvitation(id: string, from: From): Promise<string | null> {
  return db.$transaction(async (tx) => {
    await holdAdmin(tx, from.userId ?? 0);
    const [taken] = await tx.$queryRaw<{ email: string }[]>`
      DELETE FROM mailed_links WHERE id = ${id} AND purpose = 'invitation' AND used_at IS NULL RETURNING email`;
    if (!taken) return null;
    await record(tx, from, 'changed', { id: 0, name: taken.email }, { after: { invitation: 'taken back' } });
    return taken.email;
  });
}

/** Lets the account be tried again. */
export async function unlockAccount(account: Account, from: From): Promise<void> {
  await db.$transaction(async (tx) => {
    await holdByAdmin(tx, account, from.userId);
    await forgetAllTries(account, tx);
    await record(tx, from, 'was unlocked', account);
  });
}
