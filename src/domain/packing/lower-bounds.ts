/** The replicas of one part as the packing sees them: alike, with a request each. */
export type ReplicaGroup = {
  part: string;
  count: number;
  cpuMillicores: number;
  memoryMib: number;
  /** No two on one machine. */
  spread: boolean;
};

/** What one machine takes: room and number of pods. */
export type Capacity = { cpuMillicores: number; memoryMib: number; pods: number };

/** The reason why no packing can use fewer machines. */
export type BoundRule = 'cpu' | 'memory' | 'big' | 'spread' | 'pods' | 'one-machine' | 'none';

export type LowerBound = {
  machines: number;
  /** The first of these rules that gives `machines`. */
  rule: BoundRule;
  /** Each rule by itself. `big`: replicas that need more than half a machine. `spread`: replicas of one part that must stand apart. */
  byRule: { cpu: number; memory: number; big: number; spread: number; pods: number };
};

/** The largest of five bounds, each valid for any packing of these replicas, which must each fit an empty machine. */
export function lowerBoundOf(groups: readonly ReplicaGroup[], capacity: Capacity): LowerBound {
  const overHalf = (isOverHalf: (group: ReplicaGroup) => boolean) =>
    sumOf(groups.filter(isOverHalf), () => 1);
  const byRule = {
    cpu: wholeMachines(
      sumOf(groups, (group) => group.cpuMillicores),
      capacity.cpuMillicores,
    ),
    memory: wholeMachines(
      sumOf(groups, (group) => group.memoryMib),
      capacity.memoryMib,
    ),
    big: Math.max(
      overHalf((group) => group.cpuMillicores * 2 > capacity.cpuMillicores),
      overHalf((group) => group.memoryMib * 2 > capacity.memoryMib),
    ),
    spread: groups.reduce((most, group) => (group.spread ? Math.max(most, group.count) : most), 0),
    pods: wholeMachines(
      sumOf(groups, () => 1),
      capacity.pods,
    ),
  };
  const machines = Math.max(...Object.values(byRule));
  const rule = RULES.find((candidate) => byRule[candidate] === machines && machines > 0) ?? 'none';
  return { machines, rule, byRule };
}

const RULES = ['cpu', 'memory', 'big', 'spread', 'pods'] as const;

function sumOf(groups: readonly ReplicaGroup[], amount: (group: ReplicaGroup) => number): number {
  return groups.reduce((sum, group) => sum + group.count * amount(group), 0);
}

/** A sum of fractions may end a hair above a whole number; a bound must not be raised by that. */
function wholeMachines(amount: number, capacity: number): number {
  return amount === 0 ? 0 : Math.ceil(amount / capacity - 1e-9);
}
