import { eitherDown } from './availability.js';
import type { Component, JointFailure } from './machine-component.js';

/**
 * The order in which machines are summed out. Each step looks at one machine together with those it is still linked to
 * through parts (its cluster): a table of 2^cluster states instead of 2^machines.
 */
export type EliminationPlan = {
  steps: {
    /** The machine summed out, then the others it is linked to. */
    cluster: number[];
    /** Parts whose first machine in the order is this one. */
    parts: number[];
    /** Earlier steps whose result is used here. */
    results: number[];
  }[];
  /** Table cells touched in all. */
  cells: number;
};

/** An order by smallest cluster first (ties: lowest number), or null when some cluster would exceed `maxCluster` machines. */
export function eliminationPlan(component: Component, maxCluster: number): EliminationPlan | null {
  if (component.parts.some((part) => part.machines.length > maxCluster)) return null;
  const linked = linkedMachines(component);
  const links = Int32Array.from(linked, (others) => others.size);
  const stepOf = new Int32Array(component.machines).fill(-1);
  const clusters: number[][] = [];
  for (let step = 0; step < component.machines; step++) {
    const machine = leastLinked(links, stepOf);
    if (links[machine]! + 1 > maxCluster) return null;
    stepOf[machine] = step;
    const others = [...linked[machine]!].sort((a, b) => a - b);
    clusters.push([machine, ...others]);
    for (const other of others) {
      linked[other]!.delete(machine);
      for (const another of others) if (another !== other) linked[other]!.add(another);
      links[other] = linked[other]!.size;
    }
  }

  const earliest = (machines: readonly number[]) => Math.min(...machines.map((machine) => stepOf[machine]!));
  const steps = clusters.map((cluster) => ({ cluster, parts: [] as number[], results: [] as number[] }));
  for (const [index, part] of component.parts.entries()) steps[earliest(part.machines)]!.parts.push(index);
  for (const [step, [, ...others]] of clusters.entries()) {
    if (others.length > 0) steps[earliest(others)]!.results.push(step);
  }
  const cells = steps.reduce((sum, { cluster, parts, results }) => {
    return sum + 2 ** cluster.length * (1 + parts.length + results.length);
  }, 0);
  return { steps, cells };
}

/**
 * The exact joint failure of one component: variable elimination over machine states. Tables hold unavailabilities given
 * the state of the cluster, so that every sum is of positive terms and nothing cancels near 1. A second pass, from the last
 * step back, gives each part's gain from the same tables. Bit i of a state is set when the i-th machine of the cluster is up.
 */
export function eliminateMachines(component: Component, plan: EliminationPlan): JointFailure {
  const unavailability: number[] = [];
  // The share on paper comes last, so that its tables are the ones left for the gains.
  let results: Float64Array[] = [];
  for (let share = component.machineDown.length - 1; share >= 0; share--) {
    const machineDown = component.machineDown[share]!;
    results = [];
    for (const step of plan.steps) {
      const down = new Float64Array(2 ** step.cluster.length);
      for (const factor of factorsOf(component, plan, step, share, results)) {
        for (let state = 0; state < down.length; state++) {
          down[state] = eitherDown(down[state]!, factor.down[factor.indexOf[state]!]!);
        }
      }
      const result = new Float64Array(down.length / 2);
      for (let state = 0; state < result.length; state++) {
        result[state] = machineDown * down[2 * state]! + (1 - machineDown) * down[2 * state + 1]!;
      }
      results.push(result);
    }
    unavailability[share] = results.at(-1)![0]!;
  }
  return {
    unavailability,
    errorBar: unavailability.map(() => 0),
    isExact: true,
    gainIfPerfect: gains(component, plan, results),
  };
}

/** d(availability) / d(result of each step), from the last step back; a part's gain is that derivative times its unavailability. */
function gains(component: Component, plan: EliminationPlan, results: Float64Array[]): number[] {
  const machineDown = component.machineDown[0]!;
  const gain = component.parts.map(() => 0);
  const slopes: Float64Array[] = results.map((result) => new Float64Array(result.length));
  slopes.at(-1)![0] = 1;
  for (let index = plan.steps.length - 1; index >= 0; index--) {
    const step = plan.steps[index]!;
    const factors = factorsOf(component, plan, step, 0, results);
    // A factor may be 0, so products without it are kept as (how many zeros, product of the others).
    const up = new Float64Array(2 ** step.cluster.length).fill(1);
    const zeros = new Uint16Array(up.length);
    for (const { down, indexOf } of factors) {
      for (let state = 0; state < up.length; state++) {
        const factorUp = 1 - down[indexOf[state]!]!;
        if (factorUp === 0) zeros[state]!++;
        else up[state]! *= factorUp;
      }
    }
    const slope = slopes[index]!;
    for (let state = 0; state < up.length; state++)
      up[state]! *= slope[state >> 1]! * (state & 1 ? 1 - machineDown : machineDown);
    for (const { down, indexOf, part, result } of factors) {
      for (let state = 0; state < up.length; state++) {
        const factorDown = down[indexOf[state]!]!;
        const factorUp = 1 - factorDown;
        if (zeros[state]! > (factorUp === 0 ? 1 : 0)) continue;
        const others = factorUp === 0 ? up[state]! : up[state]! / factorUp;
        if (part !== undefined) gain[part]! += others * factorDown;
        else slopes[result!]![indexOf[state]!]! += others;
      }
    }
  }
  return gain;
}

/** What is multiplied in one step: unavailability by own state, and which own state each cluster state means. */
type Factor = { down: Float64Array; indexOf: Int32Array; part?: number; result?: number };

function factorsOf(
  component: Component,
  plan: EliminationPlan,
  step: EliminationPlan['steps'][number],
  share: number,
  results: readonly Float64Array[],
): Factor[] {
  return [
    ...step.parts.map((part) => ({
      part,
      down: partTable(component, share, part),
      indexOf: ownStates(step.cluster, component.parts[part]!.machines),
    })),
    ...step.results.map((result) => ({
      result,
      down: results[result]!,
      indexOf: ownStates(step.cluster, plan.steps[result]!.cluster.slice(1)),
    })),
  ];
}

/** A part's unavailability for every state of its own machines. */
function partTable(component: Component, share: number, part: number): Float64Array {
  const { machines, replicasOn } = component.parts[part]!;
  const down = new Float64Array(2 ** machines.length);
  const present = new Int32Array(down.length);
  for (let bit = 0, size = 1; bit < machines.length; bit++, size *= 2) {
    for (let state = 0; state < size; state++) present[size + state] = present[state]! + replicasOn[bit]!;
  }
  for (let state = 0; state < down.length; state++)
    down[state] = component.partDown(share, part, present[state]!);
  return down;
}

/** For each state of the cluster, the state of those of its machines that are in `scope`, as a table index. */
function ownStates(cluster: readonly number[], scope: readonly number[]): Int32Array {
  const indexOf = new Int32Array(2 ** cluster.length);
  for (let bit = 0, size = 1; bit < cluster.length; bit++, size *= 2) {
    const position = scope.indexOf(cluster[bit]!);
    const ownBit = position < 0 ? 0 : 1 << position;
    for (let state = 0; state < size; state++) indexOf[size + state] = indexOf[state]! | ownBit;
  }
  return indexOf;
}

function linkedMachines(component: Component): Set<number>[] {
  const linked = Array.from({ length: component.machines }, () => new Set<number>());
  for (const { machines } of component.parts) {
    for (const machine of machines) {
      for (const other of machines) if (other !== machine) linked[machine]!.add(other);
    }
  }
  return linked;
}

function leastLinked(links: Int32Array, stepOf: Int32Array): number {
  let best = -1;
  for (let machine = 0; machine < links.length; machine++) {
    if (stepOf[machine]! < 0 && (best < 0 || links[machine]! < links[best]!)) best = machine;
  }
  return best;
}
