import { eitherDown, unavailabilityInSeries, unavailabilityWithoutEach } from './availability.js';
import { boundParts } from './machine-bounds.js';
import { classPlan, sumOverClasses } from './machine-classes.js';
import {
  type Component,
  componentFor,
  componentsOf,
  type FailureTables,
  type JointFailure,
  type PlacedPart,
} from './machine-component.js';
import { eliminateMachines, eliminationPlan } from './machine-elimination.js';
import { SAMPLED_PARTS, sampleMachines } from './machine-sampling.js';

/** Up to this many machines the sum over machine states is exact whenever a table of 2^machines can be afforded. */
export const EXACT_MACHINES = 20;

/** Table cells an exact sum may touch: for at most `EXACT_MACHINES` machines (a fraction of a second), and for more. */
const EXACT_CELLS = 2 ** 25;
const EXACT_CELLS_OF_MANY = 2 ** 21;

/** Above this many machines that hang together nothing is summed or sampled machine by machine. */
const MOST_MACHINES = 1_000;

/**
 * Steps that all entries of a plan may take together, a table cell being one: about a second. Calls that share one budget
 * must be made in an order that does not depend on the plan's.
 */
export type Budget = { left: number };
export const PLAN_STEPS = 2 ** 25;

/** What a sampled part costs beside a table cell, and the fewest parts that are worth sampling. */
const STEPS_PER_SAMPLED_PART = 5;
const FEWEST_SAMPLED_PARTS = 50_000;

/** States of machine classes that are summed at most, and what one part in one of them costs beside a step. */
const MOST_CLASS_STATES = 200_000;
const STEPS_PER_CLASS_CELL = 10;

/** What filling one cell of a part's own table costs beside a step, and what finding what hangs together costs for each machine of each part. */
const STEPS_PER_OWN_CELL = 4;
const STEPS_PER_PLACE = 20;

/**
 * The probability that not all of the parts are up, when replicas of different parts share machines and every machine is
 * down with the same probability: the sum over machine states s of P(s) x (1 - product of P(part up | s)). Parts that
 * share no machine, even through others, are summed apart. Where machines are too entangled they are taken together by what
 * stands on them (`sumOverClasses`), and where they are too different for that the answer is sampled.
 * At a common-cause share, that share of a part's failures takes all its replicas at once, and that share of the machines'
 * failures all machines (beta factor, see `commonCauseUnavailability`). Give parts in a fixed order;
 * `tables` may be shared by calls with the same shares. As `budget` is used up, sums become samples and samples become
 * bounds (`boundMachines`).
 */
export function jointFailure(
  parts: readonly PlacedPart[],
  machineUnavailability: number,
  commonCauseShares: readonly number[],
  tables: FailureTables = new Map(),
  budget: Budget = { left: PLAN_STEPS },
): JointFailure {
  const needsMachines = parts.some(({ needed }) => needed > 0);
  const together = commonCauseShares.map((share) => (needsMachines ? share * machineUnavailability : 0));
  const machineDown = together.map((part) => machineUnavailability - part);
  const places = STEPS_PER_PLACE * total(parts.map(({ machines }) => machines.length));
  if (places > budget.left) {
    const bounds = boundParts(parts, machineDown, commonCauseShares, tables);
    return {
      ...bounds,
      unavailability: together.map((all, share) => eitherDown(all, bounds.unavailability[share]!)),
    };
  }
  budget.left -= places;
  const components = componentsOf(parts);
  const failures = components.map((members) =>
    failureOf(
      componentFor(
        members.map((index) => parts[index]!),
        machineDown,
        commonCauseShares,
        tables,
      ),
      commonCauseShares,
      tables,
      budget,
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
    isBounded: failures.some((failure) => failure.isBounded),
    gainIfPerfect,
  };
}

function failureOf(
  component: Component,
  shares: readonly number[],
  tables: FailureTables,
  budget: Budget,
): JointFailure {
  if (component.machines === 0) return failureNowhere(component);
  const bounds = () => boundParts(component.parts, component.machineDown, shares, tables);
  // Of one part alone the bounds meet.
  const isAlone = component.parts.length === 1 && component.machines > 60;
  if (isAlone || component.machines > MOST_MACHINES) return bounds();
  const planning =
    component.machines ** 2 + total(component.parts.map(({ machines }) => machines.length ** 2));
  const plan = planning <= budget.left / 2 ? eliminationPlan(component, EXACT_MACHINES) : null;
  if (plan) budget.left -= planning;
  const affordable = component.machines <= EXACT_MACHINES ? EXACT_CELLS : EXACT_CELLS_OF_MANY;
  if (plan && plan.cells <= affordable) {
    const ownCells = total(component.parts.map(({ machines }) => 2 ** machines.length));
    const steps = plan.cells + STEPS_PER_OWN_CELL * ownCells;
    if (steps <= budget.left * 0.75) {
      budget.left -= steps;
      return eliminateMachines(component, plan);
    }
  }
  const classes = classPlan(component);
  budget.left -= STEPS_PER_PLACE * total(component.parts.map(({ machines }) => machines.length));
  const classSteps = STEPS_PER_CLASS_CELL * classes.states * (component.parts.length + 1);
  if (classes.states <= MOST_CLASS_STATES && classSteps <= budget.left * 0.75) {
    budget.left -= classSteps;
    return sumOverClasses(component, classes);
  }
  const replicas = total(component.replicas);
  const mostParts = Math.min(SAMPLED_PARTS, budget.left / 4 / STEPS_PER_SAMPLED_PART);
  if (mostParts < FEWEST_SAMPLED_PARTS + replicas) return bounds();
  const { partsSampled, ...failure } = sampleMachines(component, mostParts);
  budget.left -= (partsSampled + replicas) * STEPS_PER_SAMPLED_PART;
  return failure;
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
