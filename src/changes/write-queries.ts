import { holdAuthor } from '../auth/auth.js';
import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import type { Saved } from '../db/saved.js';
import { violates } from '../db/violations.js';
import { HttpError } from '../web/errors.js';
import { tooLargeNow } from './plan-size-queries.js';
import { type Author, lastChangeOf, type Noun, recordChange, type Trace } from './queries.js';

export type Named = { id: number; name: string };

/** What a write gives back of the record. */
export const NAMED = { id: true, name: true } as const;

/** By constraint or unique index: what its refusal says beside which field of the form. */
export type Refusals = Record<string, Record<string, string>>;

/** Of `updateMany`: hides the record where it stands, so that of several at the same moment one does. */
export function hiding(id: number) {
  return { where: { id, deletedAt: null }, data: { deletedAt: new Date() } };
}

/** Of `updateMany`: shows the record again where it is hidden. */
export function showing(id: number) {
  return { where: { id, deletedAt: { not: null } }, data: { deletedAt: null } };
}

/** Thrown within a write that the database itself would not refuse: nothing is written, the messages stand beside their fields. */
export class Refused extends Error {
  constructor(readonly errors: Record<string, string>) {
    super(Object.values(errors).join(' '));
  }
}

/** Thrown to undo what the write has done so far. */
class TooLate extends Error {}

type Write = {
  author: Author;
  action: Trace['action'];
  noun: Noun;
  /** The record as it stood, where it stood. */
  before?: Named & Prisma.InputJsonObject;
  after?: Prisma.InputJsonValue;
  /** The plan that the record stands in: bills remembered for its old revision are no longer its bill. */
  planId?: number | undefined;
  /** Of what writes thousands of rows. */
  isLarge?: boolean;
};

/**
 * Writes one record as one transaction with its line in the trail. `row` writes and gives the record; null, or none, where it is not there any
 * more as it was opened, which makes the write too late (`stale`). What else it made is `told` to the trail at the end: a line there holds its author's
 * row, whose role nobody can change until the transaction is over.
 */
export async function write(
  { author, action, noun, before, after, planId, isLarge }: Write,
  refusals: Refusals,
  row: (tx: Prisma.TransactionClient, told: Trace[]) => Promise<Named | Named[] | null>,
): Promise<Saved<Named>> {
  const inOne = async (tx: Prisma.TransactionClient) => {
    if (isLarge) await expectMany(tx);
    // The plan before its records, as an import takes them: two writers in one order never wait for each other in a ring.
    if (planId !== undefined) await touchPlan(tx, planId);
    const told: Trace[] = [];
    const [record] = [await row(tx, told)].flat();
    if (!record && action === 'restored')
      throw new HttpError(404, 'Nothing deleted is here any more: it was restored at this very moment.');
    if (!record) throw new TooLate();
    if (planId !== undefined && isSized(noun) && (action === 'created' || action === 'restored')) {
      const tooLarge = await tooLargeNow(tx, planId);
      if (tooLarge && action === 'restored')
        throw new HttpError(422, `${tooLarge} Delete some first.`, 'The plan is full');
      if (tooLarge) throw new Refused({ form: tooLarge });
    }
    // A large write refers to its author in the trail alone, after this: else one whose role is just changed and this would wait for each other.
    if (isLarge) await holdAuthor(tx, author, 'edit');
    const trace = { ...author, action, noun, recordId: record.id, label: (before ?? record).name };
    told.push({ ...trace, ...(before && { before }), ...(after !== undefined && { after }) });
    for (const line of told) await recordChange(tx, line);
    return record;
  };
  try {
    return { ok: true, record: await db.$transaction(inOne, isLarge ? { timeout: LARGE_MS } : {}) };
  } catch (error) {
    if (error instanceof TooLate)
      return { ok: false, stale: await lastChangeOf(noun, before?.id ?? 0, planId, author.userId) };
    if (error instanceof Refused) return { ok: false, errors: error.errors };
    const constraint = Object.keys(refusals).find((name) => violates(error, name));
    if (constraint === undefined) throw error;
    return { ok: false, errors: refusals[constraint] ?? {} };
  }
}

/** How long a large write may take. Less than a connection may be still for, see web/listening.ts. */
const LARGE_MS = 50_000;

/**
 * Of a plan that is just being made Postgres knows nothing and expects one row: it would hold each part against each, for minutes. And what is given
 * up here must not go on there.
 */
async function expectMany(tx: Prisma.TransactionClient): Promise<void> {
  await tx.$queryRaw`SELECT set_config('enable_nestloop', 'off', true), set_config('statement_timeout', ${String(LARGE_MS)}, true)`;
}

async function touchPlan(tx: Prisma.TransactionClient, planId: number): Promise<void> {
  const { count } = await tx.plan.updateMany({
    where: { id: planId, deletedAt: null },
    data: { revision: { increment: 1 }, updatedAt: new Date() },
  });
  if (count === 0) throw new HttpError(404, 'The plan that this stands in was deleted at this very moment.');
}

function isSized(noun: Noun): boolean {
  return noun === 'parts' || noun === 'connections' || noun === 'entries';
}
