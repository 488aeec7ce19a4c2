import { db, read } from '../../db/client.js';
import type { Settings } from '../../settings.js';
import { holdAccount, type Person } from '../accounts.js';
import { type From, record } from '../trail.js';

// The sessions of whoever is signed in.

/** Ends the one session of this id, or all but it. False where there was none to end. */
export async function endOwnSessions(
  person: Person,
  which: { id: string } | { allBut: string },
  from: From,
): Promise<boolean> {
  const [id, said] = 'id' in which ? [which.id, 'one ended'] : [{ not: which.allBut }, 'all others ended'];
  return db.$transaction(async (tx) => {
    // The person before their sessions, as whatever ends them all does.
    await holdAccount(tx, person.id);
    const { count } = await tx.session.deleteMany({ where: { userId: person.id, id } });
    if (count > 0) await record(tx, from, 'changed', person, { after: { sessions: said } });
    return count > 0;
  });
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
