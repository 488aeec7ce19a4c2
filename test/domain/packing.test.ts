import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Part } from '../../src/domain/model.js';
import {
  allocatableRoom,
  eksMaxPods,
  eksReservedMemoryMib,
  gkeReservedMemoryMib,
  reservedCpuMillicores,
  reservedRoom,
} from '../../src/domain/packing/allocatable.js';
import { firstFit } from '../../src/domain/packing/first-fit.js';
import { packParts } from '../../src/domain/packing/packing.js';
import { podRequest } from '../../src/domain/packing/pod-request.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';
import { golden, itsTheFuture, machineOf, partNamed } from './worked-example.js';

describe('what a machine has for containers', () => {
  test.each(golden.allocatable)('of $mib MiB and $cpuMilli m', (row) => {
    expect(gkeReservedMemoryMib(row.mib)).toBeCloseTo(row.reservedMib, 9);
    expect(reservedCpuMillicores(row.cpuMilli)).toBeCloseTo(row.reservedCpuMilli, 9);
    const machine = machineOf(row.cpuMilli, row.mib, { reserve: 'gke' });
    expect(row.mib - reservedRoom(machine).memoryMib).toBeCloseTo(row.allocMib, 9);
    expect(allocatableRoom(machine)).toEqual({
      cpuMillicores: row.allocCpuMilli,
      memoryMib: Math.floor(row.allocMib),
    });
  });

  test('under 1 GiB keeps 255 MiB', () => {
    expect(gkeReservedMemoryMib(512)).toBe(255);
  });

  test.each(golden.eksReserved)('$type on EKS', ({ enis, ipsPerEni, maxPods, kubeReservedMib }) => {
    expect(eksMaxPods(enis, ipsPerEni)).toBe(maxPods);
    expect(eksReservedMemoryMib(maxPods)).toBe(kubeReservedMib);
    const machine = machineOf(2_000, 8_192, { reserve: 'eks', maxContainers: maxPods });
    expect(reservedRoom(machine).memoryMib).toBe(kubeReservedMib + 100);
  });

  test.each(golden.podRequest)(
    'a pod of $containers and $inits asks for $out',
    ({ containers, inits, out }) => {
      const initContainers = inits.map(({ amount, sidecar }) => ({ request: amount, isSidecar: sidecar }));
      expect(podRequest(containers, initContainers)).toBe(out);
      expect(podRequest(containers, initContainers, 20)).toBe(out + 20);
    },
  );
});

describe('packing', () => {
  test.each(golden.packing)('$name', (vector) => {
    const parts = vector.parts.map(({ part, n, cpu, mem, antiAffinity }) =>
      partNamed(part, { replicas: n, cpuMillicores: cpu, memoryMib: mem, spread: antiAffinity }),
    );
    const { cpu, mem, pods } = vector.machine;
    const packing = packParts(parts, machineOf(cpu, mem, { maxContainers: pods }));
    expect(packing.rule).toBe(vector.rule);
    expect(packing.machines?.length ?? null).toBe(vector.machines);
    expect(packing.lowerBound?.machines ?? null).toBe(vector.lowerBound);
    expect(placementOf(packing)).toEqual(vector.placement);
    if (vector.bounds) {
      const { antiAffinity, mem: memory, ...others } = vector.bounds;
      expect(packing.lowerBound!.byRule).toEqual({ ...others, memory, spread: antiAffinity });
    } else {
      expect(packing.tooBigParts).toEqual(['a']);
      expect(packing.reason).toContain('a');
    }
  });

  test('finds the 9 machines of the family where first fit needs 11', () => {
    const sizes: [number, number][] = [
      [6, 51],
      [6, 27],
      [6, 26],
      [12, 23],
    ];
    const parts = sizes.map(([replicas, memoryMib]) => partNamed(`of-${memoryMib}`, { replicas, memoryMib }));
    const packing = packParts(parts, machineOf(1_000, 100));
    expect(packing.machines).toHaveLength(9);
    expect(packing.rule).toBe('spread-share');
  });

  test('takes 52 pods of 150 m on four machines of 2,000 m, as cluster-capacity does, not 53', () => {
    const pods = (replicas: number) =>
      packParts([partNamed('pod', { replicas, cpuMillicores: 150 })], machineOf(2_000, 100));
    expect(pods(52).machines).toHaveLength(4);
    expect(pods(53).machines).toHaveLength(5);
  });

  test('order matters: the worked example by largest spread group first takes a machine more', () => {
    const { cpu, mem, pods } = golden.workedExample.assumptions.perMachineAfterDaemon;
    const share = (part: Part) => Math.max(part.cpuMillicores! / cpu, part.memoryMib! / mem);
    const groups = itsTheFuture.parts
      .filter((part) => part.runs === 'machine' && !part.perMachine)
      .sort((a, b) => b.replicas - a.replicas || share(b) - share(a) || (a.name < b.name ? -1 : 1))
      .map(({ name, replicas, cpuMillicores, memoryMib }) => ({
        part: name,
        count: replicas,
        cpuMillicores: cpuMillicores!,
        memoryMib: memoryMib!,
        spread: true,
      }));
    const assignment = firstFit(groups, { cpuMillicores: cpu, memoryMib: mem, pods });
    expect(Math.max(...assignment.flat()) + 1).toBe(golden.workedExample.totals.ffdGroup);
  });

  test('counts one pod of each per-machine part against the container limit', () => {
    const parts = [
      partNamed('app', { replicas: 4 }),
      partNamed('agent', { perMachine: true, memoryMib: 10 }),
    ];
    const packing = packParts(parts, machineOf(1_000, 100, { maxContainers: 3 }));
    expect(packing.machines!.map(({ pods }) => pods)).toEqual([3, 3]);
    expect(packing.machines![0]!.used.memoryMib).toBe(10);
    expect(packing.lowerBound).toMatchObject({ machines: 2, rule: 'pods' });
  });

  test('says why when it cannot be told', () => {
    const app = partNamed('app', { memoryMib: 60 });
    expect(packParts([app], null)).toMatchObject({
      machines: null,
      reason: 'The plan names no machine type.',
    });
    const agent = partNamed('agent', { perMachine: true, memoryMib: 101 });
    expect(packParts([app, agent], machineOf(1_000, 100)).reason).toContain('no room left');
    const half = partNamed('agent', { perMachine: true, memoryMib: 50 });
    expect(packParts([app, half], machineOf(1_000, 100)).tooBigParts).toEqual(['app']);
    expect(
      packParts(
        [partNamed('app', { replicas: 99_999 }), partNamed('b', { replicas: 99_999 })],
        machineOf(1, 1),
      ).reason,
    ).toContain('150,000');
  });

  test('of nothing takes no machine; of per-machine parts alone one', () => {
    expect(packParts([partNamed('off', { replicas: 0 })], null).machines).toEqual([]);
    expect(packParts([partNamed('agent', { perMachine: true })], machineOf(1, 1)).machines).toHaveLength(1);
  });

  const somePart = fc.record({
    replicas: fc.nat(6),
    cpuMillicores: fc.option(fc.nat(1_000)),
    memoryMib: fc.option(fc.nat(1_000)),
    spread: fc.boolean(),
    perMachine: fc.nat(9).map((dice) => dice === 0),
  });
  const someParts = fc
    .array(somePart, { minLength: 1, maxLength: 12 })
    .map((given) =>
      given.map((part, index) =>
        partNamed(`p${index}`, { ...part, ...(part.perMachine && { cpuMillicores: 5, memoryMib: 5 }) }),
      ),
    );
  const machine = machineOf(1_100, 1_100, { maxContainers: 12 });

  test('places every replica once, never overfills, never goes below the bound, keeps spread replicas apart', () => {
    fc.assert(
      fc.property(someParts, (parts) => {
        const { machines, lowerBound, allocatable } = packParts(parts, machine);
        const placed = machines!.flatMap(({ replicas }) => replicas);
        const replicated = parts.filter((part) => !part.perMachine);
        expect(placed).toHaveLength(replicated.reduce((sum, part) => sum + part.replicas, 0));
        expect(new Set(placed.map(({ part, replica }) => `${part}#${replica}`)).size).toBe(placed.length);
        expect(machines!.length).toBeGreaterThanOrEqual(lowerBound!.machines);
        const byName = new Map<string, Part>(parts.map((part) => [part.name, part]));
        for (const { replicas, pods, used, free } of machines!) {
          const standing = [
            ...replicas.map(({ part }) => byName.get(part)!),
            ...parts.filter((part) => part.perMachine),
          ];
          expect(pods).toBe(standing.length);
          expect(pods).toBeLessThanOrEqual(12);
          expect(used.memoryMib).toBe(standing.reduce((sum, part) => sum + (part.memoryMib ?? 0), 0));
          expect(used.cpuMillicores).toBe(standing.reduce((sum, part) => sum + (part.cpuMillicores ?? 0), 0));
          expect(free).toEqual({
            cpuMillicores: allocatable!.cpuMillicores - used.cpuMillicores,
            memoryMib: allocatable!.memoryMib - used.memoryMib,
          });
          expect(Math.min(free.cpuMillicores, free.memoryMib)).toBeGreaterThanOrEqual(0);
          const spread = replicas.filter(({ part }) => byName.get(part)!.spread).map(({ part }) => part);
          expect(new Set(spread).size).toBe(spread.length);
        }
      }),
    );
  });

  test('leaves no machine empty and does not depend on the order of the parts', () => {
    fc.assert(
      fc.property(someParts, fc.infiniteStream(fc.nat()), (parts, dice) => {
        const packing = packParts(parts, machine);
        const hasReplicas = parts.some((part) => !part.perMachine && part.replicas > 0);
        if (hasReplicas)
          for (const { replicas } of packing.machines!) expect(replicas.length).toBeGreaterThan(0);
        const shuffled = parts
          .map((part) => ({ part, at: dice.next().value }))
          .sort((a, b) => a.at - b.at)
          .map(({ part }) => part);
        expect(packParts(shuffled, machine)).toEqual(packing);
      }),
    );
  });

  test('of tens of thousands of replicas takes time that grows with them alone', () => {
    const parts = Array.from({ length: 10_000 }, (_, index) =>
      partNamed(`p${index}`, {
        replicas: 4,
        memoryMib: 50 + (index % 400),
        cpuMillicores: 20 + (index % 170),
        spread: index % 2 === 0,
      }),
    );
    let packing = packParts([], machineOf(4_000, 8_000));
    const work = () => (packing = packParts(parts, machineOf(4_000, 8_000)));
    expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
    expect(packing.machines!.length).toBeGreaterThanOrEqual(packing.lowerBound!.machines);
  });
});

function placementOf(packing: ReturnType<typeof packParts>): string[][] | null {
  return (
    packing.machines?.map(({ replicas }) => replicas.map(({ part, replica }) => `${part}#${replica}`)) ?? null
  );
}
