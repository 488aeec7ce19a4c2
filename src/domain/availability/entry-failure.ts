import type { MachineType, Part } from '../model.js';
import type { Packing } from '../packing/packing.js';
import { type PartPlaces, placesOf } from '../packing/placement.js';
import { isPerMachine, isPlaced, type Wiring } from '../wiring.js';
import {
  commonCauseUnavailability,
  eitherDown,
  kOfNUnavailability,
  unavailabilityInSeries,
  unavailabilityWithoutEach,
} from './availability.js';
import { MINUTES_PER_MONTH } from './downtime.js';
import type { FailureTables, JointFailure, PlacedPart } from './machine-component.js';
import { type Budget, jointFailure, PLAN_STEPS } from './machine-states.js';

/** On paper, and with 5 % and 10 % of failures in common. Source: see `commonCauseUnavailability`. */
const COMMON_CAUSE_SHARES = [0, 0.05, 0.1] as const;

/** What telling the worth of one part costs beside a step of `Budget`. */
const STEPS_PER_WORTH = 50;

/** What all entries of a plan stand on. */
export type Ground = {
  wiring: Wiring;
  machineType: MachineType | null;
  packing: Packing;
  places: (PartPlaces | null)[];
  /** Shared by the entries: parts alike fail alike. */
  tables: FailureTables;
  /** Shared by the entries: steps left. */
  budget: Budget;
  /** Unavailability of replicas that fail one by one, by their counts. */
  ofReplicas: Map<string, number>;
  placedParts: Map<Part, PlacedPart>;
};

/** What an entry would win if one part never failed. */
export type PartWorth = { part: string; minutesWonPerMonth: number; unavailabilityIfPerfect: number };

/** How an entry fails. Lists of numbers are by common-cause share: on paper, 5 %, 10 %. */
export type EntryFailure = {
  unavailability: number[];
  errorBar: number[];
  isExact: boolean;
  /** Only bounds are known: `errorBar` spans them. */
  isBounded: boolean;
  ifIndependent: number;
  ofProviders: number;
  worth: PartWorth[];
};

/** The parts of a closure by how they fail. */
export type FailingParts = {
  /** On machines, replicas packed. */
  placed: Part[];
  /** Managed and external. */
  providers: Part[];
  /** Per-machine parts the entry hangs on: those its parts call, and the agents of the machines its parts stand on. */
  agents: Part[];
  /** Whether it needs any machine: a part switched off, or of which none is needed, does not. */
  isOnMachines: boolean;
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
    ofReplicas: new Map(),
    placedParts: new Map(),
  };
}

/** Sorts the parts of a closure (numbers, sorted) by how they fail. */
export function failingParts(wiring: Wiring, closure: readonly number[]): FailingParts {
  const parts = closure.map((number) => wiring.parts[number]!);
  const placed = parts.filter(isPlaced);
  const called = closure.filter((number) => isPerMachine(wiring.parts[number]!));
  const hasStanding = placed.some((part) => part.needed > 0 && part.replicas > 0);
  const agents = new Set(hasStanding ? [...called, ...wiring.agents] : called);
  return {
    placed,
    providers: parts.filter((part) => part.runs !== 'machine'),
    agents: [...agents].sort((a, b) => a - b).map((number) => wiring.parts[number]!),
    isOnMachines: hasStanding || called.length > 0,
  };
}

/** What must be known before anything can be said of the availability, one sentence each; nothing when all is known. */
export function whatIsUnknown(
  { placed, providers, agents, isOnMachines }: FailingParts,
  ground: Ground,
): string[] {
  const { machineType, packing } = ground;
  if (placed.length + providers.length + agents.length === 0) return ['Any part it calls.'];
  const needed = [...placed, ...providers].filter((part) => part.needed > 0);
  const nameless = [...needed, ...agents]
    .filter((part) => part.availability === null)
    .map((part) => part.name);
  const unknown = nameless.length > 0 ? [`The availability of ${nameless.sort().join(', ')}.`] : [];
  if (isOnMachines && !packing.machines) unknown.push(`On which machines its parts stand. ${packing.reason}`);
  if (isOnMachines && machineType && machineType.availability === null) {
    unknown.push(`The availability of one ${machineType.name}.`);
  }
  return unknown;
}

/**
 * How often not all of the parts are up: those on machines jointly, over machine states; those at providers one by one.
 * A machine is up when its agents are up too. Everything needed must be known (see `whatIsUnknown`).
 */
export function entryFailure(parts: FailingParts, ground: Ground): EntryFailure {
  const { placed, providers, agents, isOnMachines } = parts;
  const machineDown = unavailabilityInSeries([
    ...(isOnMachines ? [downOf(ground.machineType!)] : []),
    ...agents.map(downOf),
  ]);
  const isAgentsAlone = placed.every((part) => part.needed === 0);
  const joint = isAgentsAlone
    ? failureOfAgentsAlone(parts, machineDown, ground.packing)
    : jointFailure(
        placedParts(placed, ground),
        machineDown,
        COMMON_CAUSE_SHARES,
        ground.tables,
        ground.budget,
      );
  const downAtProviders = providers.map((part) => downOfReplicas(part, downOf(part), ground));
  const ofProviders = unavailabilityInSeries(downAtProviders);
  const onOwnMachines = placed.map((part) =>
    downOfReplicas(part, eitherDown(downOf(part), machineDown), ground),
  );
  const stepsOfWorth = STEPS_PER_WORTH * (placed.length + providers.length);
  const isWorthTold = !joint.isBounded && stepsOfWorth <= ground.budget.left;
  if (isWorthTold) ground.budget.left -= stepsOfWorth;
  return {
    unavailability: joint.unavailability.map((down) => eitherDown(down, ofProviders)),
    errorBar: joint.errorBar,
    isExact: joint.isExact,
    isBounded: joint.isBounded ?? false,
    ifIndependent: eitherDown(
      ofProviders,
      isAgentsAlone ? joint.unavailability[0]! : unavailabilityInSeries(onOwnMachines),
    ),
    ofProviders,
    worth: isWorthTold ? worthOf(placed, providers, joint, ofProviders, downAtProviders) : [],
  };
}

function downOf({ availability }: { availability: number | null }): number {
  return 1 - (availability ?? 0);
}

/**
 * Replicas that fail one by one; at a provider, what redundancy inside one replica does is already in its number. Parts
 * alike are counted once.
 */
function downOfReplicas({ replicas, needed }: Part, replicaUnavailability: number, ground: Ground): number {
  const key = `${replicas} ${needed} ${replicaUnavailability}`;
  const known = ground.ofReplicas.get(key);
  if (known !== undefined) return known;
  const down = kOfNUnavailability(replicas, needed, replicaUnavailability);
  ground.ofReplicas.set(key, down);
  return down;
}

function placedParts(placed: readonly Part[], { wiring, places, placedParts: known }: Ground): PlacedPart[] {
  return placed.map((part) => {
    const before = known.get(part);
    if (before) return before;
    const { machines, replicasOn } = places[wiring.numberOf.get(part.name)!] ?? {
      machines: [],
      replicasOn: [],
    };
    const made = { needed: part.needed, replicaUnavailability: downOf(part), machines, replicasOn };
    known.set(part, made);
    return made;
  });
}

/**
 * Of an entry that needs nothing on machines but per-machine parts: it goes on while one machine, or as many as they need,
 * is left. With any other part on machines this is no question: that part stops first.
 */
function failureOfAgentsAlone(
  { placed, agents }: FailingParts,
  machineDown: number,
  packing: Packing,
): JointFailure {
  const machines = packing.machines?.length ?? 0;
  const needed = agents.length > 0 ? Math.max(1, ...agents.map((agent) => agent.needed)) : 0;
  return {
    unavailability: COMMON_CAUSE_SHARES.map((share) =>
      commonCauseUnavailability(machines, Math.min(needed, machines), machineDown, share),
    ),
    errorBar: COMMON_CAUSE_SHARES.map(() => 0),
    isExact: true,
    gainIfPerfect: placed.map(() => 0),
  };
}

/** Most minutes first, ties by name. Per-machine parts are not told: they fail as their machines do. */
function worthOf(
  placed: readonly Part[],
  providers: readonly Part[],
  joint: JointFailure,
  ofProviders: number,
  downAtProviders: readonly number[],
): PartWorth[] {
  const ofMachines = joint.unavailability[0]!;
  const all = eitherDown(ofMachines, ofProviders);
  const worth: PartWorth[] = [];
  for (const [index, { name }] of placed.entries()) {
    const gain = joint.gainIfPerfect[index]! * (1 - ofProviders);
    // What is left of a difference of equals is rounding.
    const rest = all - gain;
    worth.push(worthOfOne(name, gain, rest > all * 1e-13 ? rest : 0));
  }
  const ofOthers = unavailabilityWithoutEach(downAtProviders);
  for (const [index, part] of providers.entries()) {
    const ifPerfect = eitherDown(ofMachines, ofOthers[index]!);
    worth.push(worthOfOne(part.name, downAtProviders[index]! * (1 - ifPerfect), ifPerfect));
  }
  return worth.sort((a, b) => b.minutesWonPerMonth - a.minutesWonPerMonth || (a.part < b.part ? -1 : 1));
}

function worthOfOne(part: string, gain: number, unavailabilityIfPerfect: number): PartWorth {
  return { part, minutesWonPerMonth: gain * MINUTES_PER_MONTH, unavailabilityIfPerfect };
}
