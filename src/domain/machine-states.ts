import { commonCauseUnavailability, eitherDown } from './availability.js';
import { eliminateMachines, eliminationPlan } from './machine-elimination.js';
import { sampleMachines } from './machine-sampling.js';

/** A part whose replicas stand on machines. `machines` and `replicasOn` run in parallel; each machine once. */
export type PlacedPart = {
  needed: number;
  /** Of one replica, without its machine. */
  replicaUnavailability: number;
  machines: readonly number[];
  replicasOn: readonly number[];
};

/** What parts that must all be up do together, for each common-cause share asked for. */
export type JointFailure = {
  unavailability: number[];
  /** Half width of the interval (about 95 %) around each unavailability; 0 where the sum is exact. */
  errorBar: number[];
  isExact: boolean;
  /** For each part, at the first share: how much less the unavailability would be if that part never failed. */
  gainIfPerfect: number[];
};

/** One connected set of machines and the parts on it, ready for summing. Machines are numbered from 0 here. */
export type Component = {
  machines: number;
  parts: PlacedPart[];
  /** Of each part, on all machines together. */
  replicas: number[];
  /** Unavailability of a part when only `present` of its replicas stand on machines that are up. */
  partDown: (share: number, part: number, present: number) => number;
};

/** Up to this many machines the sum over machine states is exact whenever a table of 2^machines can be afforded. */
export const EXACT_MACHINES = 20;

/** Table cells an exact sum may touch: for at most `EXACT_MACHINES` machines (a fraction of a second), and for more. */
const EXACT_CELLS = 2 ** 25;
const EXACT_CELLS_OF_MANY = 2 ** 19;

/**
 * The probability that not all of the parts are up, when replicas of different parts share machines and every machine is
 * down with the same probability: the sum over machine states s of P(s) x (1 - product of P(part up | s)). Parts that
 * share no machine, even through others, are summed apart. Where machines are too entangled the answer is sampled.
 * Give parts in a fixed order; the result does not depend on how machines are numbered but for rounding.
 */
export function jointFailure(
  parts: readonly PlacedPart[],
  machineUnavailability: number,
  commonCauseShares: readonly number[],
): JointFailure {
  const joint: JointFailure = {
    unavailability: commonCauseShares.map(() => 0),
    errorBar: commonCauseShares.map(() => 0),
    isExact: true,
    gainIfPerfect: parts.map(() => 0),
  };
  const componentUps: number[] = [];
  const componentsOfParts: number[][] = componentsOf(parts);
  for (const members of componentsOfParts) {
    const component = componentFor(
      members.map((index) => parts[index]!),
      commonCauseShares,
    );
    const failure = failureOf(component, machineUnavailability, commonCauseShares.length);
    for (const [share, unavailability] of failure.unavailability.entries()) {
      joint.unavailability[share] = eitherDown(joint.unavailability[share]!, unavailability);
      // Of a product of independent factors near 1 the errors add at most.
      joint.errorBar[share]! += failure.errorBar[share]!;
    }
    joint.isExact &&= failure.isExact;
    componentUps.push(1 - failure.unavailability[0]!);
    for (const [position, index] of members.entries())
      joint.gainIfPerfect[index] = failure.gainIfPerfect[position]!;
  }
  const upOfOthers = productsOfOthers(componentUps);
  for (const [component, members] of componentsOfParts.entries()) {
    for (const index of members) joint.gainIfPerfect[index]! *= upOfOthers[component]!;
  }
  return joint;
}

function failureOf(component: Component, machineUnavailability: number, shares: number): JointFailure {
  const plan = eliminationPlan(component, EXACT_MACHINES);
  const affordable = component.machines <= EXACT_MACHINES ? EXACT_CELLS : EXACT_CELLS_OF_MANY;
  return plan && plan.cells <= affordable
    ? eliminateMachines(component, plan, machineUnavailability, shares)
    : sampleMachines(component, machineUnavailability, shares);
}

/** Groups of part indices that are linked through machines, in the order of their first part. */
function componentsOf(parts: readonly PlacedPart[]): number[][] {
  const leader = parts.map((_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (leader[root] !== root) root = leader[root]!;
    leader[index] = root;
    return root;
  };
  const firstOn = new Map<number, number>();
  for (const [index, part] of parts.entries()) {
    for (const machine of part.machines) {
      const other = firstOn.get(machine);
      if (other === undefined) firstOn.set(machine, index);
      else leader[find(index)] = find(other);
    }
  }
  const groups = new Map<number, number[]>();
  for (const index of parts.keys()) {
    const root = find(index);
    const group = groups.get(root);
    if (group) group.push(index);
    else groups.set(root, [index]);
  }
  return [...groups.values()];
}

function componentFor(parts: PlacedPart[], commonCauseShares: readonly number[]): Component {
  const number = new Map<number, number>();
  for (const part of parts) {
    for (const machine of part.machines) if (!number.has(machine)) number.set(machine, number.size);
  }
  const renumbered = parts.map((part) => ({
    ...part,
    machines: part.machines.map((machine) => number.get(machine)!),
  }));
  const replicas = parts.map((part) => part.replicasOn.reduce((sum, count) => sum + count, 0));
  const known = commonCauseShares.map(() =>
    replicas.map((count) => new Float64Array(count + 1).fill(Number.NaN)),
  );

  function partDown(share: number, index: number, present: number): number {
    const table = known[share]![index]!;
    if (Number.isNaN(table[present]!)) {
      const { needed, replicaUnavailability } = parts[index]!;
      const commonCause = commonCauseShares[share]!;
      table[present] = commonCauseUnavailability(
        replicas[index]!,
        needed,
        replicaUnavailability,
        commonCause,
        present,
      );
    }
    return table[present]!;
  }

  return { machines: number.size, parts: renumbered, replicas, partDown };
}

/** For each factor the product of all others; prefix and suffix products, because a factor may be 0. */
function productsOfOthers(factors: readonly number[]): number[] {
  const products = factors.map(() => 1);
  let before = 1;
  let after = 1;
  for (let index = 0, back = factors.length - 1; index < factors.length; index++, back--) {
    products[index]! *= before;
    products[back]! *= after;
    before *= factors[index]!;
    after *= factors[back]!;
  }
  return products;
}
