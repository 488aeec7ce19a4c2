import type { Capacity, ReplicaGroup } from './lower-bounds.js';

/** For each group, in the order given, the machine (from 0) of each of its replicas. */
export type Assignment = number[][];

/**
 * First fit: each replica goes to the first machine that takes it, and machines are opened as they are needed. Takes groups
 * in the order given; every replica must fit an empty machine. About log(machines) steps a replica.
 */
export function firstFit(groups: readonly ReplicaGroup[], capacity: Capacity): Assignment {
  const replicas = groups.reduce((sum, group) => sum + group.count, 0);
  const room = emptyMachines(Math.max(1, replicas), capacity);
  return groups.map((group) => {
    const machines: number[] = [];
    // What did not take one replica does not take the next, which is alike: the search goes on where it stood.
    let from = 0;
    for (let replica = 0; replica < group.count; replica++) {
      const machine = room.firstThatTakes(group, from);
      room.put(group, machine);
      machines.push(machine);
      from = group.spread ? machine + 1 : machine;
    }
    return machines;
  });
}

/** A binary tree over the machines; each node knows the most cpu and the most memory free below it. */
function emptyMachines(count: number, capacity: Capacity) {
  let leaves = 1;
  while (leaves < count) leaves *= 2;
  const cpu = new Float64Array(2 * leaves).fill(capacity.cpuMillicores);
  const memory = new Float64Array(2 * leaves).fill(capacity.memoryMib);
  const podsLeft = new Float64Array(leaves).fill(capacity.pods);

  function firstThatTakes(group: ReplicaGroup, from: number, node = 1, low = 0, size = leaves): number {
    if (low + size <= from || cpu[node]! < group.cpuMillicores || memory[node]! < group.memoryMib) return -1;
    if (size === 1) return low;
    const half = size / 2;
    const left = firstThatTakes(group, from, 2 * node, low, half);
    return left >= 0 ? left : firstThatTakes(group, from, 2 * node + 1, low + half, half);
  }

  function put(group: ReplicaGroup, machine: number): void {
    let node = leaves + machine;
    podsLeft[machine]!--;
    // A machine at its pod limit refuses even a replica that asks for nothing.
    cpu[node] = podsLeft[machine]! > 0 ? cpu[node]! - group.cpuMillicores : -1;
    memory[node] = memory[node]! - group.memoryMib;
    for (node = node >> 1; node >= 1; node = node >> 1) {
      cpu[node] = Math.max(cpu[2 * node]!, cpu[2 * node + 1]!);
      memory[node] = Math.max(memory[2 * node]!, memory[2 * node + 1]!);
    }
  }

  return { firstThatTakes, put };
}
