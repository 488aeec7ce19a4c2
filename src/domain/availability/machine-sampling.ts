import { upCountProbabilities } from './availability.js';
import type { Component, JointFailure } from './machine-component.js';

/** The seed of every sampled figure: the same plan gives the same digits, always. */
export const SEED = 20_260_206;

/** Machine states looked at: those with few machines down one by one, while they are at most this many in all ... */
const COUNTED_STATES = 10_000;
/** ... and from the rest about this many are drawn, fewer where each of them takes many parts down, ... */
const DRAWN_STATES = 10_000;
const DRAWN_PARTS = 400_000;
/** ... and at least this many for each number of machines down. */
const FEWEST_DRAWN = 50;

/** Parts lost that are looked at in all, over all states: what a sample may cost. */
export const SAMPLED_PARTS = 2_000_000;

/** A number of machines down that is less likely than this is not looked at. */
const NEGLIGIBLE = 1e-17;

/**
 * The joint failure of one component by stratified sampling over machine states. States are grouped by how many machines
 * are down (binomial weight); small groups are counted completely, from larger ones states are drawn by a seeded
 * generator. Given a machine state the parts are independent, so each state looked at gives its exact unavailability.
 * The error bar is 1.96 standard errors plus the weight of the groups never looked at. `mostParts` bounds the cost: with
 * less of it fewer states are drawn, and of the numbers of machines down the least likely are not looked at.
 */
export function sampleMachines(
  component: Component,
  mostParts = SAMPLED_PARTS,
): JointFailure & { partsSampled: number } {
  const { groups, unseen } = groupsOf(component, mostParts);
  const random = xorshift(SEED);
  const failures = stateFailures(component);
  // States never looked at are taken as down; that they may be up is in the error bar.
  const unavailability = [...unseen];
  const variance = unseen.map(() => 0);
  for (const { machinesDown, weights, states, isCounted } of groups) {
    const choices = isCounted
      ? combinations(component.machines, machinesDown)
      : draws(component.machines, machinesDown, states, random);
    const { sum, sumOfSquares } = failures.add(choices, weights[0]! / states);
    for (const [share, weight] of weights.entries()) {
      const mean = sum[share]! / states;
      unavailability[share]! += weight * mean;
      if (!isCounted) {
        const spread = Math.max(0, sumOfSquares[share]! / states - mean ** 2);
        variance[share]! += (weight ** 2 * spread) / (states - 1);
      }
    }
  }
  return {
    unavailability,
    errorBar: variance.map((sum, share) => 1.96 * Math.sqrt(sum) + unseen[share]!),
    isExact: false,
    gainIfPerfect: failures.gains(),
    partsSampled: failures.touched(),
  };
}

/** All states with one number of machines down: how likely they are, for each share, and how many are looked at. */
export type Group = { machinesDown: number; weights: number[]; states: number; isCounted: boolean };

/** Which numbers of machines down are counted, which drawn from, and the weight of those left out, for each share. */
export function groupsOf(
  { machines, machineDown, parts, replicas, partDown }: Component,
  mostParts: number,
): { groups: Group[]; unseen: number[] } {
  const weightsOf = machineDown.map((down) => {
    const likeliest = Math.min(machines, Math.floor((machines + 1) * (1 - down)));
    const { first, of } = upCountProbabilities(machines, down, likeliest, 0, machines, 1e-30);
    return (machinesDown: number) => of[machines - machinesDown - first] ?? 0;
  });
  const partsPerMachine = total(parts.map((part) => part.machines.length)) / machines;
  const always = parts.filter((_, part) => partDown(0, part, replicas[part]!) === 1).length;
  const costOf = ({ states, machinesDown }: Group) =>
    states * (1 + always + machinesDown * (1 + partsPerMachine));
  const groups: Group[] = [];
  const unseen = machineDown.map(() => 0);
  const leaveOut = ({ weights }: Group) => {
    for (const [share, weight] of weights.entries()) unseen[share]! += weight;
  };
  let counted = 0;
  let left = mostParts;
  let choices = 1;
  for (let machinesDown = 0; machinesDown <= machines; machinesDown++) {
    if (machinesDown > 0) choices *= (machines - machinesDown + 1) / machinesDown;
    const weights = weightsOf.map((weightOf) => weightOf(machinesDown));
    const group = { machinesDown, weights, states: Math.round(choices), isCounted: false };
    if (Math.max(...weights) < NEGLIGIBLE) {
      leaveOut(group);
      continue;
    }
    group.isCounted = counted + group.states <= COUNTED_STATES && costOf(group) <= left / 2;
    if (group.isCounted) {
      counted += group.states;
      left -= costOf(group);
    }
    groups.push(group);
  }
  const drawn = groups.filter((group) => !group.isCounted);
  const drawnWeight = total(drawn.map(({ weights }) => weights[0]!));
  const machinesDown = total(drawn.map((group) => (group.machinesDown * group.weights[0]!) / drawnWeight));
  const affordable = Math.min(
    DRAWN_STATES,
    Math.min(DRAWN_PARTS, mostParts / 4) / (machinesDown * partsPerMachine),
  );
  const isLeftOut = new Set<Group>();
  for (const group of drawn.toSorted((a, b) => Math.max(...b.weights) - Math.max(...a.weights))) {
    group.states = Math.max(FEWEST_DRAWN, Math.ceil((affordable * group.weights[0]!) / drawnWeight));
    left -= costOf(group);
    if (left >= 0) continue;
    isLeftOut.add(group);
    leaveOut(group);
  }
  return { groups: groups.filter((group) => !isLeftOut.has(group)), unseen };
}

/**
 * Evaluates machine states. Only parts on machines that are down differ from the state with all machines up, so a state
 * costs as many steps as replicas are lost. Products are kept as sums of logarithms, with zero factors counted apart.
 */
function stateFailures(component: Component) {
  const { parts, replicas } = component;
  const shares = component.machineDown.length;
  const replicasOf: { part: number; count: number }[][] = Array.from(
    { length: component.machines },
    () => [],
  );
  for (const [part, { machines, replicasOn }] of parts.entries()) {
    for (const [index, machine] of machines.entries())
      replicasOf[machine]!.push({ part, count: replicasOn[index]! });
  }
  const logs = Array.from({ length: shares }, () =>
    replicas.map((count) => new Float64Array(count + 1).fill(Number.NaN)),
  );
  const logUp = (share: number, part: number, present: number): number => {
    const known = logs[share]![part]!;
    if (Number.isNaN(known[present]!)) known[present] = Math.log1p(-component.partDown(share, part, present));
    return known[present]!;
  };
  // Parts that are down with all machines up would make the sums infinite: they are touched in every state instead.
  const hopeless = [...parts.keys()].filter((part) => component.partDown(0, part, replicas[part]!) === 1);
  const isHopeless = new Set(hopeless);
  const allUp = (share: number, part: number) =>
    isHopeless.has(part) ? 0 : logUp(share, part, replicas[part]!);
  const baseline = Array.from({ length: shares }, (_, share) =>
    parts.reduce((sum, _part, part) => sum + allUp(share, part), 0),
  );
  // Down-to-up odds of each untouched part: what its perfection adds to every state, relative to the state being up.
  const odds = parts.map((_, part) => Math.expm1(-allUp(0, part)));
  const gain = new Float64Array(parts.length);
  let upWeight = 0;

  const present = Int32Array.from(replicas);
  const seenIn = new Int32Array(parts.length).fill(-1);
  let state = 0;
  let allTouched = 0;

  function touchedBy(machinesDown: Int32Array): number[] {
    const touched = [...hopeless];
    for (const part of hopeless) seenIn[part] = state;
    for (const machine of machinesDown) {
      for (const { part, count } of replicasOf[machine]!) {
        present[part]! -= count;
        if (seenIn[part] === state) continue;
        seenIn[part] = state;
        touched.push(part);
      }
    }
    state++;
    allTouched += 1 + machinesDown.length + touched.length;
    return touched;
  }

  /** Looks at the states given, each of the weight given; sums over them what each is down with, by share. */
  function add(choices: Iterable<Int32Array>, weight: number) {
    const sum = new Float64Array(shares);
    const sumOfSquares = new Float64Array(shares);
    for (const machinesDown of choices) {
      const touched = touchedBy(machinesDown);
      for (let share = shares - 1; share >= 0; share--) {
        let log = baseline[share]!;
        let zeros = 0;
        for (const part of touched) {
          const partLog = logUp(share, part, present[part]!);
          log -= allUp(share, part);
          if (partLog === Number.NEGATIVE_INFINITY) zeros++;
          else log += partLog;
        }
        const down = zeros > 0 ? 1 : -Math.expm1(log);
        sum[share]! += down;
        sumOfSquares[share]! += down * down;
        if (share === 0) addGains(touched, Math.exp(log) * weight, zeros);
      }
      for (const part of touched) present[part] = replicas[part]!;
    }
    return { sum, sumOfSquares };
  }

  function addGains(touched: number[], upOfNonZero: number, zeros: number): void {
    if (zeros === 0) upWeight += upOfNonZero;
    for (const part of touched) {
      const log = logUp(0, part, present[part]!);
      const isZero = log === Number.NEGATIVE_INFINITY;
      if (isZero && zeros === 1) gain[part]! += upOfNonZero;
      if (zeros === 0) gain[part]! += upOfNonZero * (Math.expm1(-log) - odds[part]!);
    }
  }

  return {
    add,
    touched: () => allTouched,
    gains: () => Array.from(gain, (touched, part) => touched + upWeight * odds[part]!),
  };
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}

/** Every choice of `size` machines; the array is reused. */
function* combinations(machines: number, size: number): Generator<Int32Array> {
  const chosen = Int32Array.from({ length: size }, (_, index) => index);
  for (;;) {
    yield chosen;
    let index = size - 1;
    while (index >= 0 && chosen[index] === machines - size + index) index--;
    if (index < 0) return;
    chosen[index]!++;
    for (let next = index + 1; next < size; next++) chosen[next] = chosen[next - 1]! + 1;
  }
}

/** `count` random choices of `size` machines, each as likely as any other; the array is reused. */
function* draws(machines: number, size: number, count: number, random: () => number): Generator<Int32Array> {
  const order = Int32Array.from({ length: machines }, (_, index) => index);
  for (let draw = 0; draw < count; draw++) {
    for (let index = 0; index < size; index++) {
      const other = index + Math.floor(random() * (machines - index));
      const kept = order[index]!;
      order[index] = order[other]!;
      order[other] = kept;
    }
    yield order.subarray(0, size);
  }
}

/** Numbers in (0, 1). Source: Marsaglia, Xorshift RNGs, Journal of Statistical Software 8(14) 2003. */
function xorshift(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
