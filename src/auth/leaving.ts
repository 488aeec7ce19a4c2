import { db } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { addressKey, holdByOwnerOrAdmin, type SeenPerson, startGeneration } from './accounts.js';
import { keepingAnAdmin, releaseAdmin } from './last-admin.js';
import { dropLinks } from './mailed-links.js';
import { type From, record } from './trail.js';
import { takeAwayWaysIn } from './ways-in.js';

/**
 * Takes away all that signs the person in. What they wrote stays, under their name unless they want it gone. Who does it is the person, or an admin,
 * who is held with them.
 */
export async function leave(
  account: SeenPerson,
  keepsName: boolean,
  from: From,
): Promise<'done' | 'last admin'> {
  return keepingAnAdmin(async (tx) => {
    const { id, email } = await holdByOwnerOrAdmin(tx, account, from.userId);
    const addresses = keepsName ? [] : await addressesOf(tx, id, email);
    // Before the row that `releaseAdmin` holds: rule 2 of accounts.ts. Of links to their addresses those alone that are nobody else's.
    const toThem = Prisma.sql`(user_id IS NULL AND lower(email) = ANY(${addresses}))`;
    await dropLinks(tx, Prisma.sql`user_id = ${id} OR created_by_id = ${id} OR ${toThem}`);
    await releaseAdmin(tx, account.id);
    await record(tx, from, from.userId === account.id ? 'left' : 'removed', account);
    const name = keepsName ? account.name : NO_NAME;
    const gone = {
      passwordHash: null,
      newEmail: null,
      totpSecret: null,
      totpSince: null,
      lastSignInFrom: '',
      previousSignInFrom: '',
    };
    await tx.user.update({
      where: { id: account.id },
      data: { ...gone, email: `left-${account.id}`, name, role: 'viewer', leftAt: new Date() },
    });
    await startGeneration(tx, account.id);
    await takeAwayWaysIn(tx, account.id);
    // Not even their names stay.
    await tx.recoveryCode.deleteMany({ where: { userId: account.id } });
    await tx.apiToken.deleteMany({ where: { userId: account.id } });
    if (!keepsName) await forgetName(tx, account.id, name, addresses);
  });
}

const NO_NAME = 'Somebody who left';

/** A failure or a sign-out of somebody who left at that moment without their name may have been written with it: takes it out. */
export async function forgetLateNames(): Promise<void> {
  await db.$executeRaw`
    UPDATE changes SET label = u.name FROM users u
    WHERE noun = 'people' AND record_id = u.id AND u.left_at IS NOT NULL AND u.name = ${NO_NAME} AND label <> u.name`;
}

/** What the trail says about a person that names nobody. */
const NAMELESS = [
  'by',
  'confirmed',
  'days',
  'invitations',
  'made',
  'password',
  'recoveryCodes',
  'revoked',
  'role',
  'scope',
  'secondFactor',
  'sessions',
  'tokensPasskeysAndProviders',
  'why',
];

/** Of what the trail says about the person stays what was done, and from where; nothing that names them, nor an address that they had before. */
async function forgetName(
  tx: Prisma.TransactionClient,
  id: number,
  name: string,
  addresses: string[],
): Promise<void> {
  await tx.$executeRaw`
    UPDATE changes SET label = ${name},
      before = (SELECT jsonb_object_agg(key, value) FROM jsonb_each(before) WHERE key = ANY(${NAMELESS})),
      after = (SELECT jsonb_object_agg(key, value) FROM jsonb_each(after) WHERE key = ANY(${NAMELESS}))
    WHERE noun = 'people' AND record_id = ${id}`;
  await tx.$executeRaw`
    UPDATE changes SET label = ${name} WHERE noun = 'people' AND record_id = 0 AND lower(label) = ANY(${addresses})`;
}

/** The person's address and those that they had before, in small letters. */
async function addressesOf(tx: Prisma.TransactionClient, id: number, email: string): Promise<string[]> {
  const [before] = await tx.$queryRaw<{ addresses: string[] | null }[]>`
    SELECT array_agg(lower(before ->> 'email')) AS addresses FROM changes
    WHERE noun = 'people' AND record_id = ${id} AND before ? 'email'`;
  return [addressKey(email), ...(before?.addresses ?? [])];
}
