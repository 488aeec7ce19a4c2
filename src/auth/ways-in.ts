import { isIP } from 'node:net';
import type passport from 'passport';
import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { holdAccount } from './accounts.js';

// What lets a person in besides a password: providers that they are linked to, and passkeys; and their programs, tokens. Another way in is added to
// `takeAwayWaysIn` and `hasOtherWayIn`; what serves it to addresses.ts, if no token may be taken there; and to letters.ts, which tell when one is made.

/** Somebody else who says who a person is. */
export type Provider = {
  /** What stands for it in addresses. */
  slug: 'openid' | 'github';
  name: string;
  /** What it is known by in the database: with another issuer in the settings nobody is mistaken for somebody of the old one. */
  issuer: string;
  /** Gives our passport its strategy. Throws where the provider cannot be reached. */
  prepare: (passport: passport.Authenticator) => Promise<void>;
};

export type Identity = { id: number; provider: string; name: string; createdAt: Date };

/** What the account is linked to, by the names that the providers have now. */
export async function listIdentities(userId: number, providers: Provider[]): Promise<Identity[]> {
  const rows = await db.identity.findMany({
    where: { userId },
    select: { id: true, provider: true, createdAt: true },
    orderBy: { id: 'asc' },
  });
  return rows.map(({ id, provider, createdAt }) => {
    const name = providers.find(({ issuer }) => issuer === provider)?.name;
    return { id, provider, name: name ?? new URL(provider).host, createdAt };
  });
}

/** Whom a passkey is made for: it works at this address alone. */
export type RelyingParty = { id: string; origin: string };

/**
 * From the setting APP_URL, never from what a request says. Null where that is not set, or holds a number: passkeys belong to a name
 * (WebAuthn, 5.1.3).
 */
export function relyingPartyOf({ appUrl }: { appUrl: string | null }): RelyingParty | null {
  if (appUrl === null) return null;
  const { hostname, origin } = new URL(appUrl);
  return isIP(hostname.replace(/^\[|\]$/g, '')) ? null : { id: hostname, origin };
}

/**
 * Whether something else would still let the person in: a password, another passkey, another provider that is set up here. Asked before one
 * is taken away, in the same transaction: it holds the person's row, so that of two taken away at the same moment the second sees the first gone.
 */
export async function hasOtherWayIn(
  tx: Prisma.TransactionClient,
  userId: number,
  without: { passkey?: string; identity?: number },
  providers: Provider[],
): Promise<boolean> {
  await holdAccount(tx, userId);
  const issuers = providers.map(({ issuer }) => issuer);
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`
    SELECT u.password_hash IS NOT NULL
      OR EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id AND p.id <> ${without.passkey ?? ''})
      OR EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id AND i.id <> ${without.identity ?? 0} AND i.provider = ANY(${issuers})) AS has
    FROM users u WHERE u.id = ${userId}`;
  return row?.has ?? false;
}

/** Takes all of them away: after it a password lets the person in, if they have one, and nothing else. */
export async function takeAwayWaysIn(tx: Prisma.TransactionClient, userId: number): Promise<void> {
  await tx.passkey.deleteMany({ where: { userId } });
  await tx.identity.deleteMany({ where: { userId } });
  await tx.apiToken.updateMany({ where: { userId, revokedAt: null }, data: { revokedAt: new Date() } });
}
