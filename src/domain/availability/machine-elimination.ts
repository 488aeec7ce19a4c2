import { eitherDown } from './availability.js';
import type { Component, JointFailure } from './machine-component.js';

/** One machine summed out, together with the machines it is still linked to. */
export type EliminationStep = {
  /** The machine summed out, then the others, by number. Bit i of a state is set when the i-th of them is up. */
  cluster: number[];
  /** What is multiplied here, by the last bit of the cluster it depends on. */
  factorsByLastBit: Factor[][];
};

/** A part (by index) or the result of an earlier step, and the machines its table is over, first machine = lowest bit. */
type Factor = { machines: readonly number[] } & ({ part: number } | { result: number });

/**
 * The order in which machines are summed out, with tables of 2^cluster states instead of 2^machines. `cells`: how many table
 * cells are touched in all.
 */
export type EliminationPlan = { steps: EliminationStep[]; cells: number };

/** An order by smallest cluster first (ties: lowest number), or null when some cluster would exceed `maxCluster` machines. */
export function eliminationPlan(component: Component, maxCluster: number): EliminationPlan | null {
  if (component.parts.some((part) => part.machines.length > maxCluster)) return null;
  const linked = linkedMachines(component);
  const links = Int32Array.from(linked, (others) => others.size);
  const stepOf = new Int32Array(component.machines).fill(-1);
  const steps: EliminationStep[] = [];
  for (let step = 0; step < component.machines; step++) {
    const machine = leastLinked(links, stepOf);
    if (links[machine]! + 1 > maxCluster) return null;
    stepOf[machine] = step;
    const others = [...linked[machine]!].sort((a, b) => a - b);
    const cluster = [machine, ...others];
    steps.push({ cluster, factorsByLastBit: cluster.map(() => []) });
    for (const other of others) {
      linked[other]!.delete(machine);
      for (const another of others) if (another !== other) linked[other]!.add(another);
      links[other] = linked[other]!.size;
    }
  }

  let cells = steps.reduce((sum, { cluster }) => sum + 2 ** cluster.length, 0);
  const use = (factor: Factor) => {
    const first = Math.min(...factor.machines.map((machine) => stepOf[machine]!));
    const { cluster, factorsByLastBit } = steps[first]!;
    const lastBit = Math.max(...factor.machines.map((machine) => cluster.indexOf(machine)));
    factorsByLastBit[lastBit]!.push(factor);
    cells += 2 ** (lastBit + 1);
  };
  for (const [part, { machines }] of component.parts.entries()) use({ part, machines });
  for (const [result, { cluster }] of steps.entries()) {
    if (cluster.length > 1) use({ result, machines: cluster.slice(1) });
  }
  return { steps, cells };
}

/**
 * The exact joint failure of one component: variable elimination over machine states. Tables hold unavailabilities given
 * the state of the cluster, so that every sum is of positive terms and nothing cancels near 1. A table grows bit by bit, so
 * a factor over few machines costs little. A second pass, from the last step back, gives each part's gain.
 */
export function eliminateMachines(component: Component, plan: EliminationPlan): JointFailure {
  // results[step][share]: the tables that later steps use.
  const results: Float64Array[][] = [];
  const ownState = new Int32Array(largestTable(plan));
  const tables = component.machineDown.map(() => new Float64Array(ownState.length));
  for (const { cluster, factorsByLastBit } of plan.steps) {
    let states = 1;
    for (const table of tables) table[0] = 0;
    for (const factors of factorsByLastBit) {
      for (const table of tables) table.copyWithin(states, 0, states);
      states *= 2;
      for (const factor of factors) {
        fillOwnStates(ownState, cluster, states, factor.machines);
        const down = downOf(factor, component, results);
        for (const [share, table] of tables.entries()) multiplyInto(table, states, down[share]!, ownState);
      }
    }
    results.push(tables.map((table, share) => sumOut(table, states, component.machineDown[share]!)));
  }
  const unavailability = results.at(-1)!.map((result) => result[0]!);
  return {
    unavailability,
    errorBar: unavailability.map(() => 0),
    isExact: true,
    gainIfPerfect: gains(component, plan, results),
  };
}

function multiplyInto(table: Float64Array, states: number, down: Float64Array, ownState: Int32Array): void {
  for (let state = 0; state < states; state++)
    table[state] = eitherDown(table[state]!, down[ownState[state]!]!);
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
 * gain is its slope times its unavailability. A slope is the product of all other factors, which may be 0: states are kept
 * apart by whether no factor is 0 (`whole`) or just one (`butOne`, the product of the rest). Going down the bits again,
 * states are added up over the bits a factor does not depend on.
 */
function gains(component: Component, plan: EliminationPlan, results: Float64Array[][]): number[] {
  const machineDown = component.machineDown[0]!;
  const gain = component.parts.map(() => 0);
  const slopes = results.map((result) => new Float64Array(result[0]!.length));
  slopes.at(-1)![0] = 1;
  const ownState = new Int32Array(largestTable(plan));
  const whole = new Float64Array(ownState.length);
  const butOne = new Float64Array(ownState.length);
  const zeros = new Uint16Array(ownState.length);
  for (const [index, { cluster, factorsByLastBit }] of [...plan.steps.entries()].reverse()) {
    let states = 1;
    whole[0] = 1;
    zeros[0] = 0;
    for (const factors of factorsByLastBit) {
      whole.copyWithin(states, 0, states);
      zeros.copyWithin(states, 0, states);
      states *= 2;
      for (const factor of factors) {
        fillOwnStates(ownState, cluster, states, factor.machines);
        const down = downOf(factor, component, results)[0]!;
        for (let state = 0; state < states; state++) {
          const up = 1 - down[ownState[state]!]!;
          if (up === 0) zeros[state]!++;
          else whole[state]! *= up;
        }
      }
    }
    for (let state = 0; state < states; state++) {
      const product =
        whole[state]! * slopes[index]![state >> 1]! * (state & 1 ? 1 - machineDown : machineDown);
      whole[state] = zeros[state] === 0 ? product : 0;
      butOne[state] = zeros[state] === 1 ? product : 0;
    }
    for (const factors of factorsByLastBit.toReversed()) {
      for (const factor of factors) {
        fillOwnStates(ownState, cluster, states, factor.machines);
        const downs = downOf(factor, component, results)[0]!;
        const slope = 'result' in factor ? slopes[factor.result]! : null;
        for (let state = 0; state < states; state++) {
          const own = ownState[state]!;
          const down = downs[own]!;
          const up = 1 - down;
          const others = up === 0 ? butOne[state]! : whole[state]! / up;
          if (slope) slope[own]! += others;
          else gain[(factor as { part: number }).part]! += others * down;
        }
      }
      states /= 2;
      for (let state = 0; state < states; state++) {
        whole[state]! += whole[states + state]!;
        butOne[state]! += butOne[states + state]!;
      }
    }
  }
  return gain;
}

/** A factor's unavailability by the state of its own machines, for each share. */
function downOf(factor: Factor, component: Component, results: readonly Float64Array[][]): Float64Array[] {
  return 'part' in factor ? component.downByState(factor.part) : results[factor.result]!;
}

/** For each of the first states of the cluster, the state of those of its machines that are in `scope`, as a table index. */
function fillOwnStates(
  ownState: Int32Array,
  cluster: readonly number[],
  states: number,
  scope: readonly number[],
): void {
  ownState[0] = 0;
  for (let bit = 0, size = 1; size < states; bit++, size *= 2) {
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
