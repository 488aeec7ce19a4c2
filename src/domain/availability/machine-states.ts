import { unavailabilityInSeries, unavailabilityWithoutEach } from './availability.js';
import {
  type Component,
  componentFor,
  componentsOf,
  type FailureTables,
  type JointFailure,
  type PlacedPart,
} from './machine-component.js';
import { eliminateMachines, eliminationPlan } from './machine-elimination.js';
import { sampleMachines } from './machine-sampling.js';

/** Up to this many machines the sum over machine states is exact whenever a table of 2^machines can be afforded. */
export const EXACT_MACHINES = 20;

/** Table cells an exact sum may touch: for at most `EXACT_MACHINES` machines (a fraction of a second), and for more. */
const EXACT_CELLS = 2 ** 25;
const EXACT_CELLS_OF_MANY = 2 ** 21;

/**
 * The probability that not all of the parts are up, when replicas of different parts share machines and every machine is
 * down with the same probability: the sum over machine states s of P(s) x (1 - product of P(part up | s)). Parts that
 * share no machine, even through others, are summed apart. Where machines are too entangled the answer is sampled.
 * At a common-cause share, that share of a part's failures takes all its replicas at once, and that share of the machines'
 * failures all machines (beta factor, see `commonCauseUnavailability`). Give parts in a fixed order;
 * `tables` may be shared by calls with the same shares.
 */
export function jointFailure(
  parts: readonly PlacedPart[],
  machineUnavailability: number,
  commonCauseShares: readonly number[],
  tables: FailureTables = new Map(),
): JointFailure {
  const needsMachines = parts.some(({ needed }) => needed > 0);
  const together = commonCauseShares.map((share) => (needsMachines ? share * machineUnavailability : 0));
  const machineDown = together.map((part) => machineUnavailability - part);
  const components = componentsOf(parts);
  const failures = components.map((members) =>
    failureOf(
      componentFor(
        members.map((index) => parts[index]!),
        machineDown,
        commonCauseShares,
        tables,
      ),
    ),
  );

  const ofOthers = unavailabilityWithoutEach(failures.map((failure) => failure.unavailability[0]!));
  const gainIfPerfect = parts.map(() => 0);
  for (const [component, members] of components.entries()) {
    const othersUp = (1 - ofOthers[component]!) * (1 - (together[0] ?? 0));
    for (const [position, index] of members.entries()) {
      gainIfPerfect[index] = failures[component]!.gainIfPerfect[position]! * othersUp;
    }
  }
  return {
    unavailability: together.map((allMachines, share) =>
      unavailabilityInSeries([allMachines, ...failures.map((failure) => failure.unavailability[share]!)]),
    ),
    // Of a product of independent factors up to 1 the errors add at most.
    errorBar: together.map((_, share) => total(failures.map((failure) => failure.errorBar[share]!))),
    isExact: failures.every((failure) => failure.isExact),
    gainIfPerfect,
  };
}

function failureOf(component: Component): JointFailure {
  if (component.machines === 0) return failureNowhere(component);
  const plan = eliminationPlan(component, EXACT_MACHINES);
  const affordable = component.machines <= EXACT_MACHINES ? EXACT_CELLS : EXACT_CELLS_OF_MANY;
  return plan && plan.cells <= affordable ? eliminateMachines(component, plan) : sampleMachines(component);
}

/** A part without any replica: down as soon as it needs one. It is a component by itself. */
function failureNowhere(component: Component): JointFailure {
  const unavailability = component.machineDown.map((_, share) => component.partDown(share, 0, 0));
  return {
    unavailability,
    errorBar: unavailability.map(() => 0),
    isExact: true,
    gainIfPerfect: [unavailability[0]!],
  };
}

function total(amounts: readonly number[]): number {
  return amounts.reduce((sum, amount) => sum + amount, 0);
}
