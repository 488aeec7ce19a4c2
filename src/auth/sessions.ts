import { db, read } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { together } from '../db/together.js';
import type { Settings } from '../settings.js';
import { HttpError } from '../web/errors.js';
import { holdUnchanged, type Person, type SeenPerson } from './accounts.js';
import { hashOf, newSecret } from './secrets.js';

/** Somebody signed in on one browser, whose cookie holds a secret; `id` is its hash. `isKept` when it outlasts the closing of the browser. */
export type Session = { id: string; person: Person; isKept: boolean };

type Limits = Settings['sessions'];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Starts a session. Gives the secret for the browser's cookie, the session's id, and when it ends at the latest. Throws 409 where the person's
 * generation was raised since they showed who they are, and 403 where nobody has confirmed the address.
 */
export async function startSession(
  tx: Prisma.TransactionClient,
  person: Pick<SeenPerson, 'id' | 'generation'>,
  { isKept, address, agent }: { isKept: boolean; address: string; agent: string },
  limits: Limits,
): Promise<{ secret: string; id: string; expiresAt: Date }> {
  const { isConfirmed } = await holdUnchanged(tx, person);
  if (!isConfirmed)
    throw new HttpError(
      403,
      'Your address is not confirmed yet: open the link in the mail to it, or ask an admin for a link.',
    );
  const secret = newSecret();
  const id = hashOf(secret);
  const hours = isKept ? limits.keptDays * 24 : limits.maxHours;
  const expiresAt = new Date(Date.now() + hours * HOUR);
  const data = { id, userId: person.id, isKept, address, agent: agent.slice(0, 300), expiresAt };
  await tx.session.create({ data, select: { id: true } });
  return { secret, id, expiresAt };
}

/**
 * The session and its person, in one round trip. Null when it has run out, was ended (as all are of whoever leaves), or never was. One that is kept
 * has no idle limit. When it was used last is written every five minutes at most, so that reading a page costs no write.
 */
export async function findSession(secret: string, { idleHours }: Limits): Promise<Session | null> {
  const id = hashOf(secret);
  const found = await findUnended(id);
  if (!found) return null;
  const { person, isKept, idleMs } = found;
  if (!isKept && idleMs >= idleHours * HOUR) return null;
  if (idleMs > 5 * MINUTE) await db.$executeRaw`UPDATE sessions SET seen_at = now() WHERE id = ${id}`;
  return { id, person, isKept };
}

type Found = Session & { idleMs: number };

/** The session of this id, if it was not ended and may still run. Those that are asked for in one turn of the event loop share a statement (db/together.ts). */
const findUnended = together<Found>(async (ids) => {
  // As JSON: taking rows apart column by column costs more.
  const [row] = await read<{ found: Found[] | null }[]>`
    SELECT json_agg(json_build_object(
      'id', s.id, 'isKept', s.is_kept, 'idleMs', 1000 * extract(epoch FROM now() - s.seen_at),
      'person', json_build_object('id', u.id, 'name', u.name, 'email', u.email, 'role', u.role)
    )) AS found
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = ANY(${ids}) AND s.expires_at > now()`;
  return new Map(row?.found?.map((found) => [found.id, found]));
});

/** Ends one session. */
export async function endSession(id: string): Promise<void> {
  await db.session.deleteMany({ where: { id } });
}
