import {
  eitherDown,
  kOfNUnavailability,
  unavailabilityInSeries,
  unavailabilityWithoutEach,
} from './availability.js';
import { hardClosure } from './closure.js';
import { MINUTES_PER_MONTH, minutesDown } from './downtime.js';
import { entriesOf, type WiredEntry } from './entries.js';
import { entryWorking } from './entry-working.js';
import type { Working } from './figure.js';
import type { JointFailure } from './machine-component.js';
import { jointFailure } from './machine-states.js';
import type { MachineType, Part, Plan } from './model.js';
import type { Packing } from './packing.js';
import { type PartPlaces, placesOf } from './placement.js';
import { type SinglePoint, singleMachinesOf, singlePointsOf, twoMachineCutsOf } from './weak-points.js';
import { isPerMachine, isPlaced, type Wiring } from './wiring.js';

/** One number at three common-cause shares: 0 (on paper), 5 % and 10 %. null = unknown. */
export type ByCommonCause = { onPaper: number | null; beta5: number | null; beta10: number | null };

/** What an entry would win if one part never failed. */
export type PartWorth = { part: string; minutesWonPerMonth: number; unavailabilityIfPerfect: number };

/** What is told of one entry: how often it fails, and because of what. */
export type EntryBill = {
  name: string;
  /** The parts it calls first, sorted by name (unknown names and jobs left out). */
  parts: string[];
  /** Every part it cannot work without, sorted by name. */
  closure: string[];
  /** Probability of being down. */
  unavailability: ByCommonCause;
  /** Of a 30-day month, 43,200 minutes. */
  minutesDownPerMonth: ByCommonCause;
  /** `simulated` where machines are too entangled for an exact sum; then `errorBar` is the half width (about 95 %) in unavailability. */
  method: 'exact' | 'simulated';
  errorBar: ByCommonCause | null;
  /** For comparison: as if every replica stood on a machine of its own, on paper. */
  unavailabilityIfIndependent: number | null;
  /** What the managed and external parts alone would cause, on paper. */
  unavailabilityOfProviders: number | null;
  singlePoints: SinglePoint[];
  /** Machines (index into the packing, from 0) whose loss alone stops the entry. null when the packing is unknown. */
  singleMachines: number[] | null;
  /** Pairs of machines whose joint loss stops the entry, neither alone. null when unknown or not counted (see working). */
  twoMachineCuts: [number, number][] | null;
  /** Parts by minutes won, most first; on paper. Empty when the availability is unknown. */
  worth: PartWorth[];
  working: Working;
};

const COMMON_CAUSE_SHARES = [0, 0.05, 0.1] as const;

/** The bill of every entry of a plan, in the plan's order (see `entriesOf` for a plan that names none). */
export function entryBills(
  plan: Plan,
  wiring: Wiring,
  machineType: MachineType | null,
  packing: Packing,
): EntryBill[] {
  const places = placesOf(wiring, packing);
  return entriesOf(plan, wiring).map((entry) => entryBill(entry, wiring, machineType, packing, places));
}

function entryBill(
  entry: WiredEntry,
  wiring: Wiring,
  machineType: MachineType | null,
  packing: Packing,
  places: readonly (PartPlaces | null)[],
): EntryBill {
  const closure = hardClosure(wiring, entry.parts);
  const parts = closure.map((number) => wiring.parts[number]!);
  const placed = closure.filter((number) => isPlaced(wiring.parts[number]!));
  const providers = parts.filter((part) => part.runs !== 'machine');
  const agents = agentsUnder(wiring, closure, placed.length > 0);
  const unknown = whatIsUnknown(parts, agents, placed.length > 0 ? { machineType, packing } : null);

  const singleMachines = packing.machines && singleMachinesOf(wiring, closure, places);
  const twoMachineCuts = singleMachines && twoMachineCutsOf(wiring, closure, places, singleMachines);
  const bill: EntryBill = {
    name: entry.name,
    parts: entry.parts.map((number) => wiring.parts[number]!.name),
    closure: parts.map((part) => part.name),
    unavailability: UNKNOWN,
    minutesDownPerMonth: UNKNOWN,
    method: 'exact',
    errorBar: null,
    unavailabilityIfIndependent: null,
    unavailabilityOfProviders: null,
    singlePoints: singlePointsOf(wiring, closure),
    singleMachines,
    twoMachineCuts,
    worth: [],
    working: entryWorking({ entry, parts, agents, machineType, unknown, joint: null, twoMachineCuts }),
  };
  if (unknown.length > 0) return bill;

  const machineUnavailability = unavailabilityInSeries([
    ...(placed.length > 0 ? [1 - machineType!.availability!] : []),
    ...agents.map((agent) => 1 - agent.availability!),
  ]);
  const ofProviders = unavailabilityInSeries(providers.map(downOnPaper));
  const joint = jointFailure(
    placed.map((number) => {
      const { needed, availability } = wiring.parts[number]!;
      return { needed, replicaUnavailability: 1 - (availability ?? 0), ...(places[number] ?? NOWHERE) };
    }),
    machineUnavailability,
    COMMON_CAUSE_SHARES,
  );
  const unavailability = byCommonCause(joint.unavailability.map((down) => eitherDown(down, ofProviders)));
  return {
    ...bill,
    unavailability,
    minutesDownPerMonth: {
      onPaper: minutesDown(unavailability.onPaper),
      beta5: minutesDown(unavailability.beta5),
      beta10: minutesDown(unavailability.beta10),
    },
    method: joint.isExact ? 'exact' : 'simulated',
    errorBar: joint.isExact ? null : byCommonCause(joint.errorBar),
    unavailabilityIfIndependent: unavailabilityInSeries(
      parts
        .filter((part) => !isPerMachine(part))
        .map((part) => downOnOwnMachines(part, machineUnavailability)),
    ),
    unavailabilityOfProviders: ofProviders,
    worth: worthOf(
      placed.map((number) => wiring.parts[number]!),
      providers,
      joint,
      ofProviders,
    ),
    working: entryWorking({ entry, parts, agents, machineType, unknown, joint, twoMachineCuts }),
  };
}

const UNKNOWN: ByCommonCause = { onPaper: null, beta5: null, beta10: null };
const NOWHERE: PartPlaces = { machines: [], replicasOn: [] };

/** The per-machine parts an entry hangs on: those its parts call, and the agents of the machines its parts stand on. */
function agentsUnder(wiring: Wiring, closure: readonly number[], isOnMachines: boolean): Part[] {
  const called = closure.filter((number) => isPerMachine(wiring.parts[number]!));
  const numbers = new Set(isOnMachines ? [...called, ...wiring.agents] : called);
  return [...numbers].sort((a, b) => a - b).map((number) => wiring.parts[number]!);
}

/** What must be known before anything can be said of the availability; nothing when all is known. */
function whatIsUnknown(
  parts: readonly Part[],
  agents: readonly Part[],
  machines: { machineType: MachineType | null; packing: Packing } | null,
): string[] {
  if (parts.length === 0) return ['Any part it calls.'];
  const needed = parts.filter((part) => !isPerMachine(part) && part.needed > 0);
  const nameless = [...needed, ...agents]
    .filter((part) => part.availability === null)
    .map((part) => part.name);
  const unknown = nameless.length > 0 ? [`The availability of ${nameless.sort().join(', ')}.`] : [];
  if (!machines) return unknown;
  const { machineType, packing } = machines;
  if (!packing.machines) unknown.push(`On which machines its parts stand. ${packing.reason}`);
  if (machineType && machineType.availability === null)
    unknown.push(`The availability of one ${machineType.name}.`);
  return unknown;
}

function byCommonCause(values: readonly number[]): ByCommonCause {
  return { onPaper: values[0]!, beta5: values[1]!, beta10: values[2]! };
}

/** Of a part at a provider: what redundancy inside one replica does is already in its number. */
function downOnPaper(part: Part): number {
  return kOfNUnavailability(part.replicas, part.needed, 1 - (part.availability ?? 0));
}

function downOnOwnMachines(part: Part, machineUnavailability: number): number {
  if (!isPlaced(part)) return downOnPaper(part);
  const replicaUnavailability = eitherDown(1 - (part.availability ?? 0), machineUnavailability);
  return kOfNUnavailability(part.replicas, part.needed, replicaUnavailability);
}

function worthOf(
  placed: readonly Part[],
  providers: readonly Part[],
  joint: JointFailure,
  ofProviders: number,
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
  const ofOthers = unavailabilityWithoutEach(providers.map(downOnPaper));
  for (const [index, part] of providers.entries()) {
    const ifPerfect = eitherDown(ofMachines, ofOthers[index]!);
    worth.push(worthOfOne(part.name, downOnPaper(part) * (1 - ifPerfect), ifPerfect));
  }
  return worth.sort((a, b) => b.minutesWonPerMonth - a.minutesWonPerMonth || (a.part < b.part ? -1 : 1));
}

function worthOfOne(part: string, gain: number, unavailabilityIfPerfect: number): PartWorth {
  return { part, minutesWonPerMonth: gain * MINUTES_PER_MONTH, unavailabilityIfPerfect };
}
