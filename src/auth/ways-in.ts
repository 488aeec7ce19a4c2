import type { Prisma } from '../db/generated/client.js';
import type { Provider } from './providers/providers.js';

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
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId} FOR UPDATE`;
  const issuers = providers.map(({ issuer }) => issuer);
  const [row] = await tx.$queryRaw<{ has: boolean }[]>`
    SELECT u.password_hash IS NOT NULL
      OR EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id AND p.id <> ${without.passkey ?? ''})
      OR EXISTS (SELECT 1 FROM identities i WHERE i.user_id = u.id AND i.id <> ${without.identity ?? 0} AND i.provider = ANY(${issuers})) AS has
    FROM users u WHERE u.id = ${userId}`;
  return row?.has ?? false;
}
