import type { Assignment } from './first-fit.js';
import type { Capacity, ReplicaGroup } from './lower-bounds.js';

/**
 * Spreads the replicas over exactly `machines` machines: each goes to the one that is least full (by the fuller of cpu and
 * memory, then the lowest number) and still takes it. null when one fits nowhere. It finds packings that first fit misses,
 * at replicas x machines steps.
 */
export function spreadEvenly(
  groups: readonly ReplicaGroup[],
  capacity: Capacity,
  machines: number,
): Assignment | null {
  const cpuFree = new Float64Array(machines).fill(capacity.cpuMillicores);
  const memoryFree = new Float64Array(machines).fill(capacity.memoryMib);
  const podsLeft = new Float64Array(machines).fill(capacity.pods);
  const fullness = new Float64Array(machines);
  const lastGroup = new Int32Array(machines).fill(-1);
  const assignment: Assignment = [];
  for (const [groupIndex, group] of groups.entries()) {
    const chosen: number[] = [];
    for (let replica = 0; replica < group.count; replica++) {
      let best = -1;
      for (let machine = 0; machine < machines; machine++) {
        if (best >= 0 && fullness[machine]! >= fullness[best]!) continue;
        if (group.spread && lastGroup[machine] === groupIndex) continue;
        const fits = cpuFree[machine]! >= group.cpuMillicores && memoryFree[machine]! >= group.memoryMib;
        if (fits && podsLeft[machine]! > 0) best = machine;
      }
      if (best < 0) return null;
      cpuFree[best]! -= group.cpuMillicores;
      memoryFree[best]! -= group.memoryMib;
      podsLeft[best]!--;
      fullness[best] =
        1 -
        Math.min(share(cpuFree[best]!, capacity.cpuMillicores), share(memoryFree[best]!, capacity.memoryMib));
      lastGroup[best] = groupIndex;
      chosen.push(best);
    }
    assignment.push(chosen);
  }
  return assignment;
}

function share(amount: number, whole: number): number {
  return whole > 0 ? amount / whole : 0;
}
