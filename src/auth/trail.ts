import { type AuthAction, recordChange, type Trace } from '../changes/queries.js';
import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';

// What the trail keeps of people: who came in, who did not, and what became of their accounts. A line about what changes an account is written in the
// same transaction (`record`); about what only fails, or that somebody went, after it (`note`).

/** Where a request comes from, for the trail. */
export type From = { userId: number | null; address: string };

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

/** A line in the trail by itself; of a failure `after` says by what, and why. */
export async function note(
  from: From,
  action: AuthAction,
  about: { id: number; name: string },
  after?: Prisma.InputJsonObject,
): Promise<void> {
  await record(db, from, action, about, after ? { after } : {});
}

/** For lines about somebody without an account here. What they typed is kept out of it: it may be a password. */
export function nobodyHere(name: string): { id: number; name: string } {
  return { id: 0, name };
}

/** Somebody came in; `method` is what with. Their account says so as well, and when they had come in before. */
export async function recordSignIn(
  tx: Prisma.TransactionClient,
  person: { id: number; name: string },
  from: From,
  method: string,
): Promise<void> {
  await tx.$executeRaw`
    UPDATE users SET previous_sign_in_at = last_sign_in_at, previous_sign_in_from = last_sign_in_from,
      last_sign_in_at = ${new Date()}, last_sign_in_from = ${from.address}, sign_in_count = sign_in_count + 1
    WHERE id = ${person.id}`;
  await record(tx, from, 'signed in', person, { after: { by: method } });
}
