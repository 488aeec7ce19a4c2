import { eitherDown, unavailabilityWithoutEach } from './availability.js';
import {
  type Component,
  componentFor,
  componentsOf,
  type JointFailure,
  type PlacedPart,
} from './machine-component.js';
import { eliminateMachines, eliminationPlan } from './machine-elimination.js';
import { sampleMachines } from './machine-sampling.js';

/** Up to this many machines the sum over machine states is exact whenever a table of 2^machines can be afforded. */
export const EXACT_MACHINES = 20;

/** Table cells an exact sum may touch: for at most `EXACT_MACHINES` machines (a fraction of a second), and for more. */
const EXACT_CELLS = 2 ** 25;
const EXACT_CELLS_OF_MANY = 2 ** 19;

/**
 * The probability that not all of the parts are up, when replicas of different parts share machines and every machine is
 * down with the same probability: the sum over machine states s of P(s) x (1 - product of P(part up | s)). Parts that
 * share no machine, even through others, are summed apart. Where machines are too entangled the answer is sampled.
 * Give parts in a fixed order; the result does not depend on how machines are numbered but for rounding.
 */
export function jointFailure(
  parts: readonly PlacedPart[],
  machineUnavailability: number,
  commonCauseShares: readonly number[],
): JointFailure {
  const joint: JointFailure = {
    unavailability: commonCauseShares.map(() => 0),
    errorBar: commonCauseShares.map(() => 0),
    isExact: true,
    gainIfPerfect: parts.map(() => 0),
  };
  const onPaper: number[] = [];
  const componentsOfParts: number[][] = componentsOf(parts);
  for (const members of componentsOfParts) {
    const component = componentFor(
      members.map((index) => parts[index]!),
      commonCauseShares,
    );
    const failure = failureOf(component, machineUnavailability, commonCauseShares.length);
    for (const [share, unavailability] of failure.unavailability.entries()) {
      joint.unavailability[share] = eitherDown(joint.unavailability[share]!, unavailability);
      // Of a product of independent factors near 1 the errors add at most.
      joint.errorBar[share]! += failure.errorBar[share]!;
    }
    joint.isExact &&= failure.isExact;
    onPaper.push(failure.unavailability[0]!);
    for (const [position, index] of members.entries())
      joint.gainIfPerfect[index] = failure.gainIfPerfect[position]!;
  }
  const ofOthers = unavailabilityWithoutEach(onPaper);
  for (const [component, members] of componentsOfParts.entries()) {
    for (const index of members) joint.gainIfPerfect[index]! *= 1 - ofOthers[component]!;
  }
  return joint;
}

function failureOf(component: Component, machineUnavailability: number, shares: number): JointFailure {
  if (component.machines === 0) return failureNowhere(component, shares);
  const plan = eliminationPlan(component, EXACT_MACHINES);
  const affordable = component.machines <= EXACT_MACHINES ? EXACT_CELLS : EXACT_CELLS_OF_MANY;
  return plan && plan.cells <= affordable
    ? eliminateMachines(component, plan, machineUnavailability, shares)
    : sampleMachines(component, machineUnavailability, shares);
}

/** A part without any replica: down as soon as it needs one. It is a component by itself. */
function failureNowhere(component: Component, shares: number): JointFailure {
  const unavailability = Array.from({ length: shares }, (_, share) => component.partDown(share, 0, 0));
  return {
    unavailability,
    errorBar: unavailability.map(() => 0),
    isExact: true,
    gainIfPerfect: [unavailability[0]!],
  };
}
