import type { MachineType, Part } from '../model.js';
import type { Packing } from '../packing/packing.js';
import { type PartPlaces, placesOf } from '../packing/placement.js';
import type { Wiring } from '../wiring.js';
import { eitherDown, kOfNUnavailability, unavailabilityOf } from './availability.js';
import type { FailureTables, PlacedPart } from './machine-component.js';
import { type Budget, PLAN_STEPS } from './machine-states.js';

/**
 * What all entries of a plan stand on. Everything kept here is by number of the part, because hundreds of entries may each
 * hang on thousands of parts.
 */
export type Ground = {
  wiring: Wiring;
  machineType: MachineType | null;
  packing: Packing;
  places: (PartPlaces | null)[];
  /** Shared by the entries: parts alike fail alike. */
  tables: FailureTables;
  /** Shared by the entries: steps left. */
  budget: Budget;
  /** For each part 1 when some of it is needed and its availability is unknown. */
  isNeededUnknown: Uint8Array;
  /** Unavailability of replicas that fail one by one, by their counts ... */
  ofReplicas: Map<string, number>;
  /** ... and of each part, by the unavailability of the machine under each replica. NaN = not asked yet. */
  ofParts: Map<number, Float64Array>;
  placedParts: (PlacedPart | null)[];
};

/** Gathers what the entries of one plan have in common. */
export function groundOf(wiring: Wiring, machineType: MachineType | null, packing: Packing): Ground {
  return {
    wiring,
    machineType,
    packing,
    places: placesOf(wiring, packing),
    tables: new Map(),
    budget: { left: PLAN_STEPS },
    isNeededUnknown: Uint8Array.from(wiring.parts, ({ needed, availability }) =>
      Number(needed > 0 && availability === null),
    ),
    ofReplicas: new Map(),
    ofParts: new Map(),
    placedParts: wiring.parts.map(() => null),
  };
}

/** The unavailability of one replica or machine. Unknown is down: `whatIsUnknown` keeps it out of every figure. */
export function downOf({ availability }: { availability: number | null }): number {
  return unavailabilityOf(availability ?? 0);
}

/**
 * Of each part, its replicas failing one by one, each with a machine of its own that is down with `machineDown`. At a provider
 * there is no machine (0), and what redundancy inside one replica does is already in its number.
 */
export function downsOfReplicas(parts: readonly number[], machineDown: number, ground: Ground): number[] {
  let known = ground.ofParts.get(machineDown);
  if (!known) {
    known = new Float64Array(ground.wiring.parts.length).fill(Number.NaN);
    ground.ofParts.set(machineDown, known);
  }
  const downs: number[] = [];
  for (const number of parts) {
    if (Number.isNaN(known[number]!)) {
      const part = ground.wiring.parts[number]!;
      known[number] = downOfReplicas(part, eitherDown(downOf(part), machineDown), ground);
    }
    downs.push(known[number]!);
  }
  return downs;
}

/** Parts alike are counted once. */
function downOfReplicas({ replicas, needed }: Part, replicaUnavailability: number, ground: Ground): number {
  const key = `${replicas} ${needed} ${replicaUnavailability}`;
  const known = ground.ofReplicas.get(key);
  if (known !== undefined) return known;
  const down = kOfNUnavailability(replicas, needed, replicaUnavailability);
  ground.ofReplicas.set(key, down);
  return down;
}

/** The parts as the sum over machine states takes them. */
export function placedParts(parts: readonly number[], ground: Ground): PlacedPart[] {
  return parts.map((number) => {
    const before = ground.placedParts[number];
    if (before) return before;
    const part = ground.wiring.parts[number]!;
    const { machines, replicasOn } = ground.places[number] ?? { machines: [], replicasOn: [] };
    const made = { needed: part.needed, replicaUnavailability: downOf(part), machines, replicasOn };
    ground.placedParts[number] = made;
    return made;
  });
}
