import type { Part } from '../model.js';
import {
  commonCauseUnavailability,
  eitherDown,
  unavailabilityInSeries,
  unavailabilityWithoutEach,
} from './availability.js';
import { MINUTES_PER_MONTH } from './downtime.js';
import type { FailingParts } from './failing-parts.js';
import { downOf, downsOfReplicas, type Ground, placedParts } from './ground.js';
import type { JointFailure, PlacedPart } from './machine-component.js';
import { jointFailure } from './machine-states.js';

/** On paper, and with 5 % and 10 % of failures in common. Source: see `commonCauseUnavailability`. */
const COMMON_CAUSE_SHARES = [0, 0.05, 0.1] as const;

/** What telling the worth of one part costs beside a step of `Budget`. */
const STEPS_PER_WORTH = 50;

/** What an entry would win, on paper, if something never failed. */
export type Worth = { minutesWonPerMonth: number; unavailabilityIfPerfect: number };
export type PartWorth = { part: string } & Worth;

/** How an entry fails. Lists of numbers are by common-cause share: on paper, 5 %, 10 %. */
export type EntryFailure = {
  unavailability: number[];
  errorBar: number[];
  isExact: boolean;
  /** Only bounds are known: `errorBar` spans them. */
  isBounded: boolean;
  ifIndependent: number;
  ofProviders: number;
  /** Of each part by itself; empty when it is not told. */
  worth: PartWorth[];
  /** Of all machines together, with what stands on every one of them. null when it needs none, or `worth` is not told. */
  worthOfMachines: Worth | null;
};

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
  const isAgentsAlone = placed.every((part) => ground.wiring.parts[part]!.needed === 0);
  const joint = isAgentsAlone
    ? failureOfAgentsAlone(placed.length, agents, machineDown, ground)
    : jointFailure(
        [...placedParts(placed, ground), ...onEveryMachine(parts, ground)],
        machineDown,
        COMMON_CAUSE_SHARES,
        ground.tables,
        ground.budget,
      );
  const downAtProviders = downsOfReplicas(providers, 0, ground);
  const ofProviders = unavailabilityInSeries(downAtProviders);
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
      isAgentsAlone
        ? joint.unavailability[0]!
        : unavailabilityInSeries(downsOfReplicas(placed, machineDown, ground)),
    ),
    ofProviders,
    worth: isWorthTold ? worthOf(parts, joint, ofProviders, downAtProviders, ground) : [],
    worthOfMachines: isWorthTold && isOnMachines ? worthOfMachines(placed, joint, ofProviders, ground) : null,
  };
}

/**
 * Of an entry that needs nothing on machines but per-machine parts: it goes on while one machine, or as many as they need,
 * is left. Beside other parts on machines see `onEveryMachine`.
 */
function failureOfAgentsAlone(
  placed: number,
  agents: readonly Part[],
  machineDown: number,
  { packing }: Ground,
): JointFailure {
  const machines = packing.machines?.length ?? 0;
  const needed = agents.length > 0 ? Math.max(1, ...agents.map((agent) => agent.needed)) : 0;
  return {
    unavailability: COMMON_CAUSE_SHARES.map((share) =>
      commonCauseUnavailability(machines, Math.min(needed, machines), machineDown, share),
    ),
    errorBar: COMMON_CAUSE_SHARES.map(() => 0),
    isExact: true,
    gainIfPerfect: new Array<number>(placed).fill(0),
  };
}

/**
 * Per-machine parts that an entry calls, beside others on machines: of those that need several machines, one stands on each
 * and fails with it. Where one machine is enough the others on machines need it anyway.
 */
function onEveryMachine({ called }: FailingParts, { packing }: Ground): PlacedPart[] {
  const machines = [...(packing.machines ?? []).keys()];
  const needed = Math.min(machines.length, Math.max(0, ...called.map((part) => part.needed)));
  if (needed <= 1) return [];
  return [{ needed, replicaUnavailability: 0, machines, replicasOn: machines.map(() => 1) }];
}

/** Most minutes first, ties by name. Per-machine parts are not told one by one: they fail as their machines do. */
function worthOf(
  { placed, providers, called }: FailingParts,
  joint: JointFailure,
  ofProviders: number,
  downAtProviders: readonly number[],
  ground: Ground,
): PartWorth[] {
  const partOf = (number: number) => ground.wiring.parts[number]!;
  const ofMachines = joint.unavailability[0]!;
  const all = eitherDown(ofMachines, ofProviders);
  const gains = joint.gainIfPerfect;
  const needed = [...placed.keys()].filter((index) => partOf(placed[index]!).needed > 0);
  if (called.length > 0 && needed.length === 1) {
    // Were this part perfect, the entry would still need the per-machine parts it calls.
    const machineDown = unavailabilityInSeries([ground.machineType!, ...called].map(downOf));
    const rest = failureOfAgentsAlone(placed.length, called, machineDown, ground).unavailability[0]!;
    gains[needed[0]!] = Math.max(0, ofMachines - rest);
  }
  const worth = placed.map((part, index): PartWorth => {
    const gain = gains[index]! * (1 - ofProviders);
    return { part: partOf(part).name, ...worthOfGain(all, gain) };
  });
  const ofOthers = unavailabilityWithoutEach(downAtProviders);
  for (const [index, part] of providers.entries()) {
    const unavailabilityIfPerfect = eitherDown(ofMachines, ofOthers[index]!);
    const gain = downAtProviders[index]! * (1 - unavailabilityIfPerfect);
    const minutesWonPerMonth = gain * MINUTES_PER_MONTH;
    worth.push({ part: partOf(part).name, minutesWonPerMonth, unavailabilityIfPerfect });
  }
  return worth.sort((a, b) => b.minutesWonPerMonth - a.minutesWonPerMonth || (a.part < b.part ? -1 : 1));
}

/** On machines that never fail, parts fail one by one: no sum over machine states is needed. */
function worthOfMachines(
  placed: readonly number[],
  joint: JointFailure,
  ofProviders: number,
  ground: Ground,
): Worth {
  const ofMachines = joint.unavailability[0]!;
  const ofParts = unavailabilityInSeries(downsOfReplicas(placed, 0, ground));
  return {
    minutesWonPerMonth: Math.max(0, ofMachines - ofParts) * (1 - ofProviders) * MINUTES_PER_MONTH,
    unavailabilityIfPerfect: eitherDown(ofParts, ofProviders),
  };
}

function worthOfGain(unavailability: number, gain: number): Worth {
  // What is left of a difference of equals is rounding.
  const rest = unavailability - gain;
  return {
    minutesWonPerMonth: gain * MINUTES_PER_MONTH,
    unavailabilityIfPerfect: rest > unavailability * 1e-13 ? rest : 0,
  };
}
