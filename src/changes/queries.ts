import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import type { LastChange } from '../db/saved.js';

/** The nouns whose records have a trail, and can be deleted and restored. */
export const NOUNS = [
  'systems',
  'plans',
  'parts',
  'connections',
  'entries',
  'extra-costs',
  'machine-types',
] as const;
export type Noun = (typeof NOUNS)[number];

/** What happens to people and their keys has a trail as well. */
export type AuthAction =
  | 'signed up'
  | 'signed in'
  | 'failed to sign in'
  | 'was locked'
  | 'was unlocked'
  | 'was invited'
  | 'changed'
  | 'left';

export type Trace = {
  userId: number | null;
  action: 'created' | 'updated' | 'deleted' | 'restored' | 'imported' | 'copied' | AuthAction;
  noun: Noun | 'people' | 'tokens';
  recordId: number;
  /** The record's name at the time, for people. */
  label: string;
  before?: Prisma.InputJsonValue;
  after?: Prisma.InputJsonValue;
  /** Where it came from, and by which API token, if by one. */
  address?: string;
  token?: string;
};

/** Writes one line of the trail, in the transaction of the write it tells of. */
export async function recordChange(
  tx: Pick<Prisma.TransactionClient, 'change'>,
  trace: Trace,
): Promise<void> {
  await tx.change.create({ data: trace, select: { id: true } });
}

/** Who touched the record last, and when. An import leaves its line with the plan: `planId` is where to look for it. */
export async function lastChangeOf(noun: Noun, recordId: number, planId?: number): Promise<LastChange> {
  const change = await db.change.findFirst({
    where: {
      OR: [{ noun, recordId }, ...(planId ? [{ noun: 'plans', recordId: planId, action: 'imported' }] : [])],
    },
    orderBy: { id: 'desc' },
    select: { at: true, user: { select: { name: true } } },
  });
  return { by: change?.user?.name ?? 'somebody', at: change?.at ?? new Date() };
}
