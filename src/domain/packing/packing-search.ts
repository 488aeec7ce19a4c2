import { spreadEvenly } from './even-spread.js';
import { type Assignment, firstFit } from './first-fit.js';
import { type Capacity, type LowerBound, lowerBoundOf, type ReplicaGroup } from './lower-bounds.js';

/** Which attempt found the packing: first fit or even spreading, ordered by dominant share or by largest spread group. */
export type PackRule = 'ffd-share' | 'ffd-group' | 'spread-share' | 'spread-group';

/** A packing that was found: the groups in the order they were placed, and where. `rule` null when there was nothing to place. */
export type FoundPacking = {
  machines: number;
  groups: readonly ReplicaGroup[];
  assignment: Assignment;
  rule: PackRule | null;
  lowerBound: LowerBound;
};

/**
 * What the search below first fit may cost, in replica-machine comparisons: a few milliseconds. Plans of some hundred
 * replicas get every machine count from the bound upward tried; larger ones the first few, or first fit alone.
 */
const SPREAD_COMPARISONS = 1_000_000;

/**
 * The fewest machines found for replicas that each fit an empty machine, at least one. From the lower bound upward the first
 * success wins: first fit by dominant share, first fit by largest spread group, even spreading in both orders. Vector bin
 * packing is NP-hard: only a result equal to the bound is proven best. The order of the groups given does not matter.
 */
export function fewestMachines(groups: readonly ReplicaGroup[], capacity: Capacity): FoundPacking {
  const lowerBound = lowerBoundOf(groups, capacity);
  if (groups.length === 0) {
    const one: LowerBound = { ...lowerBound, machines: 1, rule: 'one-machine' };
    return { machines: 1, groups, assignment: [], rule: null, lowerBound: one };
  }
  const byShare = [...groups].sort(byDominantShare(capacity));
  const first = tryFirstFit(byShare, 'ffd-share', capacity, lowerBound);
  if (first.machines === lowerBound.machines) return first;
  const byGroup = [...byShare].sort((a, b) => spreadSize(b) - spreadSize(a));
  const second = tryFirstFit(byGroup, 'ffd-group', capacity, lowerBound);
  const best = second.machines < first.machines ? second : first;

  const replicas = groups.reduce((sum, group) => sum + group.count, 0);
  let comparisons = 0;
  for (let machines = lowerBound.machines; machines < best.machines; machines++) {
    comparisons += 2 * replicas * machines;
    if (comparisons > SPREAD_COMPARISONS) break;
    for (const [order, rule] of [
      [byShare, 'spread-share'],
      [byGroup, 'spread-group'],
    ] as const) {
      const assignment = spreadEvenly(order, capacity, machines);
      if (assignment) return { machines, groups: order, assignment, rule, lowerBound };
    }
  }
  return best;
}

function tryFirstFit(
  groups: ReplicaGroup[],
  rule: PackRule,
  capacity: Capacity,
  lowerBound: LowerBound,
): FoundPacking {
  const assignment = firstFit(groups, capacity);
  let last = -1;
  for (const machines of assignment) for (const machine of machines) last = Math.max(last, machine);
  return { machines: last + 1, groups, assignment, rule, lowerBound };
}

/** Largest first by the resource it takes the greater share of; ties by memory, cpu, then name, so that no order of input matters. */
function byDominantShare(capacity: Capacity) {
  const share = (group: ReplicaGroup) =>
    Math.max(
      shareOf(group.cpuMillicores, capacity.cpuMillicores),
      shareOf(group.memoryMib, capacity.memoryMib),
    );
  return (a: ReplicaGroup, b: ReplicaGroup) =>
    share(b) - share(a) ||
    b.memoryMib - a.memoryMib ||
    b.cpuMillicores - a.cpuMillicores ||
    (a.part < b.part ? -1 : 1);
}

/** Of a machine with nothing to give only nothing was asked. */
function shareOf(amount: number, capacity: number): number {
  return capacity > 0 ? amount / capacity : 0;
}

function spreadSize(group: ReplicaGroup): number {
  return group.spread ? group.count : 1;
}
