import { db } from '../../db/client.js';
import type { Role } from '../roles.js';
import type { Person } from '../sessions.js';

// Who is here, and who is invited.

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
export async function withdrawInvitation(id: string): Promise<string | null> {
  const [taken] = await db.$queryRaw<{ email: string }[]>`
    DELETE FROM mailed_links WHERE id = ${id} AND purpose = 'invitation' AND used_at IS NULL RETURNING email`;
  return taken?.email ?? null;
}
