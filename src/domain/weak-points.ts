import type { Runs } from './model.js';
import type { PartPlaces } from './packing/placement.js';
import { isPerMachine, type Wiring } from './wiring.js';

/** A part whose every replica is needed: it has none to spare. */
export type SinglePoint = { part: string; runs: Runs };

/** Pairs of machines are only told while an entry stands on at most this many: beyond, the list helps nobody. */
export const MAX_MACHINES_FOR_PAIRS = 64;

/** The parts of a closure with nothing to spare (needed >= replicas, needed > 0), sorted by name. Per-machine parts are not points. */
export function singlePointsOf(wiring: Wiring, closure: readonly number[]): SinglePoint[] {
  return closure
    .map((number) => wiring.parts[number]!)
    .filter((part) => !isPerMachine(part) && part.needed > 0 && part.needed >= part.replicas)
    .map((part) => ({ part: part.name, runs: part.runs }));
}

/** Machines, from 0, whose loss alone leaves some part of the closure with fewer replicas than it needs. */
export function singleMachinesOf(
  wiring: Wiring,
  closure: readonly number[],
  places: readonly (PartPlaces | null)[],
): number[] {
  const single = new Set<number>();
  for (const number of closure) {
    const { replicas, needed } = wiring.parts[number]!;
    const place = places[number];
    if (!place || replicas < needed) continue;
    const { machines, replicasOn } = place;
    for (let index = 0; index < machines.length; index++) {
      if (replicas - replicasOn[index]! < needed) single.add(machines[index]!);
    }
  }
  return [...single].sort((a, b) => a - b);
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
  for (const number of closure) {
    const { replicas, needed } = wiring.parts[number]!;
    const place = places[number];
    if (!place || replicas < needed) continue;
    for (const [i, first] of place.machines.entries()) {
      for (const [j, second] of place.machines.entries()) {
        if (first >= second || isSingle.has(first) || isSingle.has(second)) continue;
        if (replicas - place.replicasOn[i]! - place.replicasOn[j]! < needed)
          pairs.set(`${first} ${second}`, [first, second]);
      }
    }
  }
  return [...pairs.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
}
