import type { Prisma } from '../db/generated/client.js';
import { beyondLimits, MAX_ENTRIES_TIMES_PARTS, type PlanSize } from '../domain/limits.js';
import { integer } from '../web/format.js';

/** What is wrong with the size of a plan in this transaction; null where it is within the limits that an import has as well. */
export async function tooLargeNow(tx: Prisma.TransactionClient, planId: number): Promise<string | null> {
  const [size] = await tx.$queryRaw<PlanSize[]>`
    SELECT (SELECT count(*)::int FROM parts WHERE plan_id = ${planId} AND deleted_at IS NULL) AS parts,
      (SELECT count(*)::int FROM connections WHERE plan_id = ${planId} AND deleted_at IS NULL) AS connections,
      (SELECT count(*)::int FROM entries WHERE plan_id = ${planId} AND deleted_at IS NULL) AS entries`;
  if (!size) return null;
  const holds = (most: number, what: string) => `One plan holds at most ${integer(most)} ${what}.`;
  const [beyond] = beyondLimits(size);
  if (beyond) return holds(beyond.most, beyond.what);
  if (size.entries * size.parts > MAX_ENTRIES_TIMES_PARTS)
    return holds(MAX_ENTRIES_TIMES_PARTS, 'entries times parts, as each entry may hang on every part');
  return null;
}
