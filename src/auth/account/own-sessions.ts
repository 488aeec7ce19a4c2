import { db, read } from '../../db/client.js';
import type { Settings } from '../../settings.js';

// The sessions of whoever is signed in.

/** Ends all sessions of the person but this one. */
export async function endOtherSessions(userId: number, id: string): Promise<void> {
  await db.session.deleteMany({ where: { userId, id: { not: id } } });
}

export type Listed = {
  id: string;
  address: string;
  agent: string;
  isKept: boolean;
  createdAt: Date;
  seenAt: Date;
};

/** The person's sessions, the latest used first. */
export async function listSessions(userId: number, { idleHours }: Settings['sessions']): Promise<Listed[]> {
  return read<Listed[]>`
    SELECT id, address, agent, is_kept AS "isKept", created_at AS "createdAt", seen_at AS "seenAt" FROM sessions
    WHERE user_id = ${userId} AND expires_at > now() AND (is_kept OR seen_at > now() - ${idleHours} * interval '1 hour')
    ORDER BY seen_at DESC`;
}
