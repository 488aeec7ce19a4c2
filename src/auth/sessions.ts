import { createHash } from 'node:crypto';
import session, { type SessionData, Store } from 'express-session';
import { db, read } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import type { Role } from './roles.js';

/** Who is signed in, as every page knows them. */
export type Person = { id: number; name: string; email: string; role: Role };

declare module 'express-session' {
  interface SessionData {
    /** Who is signed in: read with the session in one round trip; of it only the id is written. */
    person?: Person;
    /** True of one that was read from the database, and not made in this request. Never written. */
    isKept?: boolean;
  }
}

type Row = {
  data: SessionData;
  id: number | null;
  name: string;
  email: string;
  role: Role;
};

/** Sessions in Postgres: they survive a restart and hold on every process. The row's key is a hash of the cookie's id. */
export class PostgresSessions extends Store {
  override get(id: string, done: (error: unknown, session?: SessionData | null) => void): void {
    find(id).then((found) => done(null, found), done);
  }

  override set(id: string, data: SessionData, done: (error?: unknown) => void = () => {}): void {
    save(id, data).then(() => done(), done);
  }

  override destroy(id: string, done: (error?: unknown) => void = () => {}): void {
    db.session.deleteMany({ where: { id: keyOf(id) } }).then(() => done(), done);
  }
}

/** Sweeps the sessions that have run out. */
export async function sweepSessions(now: Date): Promise<number> {
  const { count } = await db.session.deleteMany({ where: { expiresAt: { lt: now } } });
  return count;
}

async function find(id: string): Promise<SessionData | null> {
  const [row] = await read<Row[]>`
    SELECT s.data, u.id, u.name, u.email, u.role::text AS role
    FROM sessions s LEFT JOIN users u ON u.id = s.user_id
    WHERE s.id = ${keyOf(id)} AND s.expires_at > now()`;
  if (!row) return null;
  const { id: personId, name, email, role } = row;
  const person = personId === null ? undefined : { id: personId, name, email, role };
  return { ...row.data, person, isKept: true };
}

async function save(id: string, { person, isKept, ...kept }: SessionData): Promise<void> {
  const row = {
    userId: person?.id ?? null,
    data: JSON.parse(JSON.stringify(kept)) as Prisma.InputJsonValue,
    expiresAt: untilOf(kept as SessionData),
  };
  const where = { id: keyOf(id) };
  // One that was signed out meanwhile stays so, whatever a late answer wanted to keep in it.
  if (isKept) await db.session.updateMany({ where, data: row });
  else await db.session.upsert({ where, create: { ...where, ...row }, update: row });
}

function keyOf(id: string): string {
  return createHash('sha256').update(id).digest('base64url');
}

function untilOf(data: SessionData): Date {
  return new Date(data.cookie.expires ?? Date.now() + 14 * 24 * 3_600_000);
}

/** The session middleware. The cookie is this host's alone, out of reach of scripts, and not sent by other sites' forms. */
export function sessions(secret: string, secure: boolean) {
  return session({
    store: new PostgresSessions(),
    secret,
    name: secure ? '__Host-session' : 'session',
    resave: false,
    saveUninitialized: false,
    cookie: { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: 14 * 24 * 3_600_000 },
  });
}
