import { describe, expect, test } from 'vitest';
import { billOf } from '../../src/domain/bill.js';
import { blastRadiusOfMachine, blastRadiusOfPart } from '../../src/domain/blast-radius.js';
import { golden, itsTheFuture } from './worked-example.js';

const example = golden.workedExample;
const bill = billOf(itsTheFuture);

describe('the worked example', () => {
  test('counts 12 services, 22 parts, 50 containers, 8 machines, 42 connections', () => {
    const { totals } = example;
    expect(bill.services.value).toBe(totals.services);
    expect(bill.parts.value).toBe(totals.distinctParts);
    expect(bill.containers).toMatchObject({
      value: totals.containers,
      replicated: totals.containersReplicated,
      perMachine: totals.containersPerMachine,
      isAtLeast: false,
    });
    expect(bill.machines.value).toBe(totals.machines);
    expect(bill.connections).toMatchObject({
      value: totals.connections,
      hard: totals.hardConnections,
      soft: totals.softConnections,
    });
    expect(bill.managedParts.value).toBe(totals.managedParts);
    expect(bill.perMachineParts.value).toBe(1);
    expect(bill.jobs.value).toBe(0);
    expect(bill.ignored).toEqual([]);
  });

  test('proves 8 machines by memory', () => {
    expect(bill.machinesLowerBound.value).toBe(example.totals.lowerBound);
    const { cpu, mem, big, antiAffinity, pods } = example.totals.bounds;
    expect(bill.packing.lowerBound).toEqual({
      machines: 8,
      rule: 'memory',
      byRule: { cpu, memory: mem, big, spread: antiAffinity, pods },
    });
    expect(bill.packing.rule).toBe(example.totals.packRule);
    expect(bill.packing.allocatable).toEqual({
      cpuMillicores: example.assumptions.allocatable.cpu,
      memoryMib: example.assumptions.allocatable.mem,
    });
  });

  test('places every replica where the vectors do', () => {
    const machines = bill.packing.machines!;
    expect(machines.map(({ replicas }) => replicas.map(({ part, replica }) => `${part}#${replica}`))).toEqual(
      example.placement,
    );
    const agent = example.parts['kube-router'];
    // The vectors count the agent among the items, but not in cpu and memory.
    expect(
      machines.map(({ used, pods }) => ({
        mem: used.memoryMib - agent.mem,
        cpu: used.cpuMillicores - agent.cpu,
        items: pods,
      })),
    ).toEqual(example.machineLoad);
  });

  test('costs 688.91 USD a month', () => {
    expect(bill.usdPerMonth.value).toBe(example.totals.monthlyCost);
    expect(bill.usdPerMonth.unknownCosts).toEqual([]);
  });

  test.each(Object.entries(example.entriesResult))('tells how often %s is down', (name, expected) => {
    const entry = bill.entries.find((candidate) => candidate.name === name)!;
    expect(entry.closure).toEqual(expected.closure);
    expect(entry.method).toBe('exact');
    expect(entry.unavailability.onPaper! / expected.independent.unavailability).toBeCloseTo(1, 9);
    expect(entry.unavailability.beta5! / expected.beta5.unavailability).toBeCloseTo(1, 9);
    expect(entry.unavailability.beta10! / expected.beta10.unavailability).toBeCloseTo(1, 9);
    expect(entry.minutesDownPerMonth.onPaper).toBeCloseTo(expected.independent.downtimeMinPerMonth, 4);
    expect(entry.minutesDownPerMonth.beta5).toBeCloseTo(expected.beta5.downtimeMinPerMonth, 4);
    expect(entry.minutesDownPerMonth.beta10).toBeCloseTo(expected.beta10.downtimeMinPerMonth, 4);
    const naive = expected.naiveAllReplicasIndependent.unavailability;
    expect(entry.unavailabilityIfIndependent! / naive).toBeCloseTo(1, 9);
    expect(entry.unavailabilityOfProviders! / expected.managedAlone.unavailability).toBeCloseTo(1, 9);
  });

  test.each(Object.entries(example.entriesResult))('finds the weak points of %s', (name, expected) => {
    const entry = bill.entries.find((candidate) => candidate.name === name)!;
    expect(entry.singlePoints).toEqual(expected.spofParts.map((part) => ({ part, runs: 'managed' })));
    expect(entry.singleMachines).toEqual(expected.oneMachineCuts);
    expect(entry.twoMachineCuts).toEqual(expected.twoMachineCuts);
  });

  test("tells what each part's perfection would win for browse, most first", () => {
    const { worth, closure } = bill.entries.find((entry) => entry.name === 'browse')!;
    const expected: Record<string, { availabilityIfPerfect: number; minutesWonPerMonth: number }> =
      example.ifPerfectBrowse;
    expect(worth.map(({ part }) => part).sort()).toEqual(closure);
    for (const { part, minutesWonPerMonth, unavailabilityIfPerfect } of worth) {
      expect(minutesWonPerMonth).toBeCloseTo(expected[part]!.minutesWonPerMonth, 4);
      expect(unavailabilityIfPerfect / (1 - expected[part]!.availabilityIfPerfect)).toBeCloseTo(1, 9);
    }
    const minutes = worth.map(({ minutesWonPerMonth }) => minutesWonPerMonth);
    expect(minutes).toEqual(minutes.toSorted((a, b) => b - a));
    expect(worth.slice(0, 2).map(({ part }) => part)).toEqual(['lb-db', 'lb-public']);
  });

  test.each(Object.entries(example.blastRadius))('tells what stops with %s', (name, expected) => {
    const radius = blastRadiusOfPart(itsTheFuture, name)!;
    expect(radius.stopped).toEqual(expected.parts);
    expect(radius.entriesLost).toEqual(expected.entries);
  });

  test('loses no part with any one machine', () => {
    for (const { machine, degraded, stopped } of example.machineBlast) {
      const radius = blastRadiusOfMachine(itsTheFuture, bill.packing, machine)!;
      expect(radius.degraded).toEqual(degraded);
      expect(radius.stopped).toEqual(stopped);
      expect(radius.entriesLost).toEqual([]);
    }
  });

  test('needs fewer machines when less is reserved', () => {
    const machinesWith = (reserve: 'none' | 'eks' | 'gke') =>
      billOf({ ...itsTheFuture, machineType: { ...itsTheFuture.machineType!, reserve, maxContainers: 29 } })
        .machines.value;
    expect([machinesWith('none'), machinesWith('eks'), machinesWith('gke')]).toEqual([6, 7, 8]);
  });
});
