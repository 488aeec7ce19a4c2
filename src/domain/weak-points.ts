import type { Part, Runs } from './model.js';
import type { PartPlaces } from './packing/placement.js';
import { isPerMachine, type Wiring } from './wiring.js';

/** A part whose every replica is needed: it has none to spare. */
export type SinglePoint = { part: string; runs: Runs };

/** Pairs of machines are only told while an entry stands on at most this many: beyond, the list helps nobody. */
export const MAX_MACHINES_FOR_PAIRS = 64;

/** The parts of a closure with nothing to spare (needed >= replicas, needed > 0), sorted by name. Per-machine parts are not points. */
export function singlePointsOf(wiring: Wiring, closure: readonly number[]): SinglePoint[] {
  const pointOf = points.get(wiring) ?? wiring.parts.map(pointOrNull);
  points.set(wiring, pointOf);
  const found: SinglePoint[] = [];
  for (const number of closure) {
    const point = pointOf[number];
    if (point) found.push(point);
  }
  return found;
}

/** One of each part for all entries: thousands of entries over thousands of parts would be millions. */
const points = new WeakMap<Wiring, (SinglePoint | null)[]>();

function pointOrNull(part: Part): SinglePoint | null {
  const isSingle = !isPerMachine(part) && part.needed > 0 && part.needed >= part.replicas;
  return isSingle ? { part: part.name, runs: part.runs } : null;
}

/** Machines, from 0, whose loss alone leaves some part of the closure with fewer replicas than it needs. */
export function singleMachinesOf(
  wiring: Wiring,
  closure: readonly number[],
  places: readonly (PartPlaces | null)[],
): number[] {
  const singleOf =
    singles.get(places) ?? places.map((place, number) => singlesOf(wiring.parts[number]!, place));
  singles.set(places, singleOf);
  const single = new Set<number>();
  for (const number of closure) for (const machine of singleOf[number]!) single.add(machine);
  return [...single].sort((a, b) => a - b);
}

/** Of each part, kept for as long as the places are: thousands of entries ask for the same part. */
const singles = new WeakMap<readonly (PartPlaces | null)[], number[][]>();

function singlesOf({ replicas, needed }: Part, place: PartPlaces | null): number[] {
  if (!place || replicas < needed) return [];
  return place.machines.filter((_, index) => replicas - place.replicasOn[index]! < needed);
}

/**
 * Pairs of machines whose joint loss leaves some part of the closure with too few replicas while neither machine does so
 * alone; sorted. null when the closure stands on more than `MAX_MACHINES_FOR_PAIRS` machines.
 */
export function twoMachineCutsOf(
  wiring: Wiring,
  closure: readonly number[],
  places: readonly (PartPlaces | null)[],
  singleMachines: readonly number[],
): [number, number][] | null {
  const machines = new Set<number>();
  for (const number of closure) {
    for (const machine of places[number]?.machines ?? []) machines.add(machine);
    if (machines.size > MAX_MACHINES_FOR_PAIRS) return null;
  }
  const isSingle = new Set(singleMachines);
  const pairs = new Map<string, [number, number]>();
  const looked = new Set<[number, number][]>();
  for (const number of closure) {
    const { replicas, needed } = wiring.parts[number]!;
    const place = places[number];
    if (!place || replicas < needed) continue;
    const cuts = cutsOf(places, place, replicas - needed);
    if (looked.has(cuts)) continue;
    looked.add(cuts);
    for (const pair of cuts) {
      if (!isSingle.has(pair[0]) && !isSingle.has(pair[1])) pairs.set(`${pair[0]} ${pair[1]}`, pair);
    }
  }
  return [...pairs.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}

type Cuts = { ofPlace: Map<PartPlaces, [number, number][]>; ofLikes: Map<string, [number, number][]> };

/** Kept for as long as the places are: parts alike, and the same part in other entries, are looked at once. */
const known = new WeakMap<readonly (PartPlaces | null)[], Cuts>();

/** Pairs of machines that take more than `spare` replicas of a part together. */
function cutsOf(
  places: readonly (PartPlaces | null)[],
  place: PartPlaces,
  spare: number,
): [number, number][] {
  const cuts = known.get(places) ?? { ofPlace: new Map(), ofLikes: new Map() };
  known.set(places, cuts);
  const before = cuts.ofPlace.get(place);
  if (before) return before;
  const { machines, replicasOn } = place;
  const key = `${spare} ${machines} ${replicasOn}`;
  let pairs = cuts.ofLikes.get(key);
  if (!pairs) {
    pairs = [];
    for (const [i, first] of machines.entries()) {
      for (const [j, second] of machines.entries()) {
        if (first < second && replicasOn[i]! + replicasOn[j]! > spare) pairs.push([first, second]);
      }
    }
    cuts.ofLikes.set(key, pairs);
  }
  cuts.ofPlace.set(place, pairs);
  return pairs;
}
