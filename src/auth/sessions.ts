import { setImmediate } from 'node:timers/promises';
import { db, read } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import type { Settings } from '../settings.js';
import { holdAccount } from './accounts.js';
import type { Role } from './roles.js';
import { hashOf, newSecret } from './secrets.js';

/** Who is signed in, as every page knows them. */
export type Person = { id: number; name: string; email: string; role: Role };

/** Somebody signed in on one browser. `key` names it in the database: a hash of what the browser's cookie holds. */
export type Session = { key: string; person: Person; isKept: boolean };

/**
 * A person at the moment when they showed who they are, or were looked up. `generation` is the account's as it was then: what is done under it is
 * refused once the account has changed.
 */
export type SeenPerson = Person & { generation: number };

type Limits = Settings['sessions'];

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/**
 * Starts a session. Gives the id for the browser's cookie, which is nowhere kept, its key, and when it ends at the latest. Throws 409 where the
 * person's sessions were ended since they showed who they are, by a new password say.
 */
export async function startSession(
  tx: Prisma.TransactionClient,
  person: Pick<SeenPerson, 'id' | 'generation'>,
  { isKept, address, agent }: { isKept: boolean; address: string; agent: string },
  limits: Limits,
): Promise<{ id: string; key: string; expiresAt: Date }> {
  const id = newSecret();
  const hours = isKept ? limits.keptDays * 24 : limits.maxHours;
  const expiresAt = new Date(Date.now() + hours * HOUR);
  const key = hashOf(id);
  await holdAccount(tx, person);
  const data = { id: key, userId: person.id, isKept, address, agent: agent.slice(0, 300), expiresAt };
  await tx.session.create({ data, select: { id: true } });
  return { id, key, expiresAt };
}

/**
 * The session and its person, in one round trip. Null when it has run out, was ended, or never was. When it was used last is written every
 * five minutes at most, so that reading a page costs no write.
 */
export async function findSession(id: string, { idleHours }: Limits): Promise<Session | null> {
  const key = hashOf(id);
  const found = (await askTogether(key)).get(key);
  if (!found) return null;
  const { person, isKept, idleMs } = found;
  if (!isKept && idleMs >= idleHours * HOUR) return null;
  if (idleMs > 5 * MINUTE) await db.$executeRaw`UPDATE sessions SET seen_at = now() WHERE id = ${key}`;
  return { key, person, isKept };
}

type Found = { key: string; person: Person; isKept: boolean; idleMs: number };

let asked: { keys: string[]; answer: Promise<Map<string, Found>> } | null = null;

/**
 * Requests that come in one turn of the loop, some four under load, ask by one statement, and each finds its own by its key: it took a quarter off
 * what a session costs a page.
 */
function askTogether(key: string): Promise<Map<string, Found>> {
  if (asked) {
    asked.keys.push(key);
    return asked.answer;
  }
  const keys = [key];
  const answer = setImmediate().then(() => {
    asked = null;
    return findUnended(keys);
  });
  asked = { keys, answer };
  return answer;
}

/** Sessions of these keys that were not ended and may still run, by key. */
async function findUnended(keys: string[]): Promise<Map<string, Found>> {
  // As one piece: taking rows apart column by column costs more than the text of one.
  const [row] = await read<{ found: Found[] | null }[]>`
    SELECT json_agg(json_build_object(
      'key', s.id, 'isKept', s.is_kept, 'idleMs', 1000 * extract(epoch FROM now() - s.seen_at),
      'person', json_build_object('id', u.id, 'name', u.name, 'email', u.email, 'role', u.role)
    )) AS found
    FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = ANY(${keys}) AND s.expires_at > now()`;
  return new Map(row?.found?.map((found) => [found.key, found]));
}

/** Ends one session. */
export async function endSession(key: string): Promise<void> {
  await db.session.deleteMany({ where: { id: key } });
}

/**
 * Ends every session of a person, and whatever is half way (a step, a second factor that no code has confirmed), within the transaction of what is
 * the reason. Gives the new generation.
 */
export async function endSessionsOf(tx: Prisma.TransactionClient, userId: number): Promise<number> {
  const { generation } = await tx.user.update({
    where: { id: userId },
    data: { generation: { increment: 1 } },
    select: { generation: true },
  });
  await tx.session.deleteMany({ where: { userId } });
  await tx.step.deleteMany({ where: { userId } });
  await tx.user.updateMany({ where: { id: userId, totpSince: null }, data: { totpSecret: null } });
  return generation;
}

/** Ends all sessions of the person but this one. */
export async function endOtherSessions(userId: number, key: string): Promise<void> {
  await db.session.deleteMany({ where: { userId, id: { not: key } } });
}

export type Listed = {
  key: string;
  address: string;
  agent: string;
  isKept: boolean;
  createdAt: Date;
  seenAt: Date;
};

/** The person's sessions, the latest used first. */
export async function listSessions(userId: number, { idleHours }: Limits): Promise<Listed[]> {
  return read<Listed[]>`
    SELECT id AS key, address, agent, is_kept AS "isKept", created_at AS "createdAt", seen_at AS "seenAt" FROM sessions
    WHERE user_id = ${userId} AND expires_at > now() AND (is_kept OR seen_at > now() - ${idleHours} * interval '1 hour')
    ORDER BY seen_at DESC`;
}
