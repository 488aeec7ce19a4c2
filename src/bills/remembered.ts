import { type Bill, billOf } from '../domain/bill.js';
import type { PlanRecord } from '../plans/queries.js';
import { findWhole, type WholePlan } from './queries.js';

export type CountedPlan = { whole: WholePlan; bill: Bill };

// A bill is computed, never stored. What this process has computed it remembers for as long as the plan's revision stands:
// the most recently asked for, up to this many parts in all.
const MAX_PARTS = 60_000;
const remembered = new Map<string, CountedPlan>();
let partsRemembered = 0;

/** The plan with its contents and its bill. */
export async function countedPlan(record: PlanRecord): Promise<CountedPlan> {
  const key = `${record.id}.${record.revision}.${record.machineType?.id}.${record.machineType?.version}`;
  const known = remembered.get(key);
  if (known) {
    remembered.delete(key);
    remembered.set(key, known);
    return known;
  }
  const whole = await findWhole(record);
  const counted = { whole, bill: billOf(whole) };
  remember(key, counted);
  return counted;
}

function remember(key: string, counted: CountedPlan): void {
  remembered.set(key, counted);
  partsRemembered += counted.whole.parts.length + 10;
  for (const [oldest, { whole }] of remembered) {
    if (partsRemembered <= MAX_PARTS) return;
    remembered.delete(oldest);
    partsRemembered -= whole.parts.length + 10;
  }
}
