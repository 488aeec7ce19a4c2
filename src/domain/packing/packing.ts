import type { MachineType, Part } from '../model.js';
import { allocatableRoom, DEFAULT_MAX_CONTAINERS, type Room } from './allocatable.js';
import { type Capacity, type LowerBound, lowerBoundOf, type ReplicaGroup } from './lower-bounds.js';
import { type FoundPacking, fewestMachines, type PackRule } from './packing-search.js';

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
 * Packs all parts that run on machines onto machines of one type: cpu, memory, container limit, spread replicas. Per-machine
 * parts take their share of every machine first. An unknown request counts as nothing, as Kubernetes counts it. Does not
 * depend on the order of the parts. Jobs must be left out by the caller.
 */
export function packParts(parts: readonly Part[], machineType: MachineType | null): Packing {
  const onMachines = parts.filter((part) => part.runs === 'machine');
  const perMachine = onMachines.filter((part) => part.perMachine).sort(byName);
  const groups = onMachines.filter((part) => !part.perMachine && part.replicas > 0).map(groupOf);
  const allocatable = machineType && allocatableRoom(machineType);
  const unpacked: Packing = {
    machines: null,
    reason: null,
    tooBigParts: [],
    rule: null,
    lowerBound: null,
    allocatable,
    perMachineParts: perMachine.map((part) => part.name),
    waste: null,
  };
  if (groups.length === 0 && perMachine.length === 0) {
    return { ...unpacked, machines: [], lowerBound: lowerBoundOf([], NO_CAPACITY), waste: NO_ROOM };
  }
  if (!machineType || !allocatable) return { ...unpacked, reason: 'The plan names no machine type.' };
  const perMachineUse = useOf(perMachine);
  const capacity: Capacity = {
    cpuMillicores: allocatable.cpuMillicores - perMachineUse.cpuMillicores,
    memoryMib: allocatable.memoryMib - perMachineUse.memoryMib,
    pods: (machineType.maxContainers ?? DEFAULT_MAX_CONTAINERS) - perMachine.length,
  };
  const tooBigParts = groups.filter((group) => !fitsEmptyMachine(group, capacity)).map((group) => group.part);
  const reason = whyNot(groups, capacity, machineType, tooBigParts.sort());
  if (reason) return { ...unpacked, reason, tooBigParts };

  const found = fewestMachines(groups, capacity);
  const machines = machinesOf(found, perMachineUse, perMachine.length, allocatable);
  const waste = machines.reduce((sum, { free }) => plus(sum, free), NO_ROOM);
  return { ...unpacked, machines, rule: found.rule, lowerBound: found.lowerBound, waste };
}

const NO_CAPACITY: Capacity = { cpuMillicores: 0, memoryMib: 0, pods: 0 };
const NO_ROOM: Room = { cpuMillicores: 0, memoryMib: 0 };

/** Why these replicas cannot be packed, in one sentence; null when they can. */
function whyNot(
  groups: readonly ReplicaGroup[],
  capacity: Capacity,
  machineType: MachineType,
  tooBigParts: readonly string[],
): string | null {
  const leastPods = groups.length > 0 ? 1 : 0;
  if (capacity.cpuMillicores < 0 || capacity.memoryMib < 0 || capacity.pods < leastPods) {
    return `One ${machineType.name} has no room left after its own reserve and the parts that stand on every machine.`;
  }
  if (tooBigParts.length > 0) return `Too big for one ${machineType.name}: ${tooBigParts.join(', ')}.`;
  const replicas = groups.reduce((sum, group) => sum + group.count, 0);
  if (replicas <= MAX_REPLICAS) return null;
  return `More than ${MAX_REPLICAS.toLocaleString('en-US')} replicas, the most a cluster is tested with.`;
}

function fitsEmptyMachine(group: ReplicaGroup, capacity: Capacity): boolean {
  return group.cpuMillicores <= capacity.cpuMillicores && group.memoryMib <= capacity.memoryMib;
}

function machinesOf(
  found: FoundPacking,
  perMachineUse: Room,
  perMachineParts: number,
  allocatable: Room,
): PackedMachine[] {
  const machines: PackedMachine[] = [];
  for (let index = 0; index < found.machines; index++) {
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

function useOf(perMachine: readonly Part[]): Room {
  return perMachine.map(groupOf).reduce<Room>(plus, NO_ROOM);
}

function plus(a: Room, b: Room): Room {
  return { cpuMillicores: a.cpuMillicores + b.cpuMillicores, memoryMib: a.memoryMib + b.memoryMib };
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
