import { exactlyUpProbability, unavailabilityInSeries, unavailabilityWithoutEach } from './availability.js';
import type { Component, JointFailure } from './machine-component.js';

/** Machines with the same replicas on each: which of them are up does not matter, only how many. */
type MachineClass = { machines: number; replicasOn: { part: number; count: number }[] };

/** The classes of a component's machines, and how many states there are when each class is told by how many are up. */
export type ClassPlan = { classes: MachineClass[]; states: number };

/** Three parts on fifty machines may be four classes: some thousand states instead of 2^50. */
export function classPlan(component: Component): ClassPlan {
  const replicasOn: MachineClass['replicasOn'][] = Array.from({ length: component.machines }, () => []);
  for (const [part, placed] of component.parts.entries()) {
    for (const [index, machine] of placed.machines.entries()) {
      replicasOn[machine]!.push({ part, count: placed.replicasOn[index]! });
    }
  }
  const byKey = new Map<string, MachineClass>();
  for (const on of replicasOn) {
    const key = on.map(({ part, count }) => `${part}x${count}`).join(' ');
    const known = byKey.get(key);
    if (known) known.machines++;
    else byKey.set(key, { machines: 1, replicasOn: on });
  }
  const classes = [...byKey.values()];
  return { classes, states: classes.reduce((product, { machines }) => product * (machines + 1), 1) };
}

/**
 * The exact joint failure of one component, summed over how many machines of each class are up: each state weighs a product
 * of binomial probabilities, and given a state the parts are independent. Only failure terms are summed.
 */
export function sumOverClasses(component: Component, { classes }: ClassPlan): JointFailure {
  const { parts, machineDown, partDown } = component;
  const weights = machineDown.map((down) =>
    classes.map(({ machines }) =>
      Array.from({ length: machines + 1 }, (_, up) => exactlyUpProbability(machines, up, down)),
    ),
  );
  const unavailability = machineDown.map(() => 0);
  const gainIfPerfect = parts.map(() => 0);
  const up = classes.map(() => 0);
  const present = parts.map(() => 0);
  do {
    for (const share of machineDown.keys()) {
      const weight = up.reduce((product, count, index) => product * weights[share]![index]![count]!, 1);
      if (weight === 0) continue;
      const downs = present.map((count, part) => partDown(share, part, count));
      unavailability[share]! += weight * unavailabilityInSeries(downs);
      if (share > 0) continue;
      for (const [part, others] of unavailabilityWithoutEach(downs).entries()) {
        gainIfPerfect[part]! += weight * downs[part]! * (1 - others);
      }
    }
  } while (nextState(classes, up, present));
  return {
    unavailability: unavailability.map((down) => Math.min(1, down)),
    errorBar: machineDown.map(() => 0),
    isExact: true,
    gainIfPerfect,
  };
}

/** Counts on like an odometer, one wheel for each class; keeps how many replicas of each part are `present`. */
function nextState(classes: readonly MachineClass[], up: number[], present: number[]): boolean {
  for (const [index, { machines, replicasOn }] of classes.entries()) {
    const isFull = up[index] === machines;
    const change = isFull ? -machines : 1;
    up[index]! += change;
    for (const { part, count } of replicasOn) present[part]! += change * count;
    if (!isFull) return true;
  }
  return false;
}
