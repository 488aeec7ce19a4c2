import type { Prisma } from '../db/generated/client.js';

/**
 * How many ways in the person has: a password, each passkey, each provider. Asked before one is taken away, in the same transaction: it holds
 * the person's row, so that of two taken away at the same moment the second sees the first gone.
 */
export async function countWaysIn(tx: Prisma.TransactionClient, userId: number): Promise<number> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId} FOR UPDATE`;
  const [row] = await tx.$queryRaw<{ ways: number }[]>`
    SELECT ((u.password_hash IS NOT NULL)::int + (SELECT count(*) FROM passkeys p WHERE p.user_id = u.id)
      + (SELECT count(*) FROM identities i WHERE i.user_id = u.id))::int AS ways
    FROM users u WHERE u.id = ${userId}`;
  return row?.ways ?? 0;
}
