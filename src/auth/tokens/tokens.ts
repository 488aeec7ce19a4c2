import { db, read } from '../../db/client.js';
import { holdAccount, holdUnchanged, type Person, type SeenPerson } from '../accounts.js';
import { hashOf, newSecret } from '../secrets.js';
import { type From, record } from '../trail.js';

/** What a token may: `read` is GET and HEAD, `write` whatever its person may. */
export const SCOPES = ['read', 'write'] as const;
export type Scope = (typeof SCOPES)[number];

/** The token that a request came with. Its text is nowhere kept. */
export type Token = { id: number; name: string; scope: Scope };

/** In force at once, a person. */
export const MOST_TOKENS = 50;
export const MOST_DAYS = 366;

/** When a token was used last is written no more often than this, so that reading costs no write. */
const USED_MINUTES = 5;

/** What has ended stays in the list for so long. */
export const SHOWN_DAYS = 30;
const DAY = 24 * 3_600_000;

type NewToken = { name: string; scope: Scope; days: number };

/** Makes a token for a program. Gives its text, which is nowhere kept: only its hash is. Null where the person has as many as one may. */
export async function makeToken(
  account: SeenPerson,
  { name, scope, days }: NewToken,
  from: From,
): Promise<string | null> {
  const userId = account.id;
  // The prefix lets scanners of repositories know a token that was committed by mistake.
  const text = `mp_${newSecret()}`;
  const expiresAt = new Date(Date.now() + days * DAY);
  return db.$transaction(async (tx) => {
    // One at a time, so that two at the same moment are not both the fiftieth.
    await holdUnchanged(tx, account);
    const inForce = { userId, revokedAt: null, expiresAt: { gt: new Date() } };
    if ((await tx.apiToken.count({ where: inForce })) >= MOST_TOKENS) return null;
    await tx.apiToken.create({
      data: { userId, name, scope, hash: hashOf(text), expiresAt },
      select: { id: true },
    });
    await record(tx, from, 'changed', account, { after: { token: name, made: true, scope, days } });
    return text;
  });
}

/** The token and its person as they are now, in one round trip. Null when it has run out, was revoked, or never was. */
export async function findToken(text: string): Promise<{ token: Token; person: Person } | null> {
  const [row] = await read<(Person & { token: Token; isStale: boolean })[]>`
    SELECT u.id, u.name, u.email, u.role::text AS role, json_build_object('id', t.id, 'name', t.name, 'scope', t.scope) AS token,
      t.used_at IS NULL OR t.used_at < now() - ${USED_MINUTES} * interval '1 minute' AS "isStale"
    FROM api_tokens t JOIN users u ON u.id = t.user_id
    WHERE t.hash = ${hashOf(text)} AND t.revoked_at IS NULL AND t.expires_at > now() AND u.left_at IS NULL`;
  if (!row) return null;
  const { isStale, token, ...person } = row;
  if (isStale) await db.$executeRaw`UPDATE api_tokens SET used_at = now() WHERE id = ${token.id}`;
  return { token, person };
}

export type ListedToken = Token & {
  createdAt: Date;
  expiresAt: Date;
  usedAt: Date | null;
  revokedAt: Date | null;
  isInForce: boolean;
};

/** The person's tokens, those in force first, then those that ended of late. */
export async function listTokens(userId: number): Promise<ListedToken[]> {
  return read<ListedToken[]>`
    SELECT id, name, scope, created_at AS "createdAt", expires_at AS "expiresAt", used_at AS "usedAt", revoked_at AS "revokedAt",
      revoked_at IS NULL AND expires_at > now() AS "isInForce"
    FROM api_tokens WHERE user_id = ${userId} AND least(revoked_at, expires_at) > now() - ${SHOWN_DAYS} * interval '1 day'
    ORDER BY "isInForce" DESC, id DESC LIMIT 200`;
}

/** Ends a token of this person's at once. Gives its name; null where they have none such in force. */
export async function revokeToken(person: Person, id: number, from: From): Promise<string | null> {
  return db.$transaction(async (tx) => {
    const userId = person.id;
    await holdAccount(tx, userId);
    const [token] = await tx.apiToken.updateManyAndReturn({
      where: { id, userId, revokedAt: null, expiresAt: { gt: new Date() } },
      data: { revokedAt: new Date() },
      select: { name: true },
    });
    if (!token) return null;
    await record(tx, from, 'changed', person, { after: { token: token.name, revoked: true } });
    return token.name;
  });
}
