import { soundMachineType } from './check-plan.js';
import { type Cost, costOf } from './cost.js';
import {
  type ConnectionCount,
  type ContainerCount,
  connectionsOf,
  containersOf,
  machineCounts,
  type PartCounts,
  partCounts,
} from './counting.js';
import { type EntryBill, entryBills, NOT_COUNTED } from './entry-bill.js';
import { type Figure, formatted } from './figure.js';
import type { Part, Plan } from './model.js';
import { type Packing, packParts } from './packing/packing.js';
import { type Wiring, wiringOf } from './wiring.js';

/** Everything the product counts of one plan. Lists of parts are in the plan's order unless they say otherwise. */
export type Bill = PartCounts & {
  planName: string;
  containers: ContainerCount;
  machines: Figure;
  machinesLowerBound: Figure;
  connections: ConnectionCount;
  packing: Packing;
  usdPerMonth: Cost;
  /** In the plan's order; one named "the whole system" when the plan names none. */
  entries: EntryBill[];
  /** What of the plan could not be used, one sentence each: see `checkPlan`. */
  ignored: string[];
};

/**
 * Everything the product counts of a plan, each figure with its working. Never fails: what a faulty plan gets wrong is left
 * out or unknown, and named (`checkPlan` tells the faults one by one). The same plan gives the same bill, and the order of
 * its parts, connections and entries changes no figure.
 */
export function billOf(plan: Plan): Bill {
  const wiring = wiringOf(plan);
  const machineType = soundMachineType(plan.machineType);
  const packing = packParts(wiring.parts, machineType);
  const parts = inPlanOrder(plan, wiring);
  const entries = entryBills(plan, wiring, machineType, packing);
  return {
    planName: plan.name,
    ...partCounts(plan, parts),
    containers: containersOf(parts, packing),
    ...machineCounts(parts, packing, machineType?.name ?? 'none'),
    connections: connectionsOf(wiring),
    packing,
    usdPerMonth: costOf(plan, parts, machineType, packing),
    entries,
    ignored: [...wiring.ignored, ...notCounted(entries)],
  };
}

/** Programs read the figures alone, so what is missing there is said beside them. */
function notCounted(entries: readonly EntryBill[]): string[] {
  const count = entries.filter(({ working }) => working.unknown.includes(NOT_COUNTED)).length;
  return count > 0
    ? [`Entries left out: ${formatted(count)} of ${formatted(entries.length)}. ${NOT_COUNTED}`]
    : [];
}

function inPlanOrder(plan: Plan, wiring: Wiring): Part[] {
  const names = new Set(plan.parts.map((part) => part.name));
  return [...names].flatMap((name) => wiring.parts[wiring.numberOf.get(name) ?? -1] ?? []);
}
