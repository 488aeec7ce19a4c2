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
  const shares = component.machineDown;
  // results[step][share]: the tables that later steps use.
  const results: Float64Array[][] = [];
  const ownState = new Int32Array(largestTable(plan));
  const tables = shares.map(() => new Float64Array(ownState.length));
  for (const step of plan.steps) {
    const states = 2 ** step.cluster.length;
    for (const table of tables) table.fill(0, 0, states);
    for (const factor of factorsOf(component, plan, step, results)) {
      fillOwnStates(ownState, step.cluster, factor.machines);
      for (const [share, down] of factor.down.entries()) {
        const table = tables[share]!;
        for (let state = 0; state < states; state++) {
          table[state] = eitherDown(table[state]!, down[ownState[state]!]!);
        }
      }
    }
    results.push(shares.map((machineDown, share) => sumOut(tables[share]!, states, machineDown)));
  }
  const unavailability = results.at(-1)!.map((result) => result[0]!);
  return {
    unavailability,
    errorBar: unavailability.map(() => 0),
    isExact: true,
    gainIfPerfect: gains(component, plan, results),
  };
}

/** Sums the first machine of a cluster out of its table. */
function sumOut(table: Float64Array, states: number, machineDown: number): Float64Array {
  const result = new Float64Array(states / 2);
  for (let state = 0; state < result.length; state++) {
    result[state] = machineDown * table[2 * state]! + (1 - machineDown) * table[2 * state + 1]!;
  }
  return result;
}

/**
 * The gains at the first share, by the slopes d(availability) / d(result of each step), from the last step back: a part's
 * gain is its slope times its unavailability.
 */
function gains(component: Component, plan: EliminationPlan, results: Float64Array[][]): number[] {
  const machineDown = component.machineDown[0]!;
  const gain = component.parts.map(() => 0);
  const slopes = results.map((result) => new Float64Array(result[0]!.length));
  slopes.at(-1)![0] = 1;
  const ownState = new Int32Array(largestTable(plan));
  // A factor may be 0, so a product without it is found from the product of the others than 0 and the number of zeros.
  const product = new Float64Array(ownState.length);
  const zeros = new Uint32Array(ownState.length);
  for (let index = plan.steps.length - 1; index >= 0; index--) {
    const step = plan.steps[index]!;
    const states = 2 ** step.cluster.length;
    for (let state = 0; state < states; state++) {
      product[state] = slopes[index]![state >> 1]! * (state & 1 ? 1 - machineDown : machineDown);
    }
    zeros.fill(0, 0, states);
    const factors = factorsOf(component, plan, step, results);
    for (const factor of factors) {
      fillOwnStates(ownState, step.cluster, factor.machines);
      const down = factor.down[0]!;
      for (let state = 0; state < states; state++) {
        const up = 1 - down[ownState[state]!]!;
        if (up === 0) zeros[state]!++;
        else product[state]! *= up;
      }
    }
    for (const { machines, down: downs, part, result } of factors) {
      fillOwnStates(ownState, step.cluster, machines);
      for (let state = 0; state < states; state++) {
        const down = downs[0]![ownState[state]!]!;
        const up = 1 - down;
        if (zeros[state]! > (up === 0 ? 1 : 0)) continue;
        const others = up === 0 ? product[state]! : product[state]! / up;
        if (part !== undefined) gain[part]! += others * down;
        else slopes[result!]![ownState[state]!]! += others;
      }
    }
  }
  return gain;
}

/** What is multiplied in one step: for each share, unavailability by the state of the factor's own machines. */
type Factor = { machines: readonly number[]; down: Float64Array[]; part?: number; result?: number };

function factorsOf(
  component: Component,
  plan: EliminationPlan,
  step: EliminationPlan['steps'][number],
  results: readonly Float64Array[][],
): Factor[] {
  return [
    ...step.parts.map((part) => ({
      part,
      machines: component.parts[part]!.machines,
      down: component.downByState(part),
    })),
    ...step.results.map((result) => ({
      result,
      machines: plan.steps[result]!.cluster.slice(1),
      down: results[result]!,
    })),
  ];
}

/** For each state of the cluster, the state of those of its machines that are in `scope`, as a table index. */
function fillOwnStates(ownState: Int32Array, cluster: readonly number[], scope: readonly number[]): void {
  ownState[0] = 0;
  for (let bit = 0, size = 1; bit < cluster.length; bit++, size *= 2) {
    const position = scope.indexOf(cluster[bit]!);
    const ownBit = position < 0 ? 0 : 1 << position;
    for (let state = 0; state < size; state++) ownState[size + state] = ownState[state]! | ownBit;
  }
}

function largestTable(plan: EliminationPlan): number {
  return plan.steps.reduce((most, { cluster }) => Math.max(most, 2 ** cluster.length), 1);
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
