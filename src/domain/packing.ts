import { allocatableRoom, DEFAULT_MAX_CONTAINERS, type Room } from './allocatable.js';
import { spreadEvenly } from './even-spread.js';
import { type Assignment, firstFit } from './first-fit.js';
import { type Capacity, type LowerBound, lowerBoundOf, type ReplicaGroup } from './lower-bounds.js';
import type { MachineType, Part } from './model.js';

/** Replica number `replica` (from 0) of the part named `part`. */
export type PlacedReplica = { part: string; replica: number };

/** One machine in use. */
export type PackedMachine = {
  /** In the order of placing. Per-machine parts are not listed here (see `Packing.perMachineParts`) but are counted in all below. */
  replicas: PlacedReplica[];
  /** Replicas and per-machine parts together: what counts against the machine's container limit. */
  pods: number;
  used: Room;
  /** Allocatable minus used: what is paid for and stands empty. */
  free: Room;
};

/** Which attempt found the packing: first fit or even spreading, ordered by dominant share or by largest spread group. */
export type PackRule = 'ffd-share' | 'ffd-group' | 'spread-share' | 'spread-group';

/** What stands on which machine. */
export type Packing = {
  /** null = unknown, and `reason` says why. Empty = no part runs on machines. */
  machines: PackedMachine[] | null;
  reason: string | null;
  /** Parts one replica of which is larger than an empty machine. */
  tooBigParts: string[];
  rule: PackRule | null;
  /** null when it cannot be told: no machine type, or a part is too big. */
  lowerBound: LowerBound | null;
  /** One machine's room after its own reserve, before per-machine parts. null without a machine type. */
  allocatable: Room | null;
  /** Parts of which one stands on every machine in use, sorted by name. */
  perMachineParts: string[];
  /** Free on all machines in use together. null = unknown. */
  waste: Room | null;
};

/** Kubernetes is tested to 150,000 pods a cluster; beyond, a packing on paper says nothing. Source: as `DEFAULT_MAX_CONTAINERS`. */
export const MAX_REPLICAS = 150_000;

/**
 * What the search for a packing below first fit may cost, in replica-machine comparisons: a few milliseconds. Small plans get
 * every machine count from the bound upward tried; large ones the first counts, or first fit alone.
 */
const SPREAD_COMPARISONS = 2_000_000;

/**
 * Packs all parts that run on machines onto machines of one type: cpu, memory, container limit, spread replicas. Per-machine
 * parts take their share of every machine first. An unknown request counts as nothing, as Kubernetes counts it. From the
 * lower bound upward the first success wins: first fit by dominant share, first fit by largest spread group, even
 * spreading in both orders. Does not depend on the order of the parts. Jobs must be left out by the caller.
 */
export function packParts(parts: readonly Part[], machineType: MachineType | null): Packing {
  const onMachines = parts.filter((part) => part.runs === 'machine');
  const perMachine = onMachines.filter((part) => part.perMachine).sort(byName);
  const groups = onMachines.filter((part) => !part.perMachine && part.replicas > 0).map(groupOf);
  const allocatable = machineType && allocatableRoom(machineType);
  const unknown = (reason: string, tooBigParts: string[] = []): Packing => ({
    machines: null,
    reason,
    tooBigParts,
    rule: null,
    lowerBound: null,
    allocatable,
    perMachineParts: perMachine.map((part) => part.name),
    waste: null,
  });

  if (groups.length === 0 && perMachine.length === 0) {
    return {
      ...unknown(''),
      machines: [],
      reason: null,
      lowerBound: lowerBoundOf([], NO_CAPACITY),
      waste: NO_ROOM,
    };
  }
  if (!machineType || !allocatable) return unknown('The plan names no machine type.');
  const perMachineUse = {
    cpuMillicores: perMachine.reduce((sum, part) => sum + (part.cpuMillicores ?? 0), 0),
    memoryMib: perMachine.reduce((sum, part) => sum + (part.memoryMib ?? 0), 0),
  };
  const capacity: Capacity = {
    cpuMillicores: allocatable.cpuMillicores - perMachineUse.cpuMillicores,
    memoryMib: allocatable.memoryMib - perMachineUse.memoryMib,
    pods: (machineType.maxContainers ?? DEFAULT_MAX_CONTAINERS) - perMachine.length,
  };
  if (capacity.cpuMillicores < 0 || capacity.memoryMib < 0 || capacity.pods < (groups.length > 0 ? 1 : 0)) {
    return unknown(
      `A ${machineType.name} has no room left after its own reserve and the parts that stand on every machine.`,
    );
  }
  const tooBig = groups.filter(
    (group) => group.cpuMillicores > capacity.cpuMillicores || group.memoryMib > capacity.memoryMib,
  );
  if (tooBig.length > 0) {
    const names = tooBig.map((group) => group.part).sort();
    return unknown(`Larger than one ${machineType.name}: ${names.join(', ')}.`, names);
  }
  if (groups.reduce((sum, group) => sum + group.count, 0) > MAX_REPLICAS) {
    return unknown(
      `More than ${MAX_REPLICAS.toLocaleString('en-US')} replicas, the most a cluster is tested with.`,
    );
  }

  const { found, rule, lowerBound } = search(groups, capacity);
  const machines = machinesOf(found, lowerBound.machines, perMachineUse, perMachine.length, allocatable);
  return {
    machines,
    reason: null,
    tooBigParts: [],
    rule,
    lowerBound,
    allocatable,
    perMachineParts: perMachine.map((part) => part.name),
    waste: {
      cpuMillicores: machines.reduce((sum, machine) => sum + machine.free.cpuMillicores, 0),
      memoryMib: machines.reduce((sum, machine) => sum + machine.free.memoryMib, 0),
    },
  };
}

const NO_CAPACITY: Capacity = { cpuMillicores: 0, memoryMib: 0, pods: 0 };
const NO_ROOM: Room = { cpuMillicores: 0, memoryMib: 0 };

type Found = { groups: ReplicaGroup[]; assignment: Assignment };

function search(
  groups: ReplicaGroup[],
  capacity: Capacity,
): { found: Found; rule: PackRule | null; lowerBound: LowerBound } {
  const bound = lowerBoundOf(groups, capacity);
  if (groups.length === 0) {
    const lowerBound: LowerBound = { ...bound, machines: 1, rule: 'one-machine' };
    return { found: { groups, assignment: [] }, rule: null, lowerBound };
  }
  const byShare = [...groups].sort(byDominantShare(capacity));
  const byGroup = [...byShare].sort((a, b) => spreadSize(b) - spreadSize(a));
  const shareFit = firstFit(byShare, capacity);
  const groupFit = firstFit(byGroup, capacity);
  const shareMachines = machinesIn(shareFit);
  const groupMachines = machinesIn(groupFit);

  const replicas = groups.reduce((sum, group) => sum + group.count, 0);
  let comparisons = 0;
  for (let machines = bound.machines; machines < Math.min(shareMachines, groupMachines); machines++) {
    comparisons += 2 * replicas * machines;
    if (comparisons > SPREAD_COMPARISONS) break;
    for (const [order, rule] of [
      [byShare, 'spread-share'],
      [byGroup, 'spread-group'],
    ] as const) {
      const assignment = spreadEvenly(order, capacity, machines);
      if (assignment) return { found: { groups: order, assignment }, rule, lowerBound: bound };
    }
  }
  return shareMachines <= groupMachines
    ? { found: { groups: byShare, assignment: shareFit }, rule: 'ffd-share', lowerBound: bound }
    : { found: { groups: byGroup, assignment: groupFit }, rule: 'ffd-group', lowerBound: bound };
}

/** Largest first by the resource it takes the greater share of; ties by memory, cpu, then name, so that no order of input matters. */
function byDominantShare(capacity: Capacity) {
  const share = (group: ReplicaGroup) =>
    Math.max(
      group.cpuMillicores / Math.max(capacity.cpuMillicores, Number.MIN_VALUE),
      group.memoryMib / Math.max(capacity.memoryMib, Number.MIN_VALUE),
    );
  return (a: ReplicaGroup, b: ReplicaGroup) =>
    share(b) - share(a) ||
    b.memoryMib - a.memoryMib ||
    b.cpuMillicores - a.cpuMillicores ||
    (a.part < b.part ? -1 : 1);
}

function spreadSize(group: ReplicaGroup): number {
  return group.spread ? group.count : 1;
}

function machinesIn(assignment: Assignment): number {
  let last = -1;
  for (const machines of assignment) for (const machine of machines) last = Math.max(last, machine);
  return last + 1;
}

function machinesOf(
  found: Found,
  atLeast: number,
  perMachineUse: Room,
  perMachineParts: number,
  allocatable: Room,
): PackedMachine[] {
  const machines: PackedMachine[] = [];
  const count = Math.max(atLeast, machinesIn(found.assignment));
  for (let index = 0; index < count; index++) {
    machines.push({
      replicas: [],
      pods: perMachineParts,
      used: { ...perMachineUse },
      free: { ...allocatable },
    });
  }
  for (const [groupIndex, group] of found.groups.entries()) {
    for (const [replica, index] of found.assignment[groupIndex]!.entries()) {
      const machine = machines[index]!;
      machine.replicas.push({ part: group.part, replica });
      machine.pods++;
      machine.used.cpuMillicores += group.cpuMillicores;
      machine.used.memoryMib += group.memoryMib;
    }
  }
  for (const { used, free } of machines) {
    free.cpuMillicores -= used.cpuMillicores;
    free.memoryMib -= used.memoryMib;
  }
  return machines;
}

function groupOf(part: Part): ReplicaGroup {
  return {
    part: part.name,
    count: part.replicas,
    cpuMillicores: part.cpuMillicores ?? 0,
    memoryMib: part.memoryMib ?? 0,
    spread: part.spread,
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
