import { Prisma } from '../db/generated/client.js';
import { startGeneration } from './accounts.js';
import { dropLinks } from './mailed-links.js';
import { type From, record } from './trail.js';
import { takeAwayWaysIn } from './ways-in.js';

export type NewPassword = {
  hash: string;
  /** Whether all else that lets one in goes too, as the person ticks it: whoever knew the old password may have added some of it. */
  revokesAllElse: boolean;
};

/**
 * Sets a password, and ends every session, every link by mail and every change of address that was asked for before. Gives the account's new
 * generation.
 */
export async function setPassword(
  tx: Prisma.TransactionClient,
  account: { id: number; name: string },
  { hash, revokesAllElse }: NewPassword,
  from: From,
): Promise<number> {
  const { id } = account;
  await tx.user.update({ where: { id }, data: { passwordHash: hash, newEmail: null }, select: { id: true } });
  const handedOut = revokesAllElse ? Prisma.sql`OR created_by_id = ${id}` : Prisma.empty;
  await dropLinks(tx, Prisma.sql`user_id = ${id} ${handedOut}`);
  const generation = await startGeneration(tx, id);
  if (revokesAllElse) await takeAwayWaysIn(tx, id);
  const after = {
    password: 'a new one',
    ...(revokesAllElse && { tokensPasskeysAndProviders: 'taken away', invitations: 'taken back' }),
  };
  await record(tx, from, 'changed', account, { after });
  return generation;
}
