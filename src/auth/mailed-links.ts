import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { addressKey, changedMeanwhile, holdAdmin, holdRow } from './accounts.js';
import type { Role } from './roles.js';
import { hashOf, newSecret } from './secrets.js';

/** What a link lets its holder do, and for how many hours. */
const HOURS = { confirmation: 72, reset: 1, unlock: 24, invitation: 7 * 24 } as const;
export type Purpose = keyof typeof HOURS;

export type MailedLink = {
  id: string;
  userId: number | null;
  email: string | null;
  role: Role | null;
};

/**
 * Makes a link's token, which is kept nowhere: only its hash is. The links of this purpose that the same person (or, of an invitation, the same
 * address) had before are good no more. The admin who hands it out, `createdById`, is held; `trace` says so, in the same transaction.
 */
export async function replaceMailedLinks(
  purpose: Purpose,
  to: { userId?: number; email?: string; role?: Role; createdById?: number },
  trace: (tx: Prisma.TransactionClient) => Promise<void> = async () => {},
): Promise<string> {
  const token = newSecret();
  await db.$transaction(async (tx) => {
    if (to.userId) {
      const held = await holdRow(tx, to.userId, to.createdById);
      if (!held || held.hasLeft) throw changedMeanwhile();
      await tx.mailedLink.deleteMany({ where: { purpose, userId: to.userId } });
    } else {
      // So that what an admin hands out is there when they cease to be one, and withdrawn, or is not made.
      if (to.createdById) await holdAdmin(tx, to.createdById);
      // Compared by `lower`: a comparison without case by Prisma takes _ and % for any letter.
      await tx.$executeRaw`DELETE FROM mailed_links WHERE purpose = ${purpose} AND lower(email) = ${addressKey(to.email ?? '')}`;
    }
    await tx.mailedLink.create({ data: { id: hashOf(token), purpose, expiresAt: endOf(purpose), ...to } });
    await trace(tx);
  });
  return token;
}

/** How many links to one person may be good at the same time: whoever asks for more finds those in their mail. */
const MOST_OPEN = 5;

/**
 * A further link, beside those that were sent before: anybody can ask for one, and must not be able to void the one that its owner is about to
 * open. Null where there are enough that are good.
 */
export async function addMailedLink(
  purpose: Purpose,
  to: { userId: number; email?: string },
): Promise<string | null> {
  const open = { purpose, userId: to.userId, usedAt: null, expiresAt: { gt: new Date() } };
  return db.$transaction(async (tx) => {
    const held = await holdRow(tx, to.userId);
    if (!held || held.hasLeft) return null;
    if ((await tx.mailedLink.count({ where: open })) >= MOST_OPEN) return null;
    const token = newSecret();
    await tx.mailedLink.create({ data: { id: hashOf(token), purpose, expiresAt: endOf(purpose), ...to } });
    return token;
  });
}

function endOf(purpose: Purpose): Date {
  return new Date(Date.now() + HOURS[purpose] * 3_600_000);
}

/** The link of this token, or null when it is none, has been used, or has expired: which of them is not told. */
export async function findMailedLink(purpose: Purpose, token: string): Promise<MailedLink | null> {
  return db.mailedLink.findFirst({
    where: { id: hashOf(token), purpose, usedAt: null, expiresAt: { gt: new Date() } },
    select: { id: true, userId: true, email: true, role: true },
  });
}

/** Uses the link up within a transaction. False when somebody else just did: then nothing is to be done. */
export async function useUp(tx: Prisma.TransactionClient, { id }: MailedLink): Promise<boolean> {
  const { count } = await tx.mailedLink.updateMany({
    where: { id, usedAt: null, expiresAt: { gt: new Date() } },
    data: { usedAt: new Date() },
  });
  return count === 1;
}
