import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bill, billOf } from '../../src/domain/bill.js';
import { billToText } from '../../src/domain/bill-text.js';
import { blastRadiusOfMachine } from '../../src/domain/blast-radius.js';
import { MAX_CLOSURE_PARTS, NOT_COUNTED } from '../../src/domain/entry-bill.js';
import type { Figure } from '../../src/domain/figure.js';
import {
  type Connection,
  type Entry,
  PART_KINDS,
  type Part,
  type Plan,
  RUNS,
  STRENGTHS,
} from '../../src/domain/model.js';
import {
  connectionsFrom,
  golden,
  itsTheFuture,
  m6iLarge,
  machineOf,
  partNamed,
  planOf,
} from './worked-example.js';

const RESTARTED_DAILY = 0.9995 * (1 - 10 / 86_400);

/** A web process at Heroku with its router and database. */
function herokuPlan(web: Partial<Part>, postgres: Partial<Part>): Plan {
  return planOf(
    [
      partNamed('heroku router', { kind: 'platform', runs: 'managed', availability: 0.9995, usdPerMonth: 0 }),
      partNamed('web', { kind: 'web', runs: 'managed', ...web }),
      partNamed('postgres', { kind: 'database', runs: 'managed', ...postgres }),
    ],
    {
      connections: connectionsFrom([
        ['heroku router', 'web', 'hard'],
        ['web', 'postgres', 'hard'],
      ]),
    },
  );
}

describe('the counterparts at Heroku', () => {
  const plans = {
    H1: herokuPlan(
      { availability: RESTARTED_DAILY, usdPerMonth: 7 },
      { availability: 1 - 4 / 720, usdPerMonth: 5 },
    ),
    H2: herokuPlan(
      { availability: RESTARTED_DAILY, usdPerMonth: 25 },
      { availability: 1 - 1 / 720, usdPerMonth: 50 },
    ),
    H3: herokuPlan(
      { availability: 0.9995, usdPerMonth: 25, replicas: 2 },
      { availability: 1 - 0.25 / 720, usdPerMonth: 200 },
    ),
  };

  test.each(Object.entries(plans))('%s', (name, plan) => {
    const expected = golden.workedExample.heroku[name as keyof typeof plans];
    const bill = billOf(plan);
    expect(bill.parts.value).toBe(expected.parts.length);
    expect(bill.containers.value).toBe(expected.containers);
    expect(bill.machines.value).toBe(expected.machines);
    expect(bill.machines.working.rule).toContain('run by the provider');
    expect(bill.connections.value).toBe(expected.connections);
    expect(bill.usdPerMonth.value).toBe(expected.cost);
    const [entry] = bill.entries;
    expect(entry!.name).toBe('the whole system');
    expect(entry!.parts).toEqual(['heroku router']);
    expect(entry!.unavailability.onPaper! / expected.unavailability).toBeCloseTo(1, 9);
    expect(entry!.unavailability.beta10).toBe(entry!.unavailability.onPaper);
    expect(entry!.minutesDownPerMonth.onPaper).toBeCloseTo(expected.downtimeMinPerMonth, 4);
  });

  test('H1 without its daily restart', () => {
    const plan = herokuPlan({ availability: 0.9995 }, { availability: 1 - 4 / 720 });
    const { unavailability } = golden.workedExample.heroku.H1noRestart;
    expect(billOf(plan).entries[0]!.unavailability.onPaper! / unavailability).toBeCloseTo(1, 9);
  });

  test('two dynos draw level with 50 containers at a common cause of 5.65 %', () => {
    const browse = billOf(itsTheFuture).entries.find(({ name }) => name === 'browse')!.unavailability;
    const dynos = billOf(plans.H3).entries[0]!.unavailability.onPaper!;
    const share = 0.05 + (0.05 * (dynos - browse.beta5!)) / (browse.beta10! - browse.beta5!);
    expect(share).toBeCloseTo(golden.workedExample.breakEvenBetaVsH3, 4);
  });
});

describe('what is unknown', () => {
  test('is never 0: a price nobody knows makes the cost an "at least", and is named', () => {
    const plan = planOf(
      [partNamed('db', { runs: 'managed' }), partNamed('mail', { runs: 'external', usdPerMonth: 9 })],
      {
        extraCosts: [{ label: 'traffic', usdPerMonth: null }],
      },
    );
    const { usdPerMonth } = billOf(plan);
    expect(usdPerMonth).toMatchObject({ value: 9, isAtLeast: true, unknownCosts: ['db', 'traffic'] });
    expect(usdPerMonth.working.rule).toContain('At least');
    expect(billOf({ ...plan, parts: [plan.parts[0]!] }).usdPerMonth.value).toBeNull();
    expect(billOf(planOf([])).usdPerMonth).toMatchObject({ value: 0, isAtLeast: false });
  });

  test('machines without a machine type, and what stands on each of them', () => {
    const bill = billOf(
      planOf([partNamed('app', { replicas: 2 }), partNamed('agent', { perMachine: true, kind: 'platform' })]),
    );
    expect(bill.machines).toMatchObject({ value: null, isAtLeast: false });
    expect(bill.machines.working.unknown).toEqual(['The plan names no machine type.']);
    expect(bill.containers).toMatchObject({ value: 2, isAtLeast: true, replicated: 2, perMachine: null });
    expect(bill.usdPerMonth).toMatchObject({ value: null, unknownCosts: ['machines'] });
    expect(bill.entries[0]!.unavailability).toEqual({ onPaper: null, beta5: null, beta10: null });
    expect(bill.entries[0]!.working.unknown.join()).toContain('machine type');
    expect(bill.entries[0]!.singleMachines).toBeNull();
  });

  test('a part too big for the machine is named', () => {
    const bill = billOf(planOf([partNamed('huge', { memoryMib: 101 })], { machineType: machineOf(10, 100) }));
    expect(bill.machines.value).toBeNull();
    expect(bill.machines.working.unknown.join()).toContain('huge');
    expect(bill.packing.tooBigParts).toEqual(['huge']);
  });

  describe('a request nobody knows counts as nothing, so what follows from it is an "at least"', () => {
    const machineType = { ...machineOf(10, 100), usdPerMonth: 70 };
    const app = partNamed('app', { cpuMillicores: 1, memoryMib: 1 });
    const agent = partNamed('agent', { perMachine: true, kind: 'platform', cpuMillicores: 1, memoryMib: 1 });
    const unknown = ['The cpu or memory of mailer, sender: counted as nothing.'];
    const mailers = [partNamed('sender', { cpuMillicores: null }), partNamed('mailer', { memoryMib: null })];

    test('the machines, their cost and what stands on each of them, the parts named', () => {
      const bill = billOf(planOf([app, agent, ...mailers], { machineType }));
      for (const [figure, value] of [
        [bill.machines, 1],
        [bill.containers, 4],
        [bill.usdPerMonth, 70],
      ] as const)
        expect(figure).toMatchObject({ value, isAtLeast: true, working: { unknown } });
      expect(bill.containers.perMachine).toBe(1);
      expect(bill.machinesLowerBound).toMatchObject({ value: 1, isAtLeast: false });
      const [machines, usd] = ['machines', 'USD a month'].map((label) =>
        billToText(bill)
          .split('\n')
          .find((line) => line.startsWith(label)),
      );
      expect(machines).toMatch(/at least 1 .*some cpu or memory unknown$/);
      expect(usd).toMatch(/at least 70\.00$/);
    });

    test('but not what has nothing to do with machines', () => {
      const bill = billOf(planOf([app, ...mailers], { machineType: { ...machineType, usdPerMonth: 0 } }));
      expect(bill.containers).toMatchObject({ value: 3, isAtLeast: false });
      expect(bill.usdPerMonth).toMatchObject({ value: 0, isAtLeast: false });
    });

    test('a priced part on every machine makes the cost one too', () => {
      const paid = { ...agent, usdPerMonth: 5 };
      const bill = billOf(planOf([paid, ...mailers], { machineType: { ...machineType, usdPerMonth: 0 } }));
      expect(bill.usdPerMonth).toMatchObject({ value: 5, isAtLeast: true, working: { unknown } });
    });

    test('not of a part that takes no room: managed, external, a job or of no replica', () => {
      const unasked = { cpuMillicores: null, memoryMib: null };
      const bill = billOf(
        planOf(
          [
            app,
            agent,
            partNamed('db', { ...unasked, runs: 'managed', usdPerMonth: 1 }),
            partNamed('mail', { ...unasked, runs: 'external', usdPerMonth: 0 }),
            partNamed('migrate', { ...unasked, kind: 'job' }),
            partNamed('off', { ...unasked, replicas: 0, needed: 0 }),
          ],
          { machineType },
        ),
      );
      for (const { isAtLeast } of [bill.machines, bill.containers, bill.usdPerMonth])
        expect(isAtLeast).toBe(false);
    });
  });

  test('an availability nobody knows leaves only the entries that need it unknown', () => {
    const parts = [
      partNamed('a', { runs: 'managed', availability: null }),
      partNamed('b', { runs: 'managed', availability: 0.9 }),
    ];
    const entries = ['a', 'b'].map((name) => ({ name, parts: [name] }));
    const [a, b] = billOf(planOf(parts, { entries })).entries;
    expect(a!.unavailability.onPaper).toBeNull();
    expect(a!.minutesDownPerMonth.beta10).toBeNull();
    expect(a!.working.unknown).toEqual(['The availability of a.']);
    expect(a!.singlePoints).toEqual([{ part: 'a', runs: 'managed' }]);
    expect(b!.unavailability.onPaper).toBeCloseTo(0.1, 12);
  });

  test('the availability of the machine type matters only to what stands on machines', () => {
    const machineType = machineOf(10, 100, { availability: null });
    const parts = [partNamed('a'), partNamed('b', { runs: 'managed', availability: 0.9 })];
    const entries = ['a', 'b'].map((name) => ({ name, parts: [name] }));
    const [a, b] = billOf(planOf(parts, { machineType, entries })).entries;
    expect(a!.working.unknown).toEqual(['The availability of one machine.']);
    expect(b!.unavailability.onPaper).toBeCloseTo(0.1, 12);
  });
});

describe('the counts', () => {
  test('tell jobs apart', () => {
    const parts = [
      partNamed('web', { kind: 'web' }),
      partNamed('migrate', { kind: 'job', memoryMib: 1_000, usdPerMonth: 5 }),
    ];
    const plan = planOf(parts, {
      machineType: machineOf(10, 100),
      connections: connectionsFrom([
        ['web', 'migrate', 'hard'],
        ['migrate', 'web', 'soft'],
      ]),
      entries: [{ name: 'e', parts: ['web', 'migrate'] }],
    });
    const bill = billOf(plan);
    expect(bill.parts.value).toBe(1);
    expect(bill.services.value).toBe(1);
    expect(bill.jobs).toMatchObject({ value: 1, names: ['migrate'] });
    expect(bill.containers.value).toBe(1);
    expect(bill.machines.value).toBe(1);
    expect(bill.connections).toMatchObject({ value: 0, leftOut: 2 });
    expect(bill.usdPerMonth.value).toBe(10);
    expect(bill.entries[0]!.closure).toEqual(['web']);
    expect(bill.ignored).toEqual([]);
  });

  test('count sidecars, managed processes and one of each per-machine part on every machine', () => {
    const bill = billOf(
      planOf(
        [
          partNamed('app', { replicas: 3, containersPerReplica: 2, memoryMib: 60 }),
          partNamed('dyno', { kind: 'worker', runs: 'managed', replicas: 4 }),
          partNamed('db', { kind: 'database', runs: 'managed', replicas: 2 }),
          partNamed('stripe', { kind: 'external', runs: 'external' }),
          partNamed('logs', { kind: 'worker', perMachine: true, replicas: 99 }),
          partNamed('off', { replicas: 0, needed: 0 }),
        ],
        { machineType: machineOf(1_000, 100) },
      ),
    );
    expect(bill.containers).toMatchObject({ value: 13, replicated: 10, perMachine: 3 });
    expect(bill.containers.byPart.map(({ containers }) => containers)).toEqual([6, 4, 0, 0, 3, 0]);
    expect([bill.managedParts.value, bill.externalParts.value, bill.perMachineParts.value]).toEqual([
      2, 1, 1,
    ]);
    expect(bill.services.value).toBe(4);
  });

  test('count guesses', () => {
    const connections: Connection[] = [{ from: 'a', to: 'b', strength: 'hard', origin: 'guessed' }];
    const { connections: count } = billOf(planOf([partNamed('a'), partNamed('b')], { connections }));
    expect(count).toMatchObject({ value: 1, hard: 1, soft: 0, guessed: 1 });
    expect(count.working.assumptions.join()).toContain('1 connection guessed');
  });

  test('price licences by replica, agents by machine, and half a cent in favour of who pays', () => {
    const bill = billOf(
      planOf(
        [
          partNamed('app', { replicas: 2, memoryMib: 60, usdPerMonth: 1.5 }),
          partNamed('monitor', { perMachine: true, usdPerMonth: 0.0025 }),
        ],
        { machineType: machineOf(1_000, 100, { usdPerMonth: 10 }) },
      ),
    );
    expect(bill.usdPerMonth.value).toBe(23);
    expect(
      bill.usdPerMonth.lines.map(({ label, quantity, usdPerMonth }) => [label, quantity, usdPerMonth]),
    ).toEqual([
      ['machine', 2, 20],
      ['app', 2, 3],
      ['monitor', 2, 0.005],
    ]);
  });
});

describe('entries', () => {
  test('a plan without parts has none, a part needing more than it has is always down', () => {
    expect(billOf(planOf([])).entries).toEqual([]);
    const [entry] = billOf(planOf([partNamed('a', { runs: 'managed', needed: 2 })])).entries;
    expect(entry!.unavailability.onPaper).toBe(1);
    expect(entry!.singlePoints).toEqual([{ part: 'a', runs: 'managed' }]);
  });

  test('an entry that names nothing known is unknown, not perfect', () => {
    const [entry] = billOf(planOf([partNamed('a')], { entries: [{ name: 'e', parts: ['ghost'] }] })).entries;
    expect(entry!.unavailability.onPaper).toBeNull();
    expect(entry!.working.unknown).toHaveLength(1);
  });

  test('per-machine agents bring their machine down, per-machine workers do not', () => {
    const entryWith = (kind: Part['kind']) => {
      const agent = partNamed('agent', { kind, perMachine: true, availability: 0.9, needed: 0 });
      return billOf(planOf([partNamed('app'), agent], { machineType: machineOf(10, 10) })).entries[0]!;
    };
    expect(entryWith('platform').unavailability.onPaper).toBeCloseTo(0.1, 12);
    expect(entryWith('worker').unavailability.onPaper).toBe(0);
    expect(entryWith('platform').closure).toEqual(['app']);
  });

  test('an entry that stands on a per-machine part alone goes on while one machine is left', () => {
    const plan = planOf(
      [
        partNamed('app', { replicas: 3, spread: true }),
        partNamed('ingress', { perMachine: true, availability: 0.9 }),
      ],
      {
        machineType: machineOf(10, 10, { availability: 0.9 }),
        entries: [{ name: 'e', parts: ['ingress'] }],
      },
    );
    const [entry] = billOf(plan).entries;
    expect(entry!.closure).toEqual(['ingress']);
    expect(entry!.unavailability.onPaper).toBeCloseTo(0.19 ** 3, 12);
  });

  test('need as many machines as a per-machine part they call does, whatever else they call', () => {
    const plan = planOf(
      [
        partNamed('app', { replicas: 3, spread: true }),
        partNamed('store', { kind: 'database', perMachine: true, needed: 2 }),
      ],
      {
        machineType: machineOf(10, 10, { availability: 0.9 }),
        connections: connectionsFrom([['app', 'store', 'hard']]),
        entries: [
          { name: 'store alone', parts: ['store'] },
          { name: 'with app', parts: ['app'] },
        ],
      },
    );
    for (const { unavailability } of billOf(plan).entries)
      expect(unavailability.onPaper).toBeCloseTo(0.028, 12);
  });

  test('of which one part is perfect still need the per-machine parts it calls', () => {
    const plan = planOf(
      [
        partNamed('app', { availability: 0.9 }),
        partNamed('proxy', { kind: 'platform', perMachine: true, availability: 0.8 }),
      ],
      {
        machineType: machineOf(10, 10, { availability: 0.5 }),
        connections: connectionsFrom([['app', 'proxy', 'hard']]),
        entries: [{ name: 'e', parts: ['app'] }],
      },
    );
    const [entry] = billOf(plan).entries;
    expect(entry!.unavailability.onPaper).toBeCloseTo(1 - 0.9 * 0.8 * 0.5, 12);
    expect(entry!.worth).toHaveLength(1);
    expect(entry!.worth[0]!.unavailabilityIfPerfect).toBeCloseTo(1 - 0.8 * 0.5, 12);
    expect(entry!.worth[0]!.minutesWonPerMonth).toBeCloseTo(43_200 * 0.4 * 0.1, 6);
    expect(entry!.worthOfMachines!.unavailabilityIfPerfect).toBeCloseTo(0.1, 12);
    expect(entry!.worthOfMachines!.minutesWonPerMonth).toBeCloseTo(43_200 * 0.9 * 0.6, 6);
    expect(entry!.weakest.map(({ part }) => part)).toEqual([null, 'app']);
  });

  test('tell what perfect machines would win only where they stand on machines', () => {
    const parts = [
      partNamed('app', { availability: 0.9 }),
      partNamed('db', { runs: 'managed', availability: 0.7 }),
    ];
    const entries = ['app', 'db'].map((name) => ({ name, parts: [name] }));
    const machineType = machineOf(10, 10, { availability: 0.95 });
    const [app, db] = billOf(planOf(parts, { machineType, entries })).entries;
    expect(app!.weakest.map(({ part }) => part)).toEqual(['app', null]);
    expect(db!.worthOfMachines).toBeNull();
    expect(db!.weakest.map(({ part }) => part)).toEqual(['db']);
  });

  test('that list more parts than can be told are not counted, and say so', () => {
    const count = 2_000;
    const names = Array.from({ length: count }, (_, index) => `p${String(index).padStart(4, '0')}`);
    const plan = planOf(
      names.map((name) => partNamed(name, { runs: 'managed', availability: 0.999999 })),
      {
        connections: connectionsFrom(names.slice(1).map((name, index) => [names[index]!, name, 'hard'])),
        entries: names.slice(0, 600).map((name) => ({ name, parts: [name] })),
      },
    );
    const { entries, ignored } = billOf(plan);
    const isNotCounted = (entry: (typeof entries)[number]) => entry.working.unknown.includes(NOT_COUNTED);
    const listed = entries.reduce((sum, { closure }) => sum + closure.length, 0);
    expect(listed).toBeLessThanOrEqual(MAX_CLOSURE_PARTS);
    expect(listed).toBeGreaterThan(MAX_CLOSURE_PARTS - count);
    expect(entries.findIndex(isNotCounted)).toBe(entries.filter((entry) => !isNotCounted(entry)).length);
    expect(entries.at(-1)).toMatchObject({
      closure: [],
      unavailability: { onPaper: null, beta5: null, beta10: null },
      singleMachines: null,
    });
    expect(ignored).toEqual([
      `Entries left out: ${entries.filter(isNotCounted).length} of 600. ${NOT_COUNTED}`,
    ]);
    const rows = billToText(billOf({ ...plan, entries: [plan.entries[0]!] })).split('\n');
    expect(rows.find((row) => row.startsWith('p0000'))).toMatch(
      /2,000 parts .* p0010, p0011, and 1988 more$/,
    );
    const reversed = billOf({ ...plan, entries: plan.entries.toReversed() }).entries;
    expect(reversed.toReversed().map(({ closure }) => closure.length)).toEqual(
      entries.map(({ closure }) => closure.length),
    );
  });

  test('what an agent needs, everything on machines needs', () => {
    const plan = planOf(
      [
        partNamed('app'),
        partNamed('agent', { kind: 'platform', perMachine: true }),
        partNamed('store', { runs: 'managed', availability: 0.9 }),
      ],
      {
        machineType: machineOf(10, 10),
        connections: connectionsFrom([['agent', 'store', 'hard']]),
        entries: [{ name: 'e', parts: ['app'] }],
      },
    );
    expect(billOf(plan).entries[0]!.closure).toEqual(['app', 'store']);
  });

  test('one machine under everything is a single point, and its loss stops all', () => {
    const plan = planOf([partNamed('web', { replicas: 2 }), partNamed('db', { memoryMib: 1 })], {
      machineType: m6iLarge,
      connections: connectionsFrom([['web', 'db', 'hard']]),
    });
    const bill = billOf(plan);
    expect(bill.entries[0]).toMatchObject({
      singleMachines: [0],
      twoMachineCuts: [],
      singlePoints: [{ part: 'db', runs: 'machine' }],
    });
    expect(bill.entries[0]!.unavailability.onPaper).toBeCloseTo(0.005, 12);
    expect(blastRadiusOfMachine(plan, bill.packing, 0)).toEqual({
      stopped: ['db', 'web'],
      degraded: [],
      entriesLost: ['the whole system'],
      entriesDegraded: [],
    });
    expect(blastRadiusOfMachine(plan, bill.packing, 1)).toBeNull();
  });
});

describe('any plan', () => {
  const names = [...'abcdefg'];
  const somePart = fc.record({
    kind: fc.constantFrom(...PART_KINDS),
    replicas: fc.nat(4),
    needed: fc.nat(4),
    cpuMillicores: fc.option(fc.nat(600)),
    memoryMib: fc.option(fc.nat(600)),
    runs: fc.constantFrom(...RUNS, 'machine' as const),
    perMachine: fc.nat(5).map((dice) => dice === 0),
    spread: fc.boolean(),
    availability: fc.constantFrom(0.9, 0.99, 0.9995, 1, null),
    usdPerMonth: fc.constantFrom(0.1, 0.2, 16.425, null),
  });
  const name = fc.constantFrom(...names);
  const somePlan: fc.Arbitrary<Plan> = fc.record({
    name: fc.constant('plan'),
    machineType: fc.constantFrom(machineOf(1_500, 1_500, { availability: 0.99 }), m6iLarge, null),
    parts: fc
      .array(somePart, { maxLength: names.length })
      .map((parts) => parts.map((part, index) => partNamed(names[index]!, part))),
    connections: fc.array(fc.record({ from: name, to: name, strength: fc.constantFrom(...STRENGTHS) }), {
      maxLength: 14,
    }),
    entries: fc.uniqueArray(fc.record<Entry>({ name, parts: fc.array(name, { maxLength: 3 }) }), {
      maxLength: 3,
      selector: (entry) => entry.name,
    }),
    extraCosts: fc.array(fc.record({ label: name, usdPerMonth: fc.constantFrom(0.1, 0.7, null) }), {
      maxLength: 3,
    }),
  });

  /** A bill without what rightly follows the plan's order. */
  function unordered(bill: Bill) {
    const sorted = <T>(list: readonly T[]) => list.map((item) => JSON.stringify(item)).sort();
    return {
      ...bill,
      jobs: { ...bill.jobs, names: sorted(bill.jobs.names) },
      containers: {
        ...bill.containers,
        byPart: sorted(bill.containers.byPart),
        working: sorted(bill.containers.working.unknown),
      },
      usdPerMonth: {
        ...bill.usdPerMonth,
        lines: sorted(bill.usdPerMonth.lines),
        unknownCosts: sorted(bill.usdPerMonth.unknownCosts),
        working: { ...bill.usdPerMonth.working, unknown: sorted(bill.usdPerMonth.working.unknown) },
      },
      entries: sorted(bill.entries),
    };
  }

  test('gives the same bill in any order of parts, connections, entries and extra costs', () => {
    fc.assert(
      fc.property(somePlan, fc.infiniteStream(fc.nat()), (plan, dice) => {
        const shuffled = <T>(list: readonly T[]) =>
          list
            .map((item) => ({ item, at: dice.next().value }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item);
        const other: Plan = {
          ...plan,
          parts: shuffled(plan.parts),
          connections: shuffled(plan.connections),
          entries: shuffled(plan.entries).map((entry) => ({ ...entry, parts: shuffled(entry.parts) })),
          extraCosts: shuffled(plan.extraCosts),
        };
        expect(unordered(billOf(other))).toEqual(unordered(billOf(plan)));
      }),
      { numRuns: 300 },
    );
  });

  test('has every figure known, or says what is missing', () => {
    fc.assert(
      fc.property(somePlan, (plan) => {
        const bill = billOf(plan);
        const figures: Figure[] = [
          bill.parts,
          bill.services,
          bill.jobs,
          bill.containers,
          bill.machines,
          bill.machinesLowerBound,
          bill.connections,
          bill.managedParts,
          bill.externalParts,
          bill.perMachineParts,
          bill.usdPerMonth,
        ];
        for (const { value, isAtLeast, working } of figures) {
          expect(working.rule).not.toBe('');
          expect(isAtLeast).toBe(value !== null && working.unknown.length > 0);
          if (value === null) expect(working.unknown.length).toBeGreaterThan(0);
          else expect(value).toBeGreaterThanOrEqual(0);
        }
        for (const entry of bill.entries) {
          const { onPaper, beta5, beta10 } = entry.unavailability;
          if (onPaper === null || beta5 === null || beta10 === null)
            expect(entry.working.unknown.length).toBeGreaterThan(0);
          else
            for (const down of [onPaper, beta5, beta10]) {
              expect(down).toBeGreaterThanOrEqual(0);
              expect(down).toBeLessThanOrEqual(1 + 1e-12);
            }
          for (const { minutesWonPerMonth, unavailabilityIfPerfect } of entry.worth) {
            expect(minutesWonPerMonth).toBeGreaterThanOrEqual(0);
            expect(unavailabilityIfPerfect).toBeLessThanOrEqual(onPaper! * (1 + 1e-12));
            expect(onPaper! - minutesWonPerMonth / 43_200).toBeCloseTo(unavailabilityIfPerfect, 12);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
