import { type Bill, billOf } from '../domain/bill.js';
import type { PlanRecord } from '../plans/queries.js';
import { findWhole, type WholePlan } from './queries.js';
import { worstMinutesDown } from './sheet.js';

export type CountedPlan = { whole: WholePlan; bill: Bill };

// A bill is computed, never stored. What this process has computed it remembers for as long as the plan's revision stands: the most
// recently asked for, up to this weight in all. A part or a connection weighs 1, and 1 more for each 50 letters of a part's name: a thousand take
// about a megabyte with their drawing and its markup, and so do five thousand parts that entries are said to hang on.
const MAX_WEIGHT = 30_000;
const remembered = new Map<string, { weight: number; counted: Promise<CountedPlan> }>();

/** The plan with its contents and its bill. Whoever asks while it is being counted waits for the same count. */
export function countedPlan(record: PlanRecord): Promise<CountedPlan> {
  const key = keyOf(record);
  const known = remembered.get(key);
  // Put last again: the map's order is who was asked for when.
  remembered.delete(key);
  const entry = known ?? { weight: 10, counted: count(record) };
  remembered.set(key, entry);
  if (!known) {
    entry.counted.then(
      ({ whole, bill }) => {
        const hangOn = bill.entries.reduce((sum, { closure }) => sum + closure.length, 0);
        const letters = whole.parts.reduce((sum, { name }) => sum + name.length, 0);
        entry.weight += whole.parts.length + whole.connections.length + Math.round(hangOn / 5 + letters / 50);
        // One heavier than all that is kept would put out the others, and itself, each time it is asked for.
        if (entry.weight > MAX_WEIGHT) remembered.delete(key);
        else forgetOldest();
      },
      () => remembered.delete(key),
    );
  }
  return entry.counted;
}

type Amount = { value: number | null; isAtLeast: boolean };

/** The figures of a bill without their working. `worst`: minutes down a month of the entry that is down most, see `worstMinutesDown`. */
export type SmallBill = { [K in (typeof AMOUNTS)[number]]: Amount } & {
  connections: Amount & { hard: number; soft: number; guessed: number };
  worst: number | null;
};

const AMOUNTS = [
  'services',
  'parts',
  'jobs',
  'containers',
  'machines',
  'machinesLowerBound',
  'managedParts',
  'externalParts',
  'usdPerMonth',
] as const;

const MOST_SMALL = 5_000;
const small = new Map<string, SmallBill>();

/** The small bills of these plans, by their ids. One is counted after another, so that of large ones one is held at a time. */
export async function smallBills(records: readonly PlanRecord[]): Promise<Map<number, SmallBill>> {
  const bills = new Map<number, SmallBill>();
  for (const record of records) {
    const key = keyOf(record);
    const known = small.get(key);
    const bill = known ?? smallBillOf((await countedPlan(record)).bill);
    if (!known && small.size >= MOST_SMALL) small.clear();
    small.set(key, bill);
    bills.set(record.id, bill);
  }
  return bills;
}

function smallBillOf(bill: Bill): SmallBill {
  const amountOf = ({ value, isAtLeast }: Amount) => ({ value, isAtLeast });
  const amounts = Object.fromEntries(AMOUNTS.map((name) => [name, amountOf(bill[name])]));
  const { hard, soft, guessed } = bill.connections;
  const connections = { ...amountOf(bill.connections), hard, soft, guessed };
  return {
    ...(amounts as Pick<SmallBill, (typeof AMOUNTS)[number]>),
    connections,
    worst: worstMinutesDown(bill),
  };
}

function keyOf({ id, revision, machineType }: PlanRecord): string {
  return `${id}.${revision}.${machineType?.id}.${machineType?.version}`;
}

async function count(record: PlanRecord): Promise<CountedPlan> {
  const whole = await findWhole(record);
  return { whole, bill: billOf(whole) };
}

function forgetOldest(): void {
  let weight = [...remembered.values()].reduce((sum, entry) => sum + entry.weight, 0);
  for (const [key, entry] of remembered) {
    if (weight <= MAX_WEIGHT) return;
    remembered.delete(key);
    weight -= entry.weight;
  }
}
