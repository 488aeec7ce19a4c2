import { describe, expect, test } from 'vitest';
import { billOf } from '../../src/domain/bill.js';
import { checkPlan } from '../../src/domain/check-plan.js';
import type { Part } from '../../src/domain/model.js';
import { connectionsFrom, itsTheFuture, machineOf, partNamed, planOf } from './worked-example.js';

describe('checking a plan', () => {
  test('finds nothing wrong with the worked example, nor with a part that needs more than it has', () => {
    expect(checkPlan(itsTheFuture)).toEqual([]);
    expect(checkPlan(planOf([partNamed('a', { replicas: 3, needed: 4 })]))).toEqual([]);
  });

  test('finds names that lead nowhere or repeat', () => {
    const plan = planOf([partNamed('a'), partNamed('a'), partNamed(' ')], {
      connections: connectionsFrom([
        ['a', 'ghost', 'hard'],
        ['nobody', 'nobody', 'soft'],
      ]),
      entries: [
        { name: 'e', parts: ['ghost', 'a'] },
        { name: 'e', parts: [] },
      ],
    });
    expect(checkPlan(plan)).toEqual([
      { where: 'part a', message: 'is there more than once; names must differ' },
      { where: 'part  ', message: 'has no name' },
      { where: 'connection a -> ghost', message: 'ghost is no part of the plan' },
      { where: 'connection nobody -> nobody', message: 'nobody is no part of the plan' },
      { where: 'entry e', message: 'ghost is no part of the plan' },
      { where: 'entry e', message: 'is there more than once; names must differ' },
    ]);
    const bill = billOf(plan);
    expect(bill.parts.value).toBe(2);
    expect(bill.connections.value).toBe(0);
    expect(bill.ignored).toEqual([
      'A second part named a is left out.',
      'The connection a -> ghost is left out: it leads to no known part.',
      'The connection nobody -> nobody is left out: it leads to no known part.',
      'e names no part of the plan: ghost.',
    ]);
  });

  const impossible: [string, Partial<Part>, string][] = [
    ['half a replica', { replicas: 0.5 }, 'replicas must be a whole number from 0 to 100000, not 0.5'],
    ['fewer than no replicas', { replicas: -1 }, 'replicas must be a whole number from 0 to 100000, not -1'],
    [
      'more replicas than any cluster',
      { replicas: 1e9 },
      'replicas must be a whole number from 0 to 100000, not 1000000000',
    ],
    ['needing NaN', { needed: Number.NaN }, 'needed must be a whole number from 0 to 100000, not NaN'],
    [
      'half a container',
      { containersPerReplica: 1.5 },
      'containers per replica must be a whole number from 0 to 100000, not 1.5',
    ],
    ['negative memory', { memoryMib: -1 }, 'memory must be 0 or more, not -1'],
    ['infinite cpu', { cpuMillicores: Number.POSITIVE_INFINITY }, 'cpu must be 0 or more, not Infinity'],
    ['a negative price', { usdPerMonth: -5 }, 'price must be 0 or more, not -5'],
    ['99.5 as an availability', { availability: 99.5 }, 'availability must be from 0 to 1, not 99.5'],
    [
      'an availability that is no number',
      { availability: Number.NaN },
      'availability must be from 0 to 1, not NaN',
    ],
  ];

  test.each(impossible)('finds %s, and the bill goes on without it', (_, given, message) => {
    const plan = planOf([partNamed('a', { runs: 'managed', usdPerMonth: 1, ...given })], {
      machineType: machineOf(10, 10),
    });
    expect(checkPlan(plan)).toEqual([{ where: 'part a', message }]);
    const bill = billOf(plan);
    const isCount = message.includes('whole number');
    expect(bill.parts.value).toBe(isCount ? 0 : 1);
    expect(bill.ignored).toHaveLength(isCount ? 1 : 0);
    if ('usdPerMonth' in given) expect(bill.usdPerMonth).toMatchObject({ value: null, unknownCosts: ['a'] });
    if ('availability' in given) expect(bill.entries[0]!.unavailability.onPaper).toBeNull();
  });

  test('finds impossible machine types and extra costs', () => {
    const machineType = machineOf(-1, Number.NaN, { maxContainers: 1.5, usdPerMonth: -1, availability: 2 });
    const plan = planOf([partNamed('a')], {
      machineType,
      extraCosts: [
        { label: 'x', usdPerMonth: Number.NaN },
        { label: 'credit', usdPerMonth: -74.4 },
      ],
    });
    expect(checkPlan(plan).map(({ where }) => where)).toEqual([
      'extra cost x',
      ...new Array<string>(5).fill('machine type machine'),
    ]);
    const bill = billOf(plan);
    expect(bill.machines.value).toBeNull();
    expect(bill.usdPerMonth.unknownCosts).toEqual(['machines', 'x']);
  });
});
