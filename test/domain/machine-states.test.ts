import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kOfNUnavailability, unavailabilityInSeries } from '../../src/domain/availability/availability.js';
import { boundParts } from '../../src/domain/availability/machine-bounds.js';
import { classPlan, sumOverClasses } from '../../src/domain/availability/machine-classes.js';
import {
  componentFor,
  componentsOf,
  type PlacedPart,
} from '../../src/domain/availability/machine-component.js';
import { groupsOf, sampleMachines } from '../../src/domain/availability/machine-sampling.js';
import { jointFailure } from '../../src/domain/availability/machine-states.js';
import { golden } from './worked-example.js';

const SHARES = [0, 0.05, 0.1];

/** Every replica, every machine and every common cause up or down, one by one. */
function bruteForce(parts: readonly PlacedPart[], machineDown: number, share: number): number {
  const machines = [...new Set(parts.flatMap((part) => part.machines))];
  const units: { down: number; isDownIn: (state: number) => boolean }[] = [];
  const unit = (down: number) => {
    const bit = 2 ** units.length;
    const isDownIn = (state: number) => Math.floor(state / bit) % 2 === 1;
    units.push({ down, isDownIn });
    return isDownIn;
  };
  const allMachines = unit(share * machineDown);
  const machineUnits = new Map(machines.map((machine) => [machine, unit((1 - share) * machineDown)]));
  const partUnits = parts.map((part) => ({
    part,
    together: unit(share * part.replicaUnavailability),
    replicas: part.machines.flatMap((machine, index) =>
      Array.from({ length: part.replicasOn[index]! }, () => ({
        machine: machineUnits.get(machine)!,
        itself: unit((1 - share) * part.replicaUnavailability),
      })),
    ),
  }));
  let down = 0;
  for (let state = 0; state < 2 ** units.length; state++) {
    const isPartUp = partUnits.every(({ part, together, replicas }) => {
      if (part.needed === 0) return true;
      if (together(state)) return false;
      return (
        replicas.filter(({ machine, itself }) => !machine(state) && !itself(state)).length >= part.needed
      );
    });
    const needsMachines = parts.some((part) => part.needed > 0);
    if (isPartUp && !(needsMachines && allMachines(state))) continue;
    down += units.reduce((product, { down: q, isDownIn }) => product * (isDownIn(state) ? q : 1 - q), 1);
  }
  return down;
}

/** Parts with one or two replicas on each of some of the machines. */
function someParts(machines: number, most: { parts: number; machinesOfPart: number }) {
  const part = fc
    .record({
      machines: fc.uniqueArray(fc.nat(machines - 1), { minLength: 1, maxLength: most.machinesOfPart }),
      doubled: fc.boolean(),
      needed: fc.nat(3),
      replicaUnavailability: fc.constantFrom(0.0005, 0.01, 0.2),
    })
    .map(({ machines: chosen, doubled, ...rest }): PlacedPart => {
      const replicasOn = chosen.map((_, index) => (doubled && index === 0 ? 2 : 1));
      return { ...rest, machines: chosen, replicasOn };
    });
  return fc.array(part, { minLength: 1, maxLength: most.parts });
}

describe('parts that share machines', () => {
  test.each(golden.placement)('$case', ({ case: name, out, replica, machine }) => {
    const machines = name.includes('the same') ? [0] : [0, 1];
    const part = {
      needed: 1,
      replicaUnavailability: 1 - Number(replica),
      machines,
      replicasOn: machines.map(() => 2 / machines.length),
    };
    const { unavailability, isExact } = jointFailure([part], 1 - Number(machine), SHARES);
    expect(unavailability[0]! / (1 - out)).toBeCloseTo(1, 9);
    expect(isExact).toBe(true);
  });

  test('fail exactly as often as the sum over every replica says, at every common-cause share', () => {
    const parts = someParts(4, { parts: 3, machinesOfPart: 2 });
    const machineDown = fc.constantFrom(0, 0.005, 0.1, 1);
    fc.assert(
      fc.property(parts, machineDown, (placed, down) => {
        const { unavailability, isExact } = jointFailure(placed, down, SHARES);
        expect(isExact).toBe(true);
        for (const [index, share] of SHARES.entries()) {
          const expected = bruteForce(placed, down, share);
          if (expected === 0) expect(unavailability[index]).toBe(0);
          else expect(unavailability[index]! / expected).toBeCloseTo(1, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('gain by a perfect part what is gained without that part', () => {
    fc.assert(
      fc.property(
        someParts(6, { parts: 5, machinesOfPart: 4 }),
        fc.constantFrom(0.005, 0.1, 1),
        (placed, down) => {
          const joint = jointFailure(placed, down, [0]);
          for (const index of placed.keys()) {
            const without = jointFailure(placed.toSpliced(index, 1), down, [0]);
            const expected = joint.unavailability[0]! - without.unavailability[0]!;
            expect(joint.gainIfPerfect[index]).toBeCloseTo(expected, 12);
          }
        },
      ),
    );
  });

  test('never fail more often by one more replica on any machine', () => {
    fc.assert(
      fc.property(someParts(6, { parts: 4, machinesOfPart: 4 }), fc.nat(6), (placed, machine) => {
        const [first, ...others] = placed as [PlacedPart, ...PlacedPart[]];
        const at = first.machines.indexOf(machine);
        const more =
          at >= 0
            ? { ...first, replicasOn: first.replicasOn.with(at, first.replicasOn[at]! + 1) }
            : { ...first, machines: [...first.machines, machine], replicasOn: [...first.replicasOn, 1] };
        const before = jointFailure(placed, 0.02, SHARES).unavailability;
        const after = jointFailure([more, ...others], 0.02, SHARES).unavailability;
        for (const share of SHARES.keys())
          expect(after[share]!).toBeLessThanOrEqual(before[share]! * (1 + 1e-12));
      }),
    );
  });

  test('on machines of their own fail one by one', () => {
    const parts = [1, 2, 3].map((needed, index): PlacedPart => {
      const machines = [0, 1, 2].map((machine) => 3 * index + machine);
      return { needed, replicaUnavailability: 0.001, machines, replicasOn: [1, 1, 1] };
    });
    const node = 0.001 + 0.005 - 0.001 * 0.005;
    const expected = unavailabilityInSeries(parts.map(({ needed }) => kOfNUnavailability(3, needed, node)));
    expect(jointFailure(parts, 0.005, [0]).unavailability[0]! / expected).toBeCloseTo(1, 12);
  });

  test('keep their digits where 1 - availability has none left', () => {
    const part = { needed: 1, replicaUnavailability: 1e-9, machines: [0, 1, 2], replicasOn: [1, 1, 1] };
    const expected = (1e-8 + 1e-9 - 1e-17) ** 3;
    expect(jointFailure([part], 1e-8, [0]).unavailability[0]! / expected).toBeCloseTo(1, 9);
  });

  test('with no replica anywhere are down, unless none is needed', () => {
    const nowhere = { replicaUnavailability: 0, machines: [], replicasOn: [] };
    expect(jointFailure([{ ...nowhere, needed: 1 }], 0, [0]).unavailability).toEqual([1]);
    expect(jointFailure([{ ...nowhere, needed: 0 }], 0, [0]).unavailability).toEqual([0]);
  });

  test('are summed exactly over twenty machines, all of them entangled', () => {
    const parts = entangled(20, 40);
    const { isExact, unavailability } = jointFailure(parts, 0.005, SHARES);
    expect(isExact).toBe(true);
    expect(unavailability[0]).toBeGreaterThan(0);
  });

  test('are summed exactly over hundreds of machines when these hang together loosely', () => {
    const parts = Array.from({ length: 400 }, (_, index): PlacedPart => {
      return { needed: 1, replicaUnavailability: 0.0005, machines: [index, index + 1], replicasOn: [1, 1] };
    });
    expect(jointFailure(parts, 0.005, SHARES).isExact).toBe(true);
  });
});

describe('machines with the same replicas on each', () => {
  test('are summed by how many are up, as exactly as machine by machine', () => {
    fc.assert(
      fc.property(
        someParts(6, { parts: 5, machinesOfPart: 5 }),
        fc.constantFrom(0, 0.005, 0.1, 1),
        (placed, down) => {
          const [members] = componentsOf(placed);
          const linked = members!.map((index) => placed[index]!);
          const component = componentFor(linked, [down, down / 2], [0, 0.5], new Map());
          const joint = sumOverClasses(component, classPlan(component));
          const exact = jointFailure(linked, down, [0]);
          expect(joint.unavailability[0]! - exact.unavailability[0]!).toBeCloseTo(0, 13);
          if (down < 1)
            expect(joint.unavailability[0]! / (exact.unavailability[0]! || 1)).toBeLessThan(1 + 1e-9);
          for (const [index, gain] of exact.gainIfPerfect.entries()) {
            expect(joint.gainIfPerfect[index]).toBeCloseTo(gain, 12);
          }
        },
      ),
    );
  });

  test('make 300 replicas on 50 machines exact, within the error bar of the sample, and keep the last digits', () => {
    const machines = Array.from({ length: 50 }, (_, machine) => machine);
    const parts: PlacedPart[] = [
      { needed: 250, replicaUnavailability: 0.0005, machines, replicasOn: machines.map(() => 6) },
      { needed: 40, replicaUnavailability: 0.0005, machines, replicasOn: machines.map(() => 1) },
      { needed: 2, replicaUnavailability: 0.0005, machines: [0, 1, 2], replicasOn: [1, 1, 1] },
    ];
    const exact = jointFailure(parts, 0.005, SHARES);
    expect(exact.isExact).toBe(true);
    const sampled = sampleMachines(componentFor(parts, [0.005], [0], new Map()));
    expect(Math.abs(sampled.unavailability[0]! - exact.unavailability[0]!)).toBeLessThan(
      2 * sampled.errorBar[0]!,
    );
    const rare = jointFailure([{ ...parts[1]!, replicaUnavailability: 1e-12 }], 1e-12, [0]);
    expect(rare.isExact).toBe(true);
    expect(rare.unavailability[0]! / kOfNUnavailability(50, 40, 2e-12)).toBeCloseTo(1, 9);
  });
});

describe('sampled machine states', () => {
  test('stay within the error bar of the exact sum, and their gains near the exact ones', () => {
    // Small enough that most groups of states are counted, so three bars of slack leave chance no room.
    const parts = entangled(18, 30);
    const exact = jointFailure(parts, 0.05, SHARES);
    expect(exact.isExact).toBe(true);
    expect(componentsOf(parts)).toHaveLength(1);
    const machineDown = SHARES.map((share) => 0.05 * (1 - share));
    const sampled = sampleMachines(componentFor(parts, machineDown, SHARES, new Map()));
    expect(sampled.isExact).toBe(false);
    for (const [index, share] of SHARES.entries()) {
      const expected = (exact.unavailability[index]! - share * 0.05) / (1 - share * 0.05);
      expect(sampled.errorBar[index]).toBeLessThan(expected / 20);
      expect(Math.abs(sampled.unavailability[index]! - expected)).toBeLessThan(
        3 * sampled.errorBar[index]! + 1e-12,
      );
    }
    for (const [index, gain] of exact.gainIfPerfect.entries()) {
      expect(Math.abs(sampled.gainIfPerfect[index]! - gain)).toBeLessThan(exact.unavailability[0]! / 20);
    }
  });

  test('are the answer above twenty entangled machines, the same every time', () => {
    const parts = entangled(40, 120);
    const once = jointFailure(parts, 0.005, SHARES);
    expect(once.isExact).toBe(false);
    expect(once.errorBar[0]).toBeGreaterThan(0);
    expect(once.errorBar[0]).toBeLessThan(once.unavailability[0]! / 10);
    expect(jointFailure(parts, 0.005, SHARES)).toEqual(once);
  });

  test('count a part that is always down', () => {
    const parts = [
      ...entangled(40, 120),
      { needed: 3, replicaUnavailability: 0.1, machines: [0, 1], replicasOn: [1, 1] },
    ];
    const joint = jointFailure(parts, 0.005, [0]);
    const without = jointFailure(parts.slice(0, -1), 0.005, [0]);
    expect(joint.unavailability[0]).toBeCloseTo(1, 12);
    expect(joint.gainIfPerfect.at(-1)).toBeCloseTo(1 - without.unavailability[0]!, 6);
    expect(joint.gainIfPerfect[0]).toBeCloseTo(0, 12);
  });
});

describe('a budget of steps', () => {
  test('bounds the states looked at, and what is left out is in the error bar', () => {
    const component = componentFor(entangled(900, 2_000), [0.5], [0], new Map());
    const { groups, unseen } = groupsOf(component, 200_000);
    const lost = groups.reduce((sum, group) => sum + group.states * group.machinesDown, 0);
    expect(lost).toBeLessThan(200_000);
    const weight = groups.reduce((sum, group) => sum + group.weights[0]!, unseen[0]!);
    expect(weight).toBeCloseTo(1, 9);
    const sampled = sampleMachines(component, 200_000);
    expect(sampled.partsSampled).toBeLessThan(400_000);
    expect(sampled.errorBar[0]).toBeGreaterThanOrEqual(unseen[0]!);
  });

  test('that is used up leaves bounds around the exact sum', () => {
    const parts = someParts(6, { parts: 5, machinesOfPart: 4 });
    fc.assert(
      fc.property(parts, fc.constantFrom(0.005, 0.1, 1), (placed, down) => {
        const exact = jointFailure(placed, down, SHARES);
        const short = jointFailure(placed, down, SHARES, new Map(), { left: 0 });
        for (const share of SHARES.keys()) {
          const distance = Math.abs(short.unavailability[share]! - exact.unavailability[share]!);
          expect(distance).toBeLessThanOrEqual(short.errorBar[share]! + 1e-12);
        }
      }),
    );
  });

  test('is not needed for one part on thousands of machines: the bounds meet', () => {
    const machines = Array.from({ length: 2_000 }, (_, machine) => machine);
    const part = { needed: 1_000, replicaUnavailability: 0.1, machines, replicasOn: machines.map(() => 1) };
    const { unavailability, errorBar } = boundParts([part], [0.45], [0], new Map());
    expect(unavailability[0]! / kOfNUnavailability(2_000, 1_000, 0.505)).toBeCloseTo(1, 9);
    expect(errorBar[0]).toBeLessThan(1e-12);
  });
});

/** Parts of three replicas whose machines are far apart, so that no order of summing keeps the tables small. */
function entangled(machines: number, parts: number): PlacedPart[] {
  return Array.from({ length: parts }, (_, index) => {
    const chosen = new Set([
      index % machines,
      (index * 7 + 3) % machines,
      (index * 11 + 5 + Math.floor(index / machines)) % machines,
    ]);
    return {
      needed: chosen.size > 2 ? 2 : 1,
      replicaUnavailability: 0.0005,
      machines: [...chosen],
      replicasOn: [...chosen].map(() => 1),
    };
  });
}
