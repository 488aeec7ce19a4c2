import type { Layering, Stop } from './diagram-layers.js';

const SWEEPS = 24;
/** Sweeps without a better result before the search ends. */
const PATIENCE = 6;

/**
 * Orders every layer from left to right for few crossings. What hangs on one line only (a part with a single connection, and the
 * bends on its way) is put in last, one after the other where it crosses least, and moves nothing else: so a part that joins a plan
 * leaves the order of the others as it was. The rest is ordered by the sweeps of Sugiyama, Tagawa and Toda (IEEE Transactions on
 * Systems, Man, and Cybernetics 11(2), 1981), with swaps of neighbours in between. `layers` come in the order of the plan; ties keep it.
 */
export function orderLayers(layers: number[][], stops: Stop[], segments: Layering['segments']): number[][] {
  const net = netOf(stops.length, segments);
  const tails = tailsOf(stops, net, segments);
  const isTail = new Set(tails.flat());
  const ordered = fewestCrossings(
    layers.map((layer) => layer.filter((stop) => !isTail.has(stop))),
    net,
  );
  const bestSeats = seatFinder(ordered, stops, net);
  for (const tail of tails) for (const stop of tail) insert(ordered[stops[stop]!.layer]!, stop, bestSeats);
  centreBends(ordered, stops, bestSeats);
  return ordered;
}

/** For each stop the stops it is linked with, above and below. */
type Net = { above: number[][]; below: number[][] };

function netOf(count: number, segments: Layering['segments']): Net {
  const above: number[][] = Array.from({ length: count }, () => []);
  const below: number[][] = Array.from({ length: count }, () => []);
  for (const { upper, lower } of segments) {
    above[lower]!.push(upper);
    below[upper]!.push(lower);
  }
  return { above, below };
}

/** Parts on one line, each after the bends that lead to it, in the order of the plan. */
function tailsOf(stops: Stop[], net: Net, segments: Layering['segments']): number[][] {
  const isShared = new Set(segments.flatMap(({ upper, lower, links }) => (links > 1 ? [upper, lower] : [])));
  return stops.flatMap(({ node }, stop) => {
    if (node === null || net.above[stop]!.length + net.below[stop]!.length !== 1) return [];
    const side = net.above[stop]!.length === 1 ? net.above : net.below;
    const tail = [stop];
    for (
      let at = side[stop]![0]!;
      stops[at]!.node === null &&
      !isShared.has(at) &&
      net.above[at]!.length === 1 &&
      net.below[at]!.length === 1;
      at = side[at]![0]!
    )
      tail.unshift(at);
    return [tail];
  });
}

/** The seat of each stop in its layer; NaN, which is neither left nor right of anything, for those that have none yet. */
function noPlaces(net: Net): Float64Array {
  return new Float64Array(net.above.length).fill(Number.NaN);
}

function fewestCrossings(start: number[][], net: Net): number[][] {
  const layers = start.map((layer) => [...layer]);
  const place = noPlaces(net);
  const settle = (layer: number[]) => {
    for (const [i, stop] of layer.entries()) place[stop] = i;
  };
  layers.forEach(settle);
  let best = layers.map((layer) => [...layer]);
  let fewest = Number.POSITIVE_INFINITY;
  for (let sweep = 0, since = 0; sweep < SWEEPS && fewest > 0 && since < PATIENCE; sweep++, since++) {
    const side = sweep % 2 === 0 ? net.above : net.below;
    for (const layer of sweep % 2 === 0 ? layers : [...layers].reverse()) {
      sortByMean(layer, side, place);
      settle(layer);
    }
    swapNeighbours(layers, net, place);
    const count = layers.reduce((sum, layer) => sum + crossingsBelow(layer, net, place), 0);
    if (count < fewest) {
      fewest = count;
      since = 0;
      best = layers.map((layer) => [...layer]);
    }
  }
  return best;
}

/** Sorts by the mean place of what each stop is linked with on one side; stops without such links keep their seats. */
function sortByMean(layer: number[], side: number[][], place: Float64Array): void {
  const wishes = layer.map((stop) => meanPlace(side[stop]!, place));
  const seats = layer.flatMap((_, i) => (wishes[i] === undefined ? [] : [i]));
  const sorted = [...seats].sort((a, b) => wishes[a]! - wishes[b]!).map((i) => layer[i]!);
  seats.forEach((seat, i) => {
    layer[seat] = sorted[i]!;
  });
}

function meanPlace(stops: number[], place: Float64Array): number | undefined {
  let [sum, count] = [0, 0];
  for (const stop of stops) {
    if (Number.isNaN(place[stop])) continue;
    sum += place[stop]!;
    count++;
  }
  return count === 0 ? undefined : sum / count;
}

function swapNeighbours(layers: number[][], net: Net, place: Float64Array): void {
  for (let round = 0, swapped = true; swapped && round < 10; round++) {
    swapped = false;
    for (const layer of layers) {
      for (let i = 0; i + 1 < layer.length; i++) {
        const [a, b] = [layer[i]!, layer[i + 1]!];
        const gain = swapGain(net.above, a, b, place) + swapGain(net.below, a, b, place);
        if (gain <= 0) continue;
        [layer[i], layer[i + 1]] = [b, a];
        [place[a], place[b]] = [i + 1, i];
        swapped = true;
      }
    }
  }
}

function swapGain(side: number[][], a: number, b: number, place: Float64Array): number {
  return crossings(side[a]!, side[b]!, place) - crossings(side[b]!, side[a]!, place);
}

function crossingsBelow(layer: number[], net: Net, place: Float64Array): number {
  let count = 0;
  layer.forEach((right, i) => {
    for (let left = 0; left < i; left++)
      count += crossings(net.below[layer[left]!]!, net.below[right]!, place);
  });
  return count;
}

/** How many lines of a left stop cross lines of a right one, towards one neighbouring layer. Stops without a place do not count. */
function crossings(left: number[], right: number[], place: Float64Array): number {
  let count = 0;
  for (const l of left) for (const r of right) if (place[l]! > place[r]!) count++;
  return count;
}

/** Where in its layer a stop, which is not in it yet, crosses fewest lines with those to stops already there. */
type SeatFinder = (layer: number[], stop: number) => number[];

/** Puts a stop where its lines cross fewest others; of equal seats the rightmost. */
function insert(layer: number[], stop: number, bestSeats: SeatFinder): void {
  layer.splice(bestSeats(layer, stop).at(-1)!, 0, stop);
}

/** A trunk that may run on either side of its neighbours runs through their middle, so that it pushes none of them aside. */
function centreBends(layers: number[][], stops: Stop[], bestSeats: SeatFinder): void {
  for (const layer of layers) {
    for (const bend of layer.filter((stop) => stops[stop]!.node === null)) {
      layer.splice(layer.indexOf(bend), 1);
      const seats = bestSeats(layer, bend);
      layer.splice(seats[seats.length >> 1]!, 0, bend);
    }
  }
}

function seatFinder(layers: number[][], stops: Stop[], net: Net): SeatFinder {
  // One for all searches: each looks at two layers of it, and a picture of long lines has thousands.
  const place = noPlaces(net);
  return (layer, stop) => {
    const nearby = [layers[stops[stop]!.layer - 1] ?? [], layers[stops[stop]!.layer + 1] ?? []];
    for (const near of nearby) {
      near.forEach((other, i) => {
        place[other] = i;
      });
    }
    let cost = 0;
    let best = { seats: [0], cost: 0 };
    layer.forEach((other, i) => {
      for (const side of [net.above, net.below]) {
        cost += crossings(side[other]!, side[stop]!, place) - crossings(side[stop]!, side[other]!, place);
      }
      if (cost < best.cost) best = { seats: [i + 1], cost };
      else if (cost === best.cost) best.seats.push(i + 1);
    });
    for (const other of nearby.flat()) place[other] = Number.NaN;
    return best.seats;
  };
}
