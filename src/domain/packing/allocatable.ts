import type { MachineType } from '../model.js';

/** What one machine has to give, or what stands on it. */
export type Room = { cpuMillicores: number; memoryMib: number };

/** Kubernetes is tested to this many pods a machine. Source: kubernetes.io, "Considerations for large clusters". */
export const DEFAULT_MAX_CONTAINERS = 110;

/** The kubelet evicts pods below this much free memory. */
const EVICTION_MIB = 100;

/**
 * What a machine has left for containers after its own reserve; whole MiB and millicores, rounded down.
 * `none`: everything. `gke`: reserved memory in tiers. `eks`: reserved memory by container limit. Both also keep 100 MiB
 * against eviction and a share of the processor. May be negative for a machine too small for its own reserve.
 */
export function allocatableRoom(machineType: MachineType): Room {
  const reserved = reservedRoom(machineType);
  return {
    cpuMillicores: roundDown(machineType.cpuMillicores - reserved.cpuMillicores),
    memoryMib: roundDown(machineType.memoryMib - reserved.memoryMib),
  };
}

/** What a machine keeps for itself, eviction threshold included, not rounded. */
export function reservedRoom(machineType: MachineType): Room {
  if (machineType.reserve === 'none') return { cpuMillicores: 0, memoryMib: 0 };
  const memoryMib =
    machineType.reserve === 'eks'
      ? eksReservedMemoryMib(machineType.maxContainers ?? DEFAULT_MAX_CONTAINERS)
      : gkeReservedMemoryMib(machineType.memoryMib);
  return {
    cpuMillicores: reservedCpuMillicores(machineType.cpuMillicores),
    memoryMib: memoryMib + EVICTION_MIB,
  };
}

/** 255 MiB under 1 GiB; else 25 % of the first 4 GiB, 20 % of the next 4, 10 % of the next 8, 6 % of the next 112, 2 % above. Source: GKE, plan node sizes. */
export function gkeReservedMemoryMib(memoryMib: number): number {
  if (memoryMib < 1_024) return 255;
  return byTiers(memoryMib, [
    [4_096, 0.25],
    [8_192, 0.2],
    [16_384, 0.1],
    [131_072, 0.06],
    [Number.POSITIVE_INFINITY, 0.02],
  ]);
}

/** 255 + 11 MiB for each pod the machine may take. Source: karpenter-provider-aws, types.go. */
export function eksReservedMemoryMib(maxPods: number): number {
  return 255 + 11 * maxPods;
}

/** Pods an EC2 machine may take by its network interfaces: interfaces x (addresses each - 1) + 2. Source: as above. */
export function eksMaxPods(networkInterfaces: number, addressesPerInterface: number): number {
  return networkInterfaces * (addressesPerInterface - 1) + 2;
}

/** 6 % of the first core, 1 % of the second, 0.5 % of the third and fourth, 0.25 % above. Source: GKE, plan node sizes. */
export function reservedCpuMillicores(cpuMillicores: number): number {
  return byTiers(cpuMillicores, [
    [1_000, 0.06],
    [2_000, 0.01],
    [4_000, 0.005],
    [Number.POSITIVE_INFINITY, 0.0025],
  ]);
}

function byTiers(amount: number, tiers: readonly (readonly [upTo: number, share: number])[]): number {
  let reserved = 0;
  let from = 0;
  for (const [upTo, share] of tiers) {
    reserved += Math.max(0, Math.min(amount, upTo) - from) * share;
    from = upTo;
  }
  return reserved;
}

/** The tiers are sums of fractions: 7,909.9999999 is 7,910. */
function roundDown(amount: number): number {
  return Math.floor(amount + 1e-6);
}
