import type { Layering } from './diagram-layers.js';

const SWEEPS = 24;
/** How much of a wish goes to the middle of the page, rather than to what a stop is linked with: more, if the page is too wide. */
const MIDDLE_SHARES = [0.05, 0.3, 0.6];

/**
 * Where each stop stands from left to right: its centre, in the unit of `width`. Every layer keeps its order and its gaps, and
 * within that each stop comes as near as it can (least squares) to the middle of what it is linked with; bends pull harder than
 * parts, so that trunks run straight. A drawing that becomes wider than `pageWidth` is drawn together, where its layers allow it.
 * The leftmost edge is 0.
 */
export function columnsOf(
  layering: Layering,
  width: (stop: number) => number,
  gap: (left: number, right: number) => number,
  pageWidth: number,
): number[] {
  let centres: number[] = [];
  for (const share of MIDDLE_SHARES) {
    centres = columnsAt(layering, width, gap, share);
    if (centres.every((x, stop) => x + width(stop) / 2 <= pageWidth)) break;
  }
  return centres;
}

function columnsAt(
  layering: Layering,
  width: (stop: number) => number,
  gap: (left: number, right: number) => number,
  middleShare: number,
): number[] {
  const { layers, stops, segments } = layering;
  const isBend = (stop: number) => stops[stop]!.node === null;
  const pulls: { to: number; weight: number }[][] = stops.map(() => []);
  for (const { upper, lower, links } of segments) {
    const weight = (isBend(upper) ? 3 : 1) * (isBend(lower) ? 3 : 1) + (links - 1) / 2;
    pulls[upper]!.push({ to: lower, weight });
    pulls[lower]!.push({ to: upper, weight });
  }

  const centre: number[] = stops.map(() => 0);
  function settle(layer: number[], wish: number[]): void {
    const offset: number[] = [];
    layer.forEach((stop, i) => {
      const before = layer[i - 1];
      offset[i] =
        before === undefined ? 0 : offset[i - 1]! + (width(before) + width(stop)) / 2 + gap(before, stop);
    });
    const weights = layer.map((stop) => pulls[stop]!.reduce((sum, pull) => sum + pull.weight, 0.1));
    const level = nondecreasing(
      wish.map((x, i) => x - offset[i]!),
      weights,
    );
    layer.forEach((stop, i) => {
      centre[stop] = level[i]! + offset[i]!;
    });
  }
  for (const layer of layers)
    settle(
      layer,
      layer.map(() => 0),
    );

  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const order = sweep % 2 === 0 ? layers : [...layers].reverse();
    const middle = centre.reduce((sum, x) => sum + x, 0) / centre.length;
    for (const layer of order)
      settle(
        layer,
        layer.map((stop) => wishOf(pulls[stop]!, centre, middle, middleShare)),
      );
  }
  straighten(trunksOf(layering), layering, centre, width, gap);
  const left = stops.reduce(
    (min, _, stop) => Math.min(min, centre[stop]! - width(stop) / 2),
    Number.POSITIVE_INFINITY,
  );
  return centre.map((x) => Math.round((x - left) * 2) / 2);
}

/** Where a stop wants to be: amid what it is linked with, and between several of them a little towards the middle of the page. */
function wishOf(
  pulls: { to: number; weight: number }[],
  centre: number[],
  middle: number,
  share: number,
): number {
  let sum = 0;
  let weight = 0;
  for (const pull of pulls) {
    sum += pull.weight * centre[pull.to]!;
    weight += pull.weight;
  }
  if (weight === 0) return middle;
  const own = pulls.length === 1 && share === MIDDLE_SHARES[0] ? 0 : share;
  return (sum / weight) * (1 - own) + middle * own;
}

/**
 * The non-decreasing sequence nearest to `values` (weighted least squares), by pooling adjacent violators: Ayer, Brunk, Ewing, Reid
 * and Silverman, Annals of Mathematical Statistics 26 (1955).
 */
function nondecreasing(values: number[], weights: number[]): number[] {
  const pools: { mean: number; weight: number; size: number }[] = [];
  values.forEach((value, i) => {
    let pool = { mean: value, weight: weights[i]!, size: 1 };
    while (pools.length > 0 && pools.at(-1)!.mean > pool.mean) {
      const before = pools.pop()!;
      const weight = before.weight + pool.weight;
      pool = {
        mean: (before.mean * before.weight + pool.mean * pool.weight) / weight,
        weight,
        size: before.size + pool.size,
      };
    }
    pools.push(pool);
  });
  return pools.flatMap((pool) => Array<number>(pool.size).fill(pool.mean));
}

/** Stops that follow each other from top to bottom and belong on one line: the bends of a trunk, and parts that have only each other. */
function trunksOf({ stops, segments }: Layering): number[][] {
  const isBend = (stop: number) => stops[stop]!.node === null;
  const down: number[] = stops.map(() => 0);
  const up: number[] = stops.map(() => 0);
  for (const { upper, lower } of segments) {
    down[upper]!++;
    up[lower]!++;
  }
  const next = new Map<number, number>();
  const hasBefore = new Set<number>();
  for (const { upper, lower } of segments) {
    const isTrunk = isBend(upper) && isBend(lower);
    if (!isTrunk && !(down[upper] === 1 && up[lower] === 1)) continue;
    next.set(upper, lower);
    hasBefore.add(lower);
  }
  return stops.flatMap((_, stop) => {
    if (!next.has(stop) || hasBefore.has(stop)) return [];
    const trunk = [stop];
    for (let below = next.get(stop); below !== undefined; below = next.get(below)) trunk.push(below);
    return [trunk];
  });
}

/** Puts as many stops of a trunk as there is room for on one vertical line. */
function straighten(
  trunks: number[][],
  { layers, stops }: Layering,
  centre: number[],
  width: (stop: number) => number,
  gap: (left: number, right: number) => number,
): void {
  const place = new Map(layers.flatMap((layer) => layer.map((stop, i) => [stop, i] as const)));
  const distance = (a: number, b: number) => (width(a) + width(b)) / 2 + gap(a, b);
  const room = (stop: number): [number, number] => {
    const layer = layers[stops[stop]!.layer]!;
    const [left, right] = [layer[place.get(stop)! - 1], layer[place.get(stop)! + 1]];
    return [
      left === undefined ? Number.NEGATIVE_INFINITY : centre[left]! + distance(left, stop),
      right === undefined ? Number.POSITIVE_INFINITY : centre[right]! - distance(stop, right),
    ];
  };
  for (const trunk of trunks) {
    let run: number[] = [];
    let [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    const end = () => {
      const mean = run.reduce((sum, stop) => sum + centre[stop]!, 0) / run.length;
      for (const stop of run) centre[stop] = Math.min(high, Math.max(low, mean));
    };
    for (const stop of trunk) {
      const [left, right] = room(stop);
      if (Math.max(low, left) > Math.min(high, right)) {
        end();
        run = [];
        [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
      }
      run.push(stop);
      low = Math.max(low, left);
      high = Math.min(high, right);
    }
    end();
  }
}
