import type { Wiring } from '../wiring.js';
import type { Packing } from './packing.js';

/** On which machines the replicas of a part stand, and how many on each. */
export type PartPlaces = { machines: number[]; replicasOn: number[] };

/** For each part by number; null for a part that is not packed onto machines, or when the packing is unknown. */
export function placesOf(wiring: Wiring, packing: Packing): (PartPlaces | null)[] {
  const places: (PartPlaces | null)[] = wiring.parts.map(() => null);
  for (const [machine, { replicas }] of (packing.machines ?? []).entries()) {
    for (const { part } of replicas) {
      const number = wiring.numberOf.get(part);
      if (number === undefined) continue;
      places[number] ??= { machines: [], replicasOn: [] };
      const { machines, replicasOn } = places[number];
      if (machines.at(-1) !== machine) {
        machines.push(machine);
        replicasOn.push(0);
      }
      replicasOn[replicasOn.length - 1]!++;
    }
  }
  return places;
}
