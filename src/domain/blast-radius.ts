import { hardClosure, stoppedBy } from './closure.js';
import { entriesOf } from './entries.js';
import type { Plan } from './model.js';
import type { Packing } from './packing/packing.js';
import { placesOf } from './packing/placement.js';
import { type Wiring, wiringOf } from './wiring.js';

/** What happens when something is down. Parts are sorted by name, entries stand in the plan's order. */
export type BlastRadius = {
  /** Parts that stop, without the part asked about. */
  stopped: string[];
  /** Parts that go on with less: they call something that stops, or lose some replicas. */
  degraded: string[];
  entriesLost: string[];
  /** Entries that go on with a degraded part. */
  entriesDegraded: string[];
};

/**
 * What stops when all replicas of a part are down: everything that needs it over hard connections, and every entry that
 * needs any of these. The loss of an agent that stands on every machine stops all parts on machines. null when the plan
 * has no such part, or it is a job.
 */
export function blastRadiusOfPart(plan: Plan, partName: string): BlastRadius | null {
  const wiring = wiringOf(plan);
  const part = wiring.numberOf.get(partName);
  if (part === undefined) return null;
  const down = stoppedBy(wiring, [part]);
  return radius(plan, wiring, down, [], part);
}

/**
 * What stops when a machine (from 0) of the packing is lost: parts left with fewer replicas than they need, and what needs
 * those; other parts with replicas on it are degraded. null when there is no such machine.
 */
export function blastRadiusOfMachine(plan: Plan, packing: Packing, machine: number): BlastRadius | null {
  if (!packing.machines?.[machine]) return null;
  const wiring = wiringOf(plan);
  const tooFew: number[] = [];
  const fewer: number[] = [];
  for (const [number, place] of placesOf(wiring, packing).entries()) {
    const lost = place?.replicasOn[place.machines.indexOf(machine)];
    if (!lost) continue;
    const { replicas, needed } = wiring.parts[number]!;
    (replicas - lost < needed ? tooFew : fewer).push(number);
  }
  return radius(plan, wiring, stoppedBy(wiring, tooFew), fewer);
}

function radius(plan: Plan, wiring: Wiring, down: number[], fewer: number[], itself?: number): BlastRadius {
  const isDown = new Set(down);
  const isDegraded = new Set(fewer.filter((part) => !isDown.has(part)));
  for (const part of down) {
    for (const caller of wiring.softCallers[part]!) if (!isDown.has(caller)) isDegraded.add(caller);
  }
  const entriesLost: string[] = [];
  const entriesDegraded: string[] = [];
  for (const { name, parts } of entriesOf(plan, wiring)) {
    if (parts.some((part) => isDown.has(part))) entriesLost.push(name);
    else if (hardClosure(wiring, parts).some((part) => isDegraded.has(part))) entriesDegraded.push(name);
  }
  const namesOf = (parts: Iterable<number>) =>
    [...parts].sort((a, b) => a - b).map((part) => wiring.parts[part]!.name);
  return {
    stopped: namesOf(down.filter((part) => part !== itself)),
    degraded: namesOf(isDegraded),
    entriesLost,
    entriesDegraded,
  };
}
