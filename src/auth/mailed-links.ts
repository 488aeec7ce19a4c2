import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { holdAccount } from './accounts.js';
import type { Role } from './roles.js';
import { hashOf, newSecret } from './secrets.js';

// Links that come by mail, or that an admin hands out: each holds a secret and is good once, for a while.

/** What a link lets its holder do, and for how many hours. */
const HOURS = { confirmation: 72, reset: 1, unlock: 24, invitation: 7 * 24 } as const;
export type Purpose = keyof typeof HOURS;
/** What is sent to somebody who asks: nobody asks for an invitation. */
export type AskedFor = Exclude<Purpose, 'invitation'>;

/** `id` is the hash of the secret. An invitation has no person yet, and a role; a reset that an admin handed out went to no address. */
export type MailedLink = {
  id: string;
  userId: number | null;
  email: string | null;
  role: Role | null;
};

/** How many links to one person may be good at the same time: whoever asks for more finds those in their mail. */
const MOST_OPEN = 5;

/**
 * A link to send to somebody who asked for it, beside those that were sent before: anybody can ask, and must not be able to void the one that its
 * owner is about to open. Gives its secret; null where there are enough that are good, or the person has left.
 */
export async function addMailedLink(
  purpose: AskedFor,
  { userId, email }: { userId: number; email: string },
): Promise<string | null> {
  const open = { purpose, userId, usedAt: null, expiresAt: { gt: new Date() } };
  return db.$transaction(async (tx) => {
    const held = await holdAccount(tx, userId);
    if (!held || held.hasLeft) return null;
    if ((await tx.mailedLink.count({ where: open })) >= MOST_OPEN) return null;
    return insertLink(tx, purpose, { userId, email });
  });
}

/** Inserts a link's row. Gives its secret. */
export async function insertLink(
  tx: Prisma.TransactionClient,
  purpose: Purpose,
  to: { userId?: number; email?: string; role?: Role; createdById?: number | null },
): Promise<string> {
  const secret = newSecret();
  const expiresAt = new Date(Date.now() + HOURS[purpose] * 3_600_000);
  await tx.mailedLink.create({ data: { id: hashOf(secret), purpose, expiresAt, ...to } });
  return secret;
}

/** The link of this secret, or null when it is none, has been used, or has expired: which of them is not told. */
export async function findMailedLink(purpose: Purpose, secret: string): Promise<MailedLink | null> {
  return db.mailedLink.findFirst({
    where: { id: hashOf(secret), purpose, usedAt: null, expiresAt: { gt: new Date() } },
    select: { id: true, userId: true, email: true, role: true },
  });
}

/** Deletes links within a transaction: by one statement and by id, so that no two who do so wait for each other. */
export async function dropLinks(tx: Prisma.TransactionClient, which: Prisma.Sql): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM mailed_links WHERE id IN (SELECT id FROM mailed_links WHERE ${which} ORDER BY id FOR UPDATE)`;
}

/** Uses the link up within a transaction. False when somebody else just did: then nothing is to be done. */
export async function useUp(tx: Prisma.TransactionClient, { id }: MailedLink): Promise<boolean> {
  const { count } = await tx.mailedLink.updateMany({
    where: { id, usedAt: null, expiresAt: { gt: new Date() } },
    data: { usedAt: new Date() },
  });
  return count === 1;
}
