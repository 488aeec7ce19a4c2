import { unavailabilityInSeries, unavailabilityWithoutEach, upCountProbabilities } from './availability.js';
import {
  type Component,
  componentFor,
  type FailureTables,
  type JointFailure,
  type PlacedPart,
  tableKeyOf,
} from './machine-component.js';

/**
 * Bounds of the joint failure of parts, for when there is no room to sum or sample: they are down at least as often as the
 * worst of them, and at most as often as if they failed one by one, as sharing machines only makes them fail together.
 * Told is the middle, with half the distance as error bar; of one part alone both are the same. The gains are those of
 * parts that fail one by one.
 * Source: Esary, Proschan and Walkup, Association of Random Variables, 1967.
 */
export function boundParts(
  parts: readonly PlacedPart[],
  machineDown: readonly number[],
  commonCauseShares: readonly number[],
  tables: FailureTables,
): JointFailure {
  const downs = parts.map((part) => {
    const known = tables.get(tableKeyOf(part))?.alone;
    if (known?.machineDown.every((down, share) => down === machineDown[share])) return known.down;
    const component = componentFor([part], machineDown, commonCauseShares, tables);
    const down = machineDown.map((_, share) => partAlone(component, share));
    tables.get(tableKeyOf(part))!.alone = { machineDown, down };
    return down;
  });
  const least = machineDown.map((_, share) => downs.reduce((most, down) => Math.max(most, down[share]!), 0));
  const most = least.map((low, share) =>
    Math.max(low, unavailabilityInSeries(downs.map((down) => down[share]!))),
  );
  const others = unavailabilityWithoutEach(downs.map((down) => down[0]!));
  const cutOff = CUT_OFF * parts.reduce((sum, { machines }) => sum + machines.length, 0);
  // Of one part alone the bounds meet, and what the cut-off may hide is mostly far below the last digit told.
  const isExact = parts.length === 1 && least.every((low) => cutOff <= low * 1e-9);
  return {
    unavailability: least.map((low, share) => (low + most[share]!) / 2),
    errorBar: least.map((low, share) => (isExact ? 0 : (most[share]! - low) / 2 + cutOff)),
    isExact,
    isBounded: parts.length > 1,
    gainIfPerfect: downs.map((down, part) => down[0]! * (1 - others[part]!)),
  };
}

/** Weight of the numbers of machines that are too unlikely to be looked at, for each machine. */
const CUT_OFF = 1e-18;

/** Unavailability of one part: machines with as many of its replicas each are taken together, by how many of them are up. */
function partAlone(component: Component, share: number): number {
  const down = component.machineDown[share]!;
  const { needed, replicaUnavailability, replicasOn } = component.parts[0]!;
  const machinesWith = new Map<number, number>();
  for (const count of replicasOn) machinesWith.set(count, (machinesWith.get(count) ?? 0) + 1);
  let least = 0;
  let probabilities = [1];
  for (const [count, machines] of machinesWith) {
    const likeliest = Math.min(machines, Math.floor((machines + 1) * (1 - down)));
    const { first, of } = upCountProbabilities(machines, down, likeliest, 0, machines);
    const next = new Array<number>(probabilities.length + (of.length - 1) * count).fill(0);
    for (const [present, probability] of probabilities.entries()) {
      if (probability === 0) continue;
      for (const [up, weight] of of.entries()) next[present + up * count]! += probability * weight;
    }
    probabilities = next;
    least += first * count;
  }
  let sum = 0;
  for (const [index, probability] of probabilities.entries()) {
    if (probability > CUT_OFF) sum += probability * component.partDown(share, 0, least + index);
  }
  return needed === 0 ? 0 : Math.min(1, replicaUnavailability >= 1 ? 1 : sum);
}
