import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { billOf } from '../../src/domain/bill.js';
import { ORIGINS, PART_KINDS, type Plan, RESERVE_RULES, RUNS, STRENGTHS } from '../../src/domain/model.js';
import type { ImportOptions } from '../../src/imports/model.js';
import { planToJson, readPlanJson } from '../../src/imports/plan-json/plan-json.js';
import { planSchema } from '../../src/imports/plan-json/plan-schema.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';

const FILE = 'plan.json';

function read(plan: unknown, options: ImportOptions = {}) {
  const text = typeof plan === 'string' ? plan : JSON.stringify(plan, null, 2);
  return readPlanJson([{ name: FILE, text }], options);
}

function planOf(plan: unknown, options: ImportOptions = {}): Plan {
  const result = read(plan, options);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  return result.plan;
}

function faultsOf(plan: unknown) {
  const result = read(plan);
  if (result.ok) throw new Error('it was read');
  return result.faults;
}

const names = fc.uniqueArray(
  fc.oneof(
    fc
      .string({ minLength: 1, maxLength: 12 })
      .map((name) => name.trim())
      .filter(Boolean),
    fc.constantFrom('__proto__', 'constructor', 'toString'),
  ),
  { minLength: 1, maxLength: 8 },
);
const share = fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map(positiveZero));
const amount = fc.option(fc.double({ min: 0, max: 1e6, noNaN: true }).map(positiveZero));

const plans: fc.Arbitrary<Plan> = names.chain((parts) =>
  fc.record({
    name: fc.constant('A plan'),
    machineType: fc.option(
      fc.record({
        name: fc.constant('m6i.large'),
        cpuMillicores: fc.integer({ min: 1, max: 64_000 }),
        memoryMib: fc.integer({ min: 1, max: 999_999 }),
        reserve: fc.constantFrom(...RESERVE_RULES),
        maxContainers: fc.option(fc.integer({ min: 1, max: 250 })),
        usdPerMonth: amount,
        availability: share,
      }),
    ),
    parts: fc.tuple(
      ...parts.map((name) =>
        fc
          .record({
            kind: fc.constantFrom(...PART_KINDS),
            replicas: fc.nat(9),
            needed: fc.nat(9),
            cpuMillicores: amount,
            memoryMib: amount,
            runs: fc.constantFrom(...RUNS),
            perMachine: fc.boolean(),
            spread: fc.boolean(),
            availability: share,
            usdPerMonth: amount,
            technology: fc.option(fc.string().map((text) => text.trim())),
            sidecars: fc.nat(3),
          })
          .map(({ sidecars, ...part }) => ({
            name,
            ...part,
            ...(sidecars > 0 && { containersPerReplica: 1 + sidecars }),
          })),
      ),
    ),
    connections: fc
      .uniqueArray(
        fc.record(
          {
            from: fc.constantFrom(...parts),
            to: fc.constantFrom(...parts),
            strength: fc.constantFrom(...STRENGTHS),
            origin: fc.constantFrom(...ORIGINS),
            evidence: fc.constantFrom('depends_on', 'env DATABASE_URL'),
          },
          { requiredKeys: ['from', 'to', 'strength'] },
        ),
        { selector: ({ from, to }) => JSON.stringify([from, to]) },
      )
      .map((list) => list.filter(({ from, to }) => from !== to)),
    entries: fc.uniqueArray(
      fc.record({
        name: fc.constantFrom('browse', 'checkout'),
        parts: fc.uniqueArray(fc.constantFrom(...parts)),
      }),
      { selector: ({ name }) => name },
    ),
    extraCosts: fc.array(fc.record({ label: fc.constantFrom('disks', 'addresses'), usdPerMonth: amount })),
  }),
);

/** JSON has no negative zero. */
function positiveZero(value: number): number {
  return value === 0 ? 0 : value;
}

describe('the round trip', () => {
  test('a plan written as JSON reads as the same plan', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        expect(planOf(planToJson(plan))).toEqual(plan);
      }),
    );
  });

  test('what is written fits the strict schema and does not change when written again', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        const written = planToJson(plan);
        expect(planSchema.safeParse(written).success).toBe(true);
        expect(JSON.stringify(planToJson(planOf(written)))).toBe(JSON.stringify(written));
      }),
    );
  });

  test('keys are written in the documented order, optional ones only when they say something', () => {
    const plan = planOf({
      name: 'One',
      parts: [
        { name: 'web', kind: 'web' },
        { name: 'db', kind: 'database' },
      ],
      connections: [{ from: 'web', to: 'db' }],
    });
    const written = planToJson(plan);
    expect(Object.keys(written)).toEqual([
      'name',
      'machineType',
      'parts',
      'connections',
      'entries',
      'extraCosts',
    ]);
    expect(Object.keys(written.parts[0]!).join(' ')).toBe(
      'name kind replicas needed cpuMillicores memoryMib runs perMachine spread availability usdPerMonth technology',
    );
    expect(written.connections).toEqual([{ from: 'web', to: 'db', strength: 'hard' }]);
  });
});

describe('what may be left out', () => {
  test('a part needs a name and a kind, the rest has defaults', () => {
    expect(planOf({ parts: [{ name: 'web', kind: 'web' }] })).toEqual({
      name: 'plan',
      machineType: null,
      parts: [
        {
          name: 'web',
          kind: 'web',
          replicas: 1,
          needed: 1,
          cpuMillicores: null,
          memoryMib: null,
          runs: 'machine',
          perMachine: false,
          spread: false,
          availability: null,
          usdPerMonth: null,
          technology: null,
        },
      ],
      connections: [],
      entries: [],
      extraCosts: [],
    });
  });

  test('a part that is switched off needs none of its replicas', () => {
    expect(planOf({ parts: [{ name: 'web', kind: 'web', replicas: 0 }] }).parts[0]?.needed).toBe(0);
  });

  test('the name asked for wins over the one in the file', () => {
    expect(planOf({ name: 'File', parts: [] }, { planName: 'Asked' }).name).toBe('Asked');
  });

  test('an assumed availability goes to machine parts that state none, and is told', () => {
    const parts = [
      { name: 'a', kind: 'service' },
      { name: 'b', kind: 'service', availability: 0.9 },
      { name: 'c', kind: 'database', runs: 'managed' },
    ];
    const result = read({ parts }, { assumedAvailability: 0.9995 });
    expect(result.ok && result.plan.parts.map((part) => part.availability)).toEqual([0.9995, 0.9, null]);
    expect(result.report.find((note) => note.kind === 'assumed')?.message).toContain('1 parts on machines');
  });
});

test.each([
  ['load balancer', 'load-balancer'],
  ['loadBalancer', 'load-balancer'],
  ['Load_Balancer', 'load-balancer'],
  ['LB', 'load-balancer'],
  ['db', 'database'],
  ['Control Plane', 'cluster-control'],
  ['DaemonSet', 'platform'],
  ['cron', 'job'],
  ['External Service', 'external'],
  ['message-queue', 'queue'],
  ['broker', 'queue'],
])('the kind %j is understood as %s', (word, kind) => {
  const result = read({ parts: [{ name: 'x', kind: word }] });
  expect(result.ok && result.plan.parts[0]?.kind).toBe(kind);
});

test('a kind read by a common other name is told as a guess, another spelling is not', () => {
  const guesses = (kind: string) =>
    read({ parts: [{ name: 'x', kind }] }).report.filter((note) => note.kind === 'guessed');
  expect(guesses('cron')).toEqual([
    { kind: 'guessed', message: 'parts[0].kind: "cron" is taken for job', file: FILE, line: 5 },
  ]);
  expect(guesses('Load Balancer')).toEqual([]);
});

describe('faults', () => {
  test.each([
    [
      { parts: [{ name: 'a', kind: 'web', replicas: 'two' }] },
      'parts[0].replicas: must be a whole number of 0 or more, is "two"',
    ],
    [
      { parts: [{ name: 'a', kind: 'web', replicas: -1.5 }] },
      'parts[0].replicas: must be a whole number of 0 or more, is -1.5',
    ],
    [
      { parts: [{ name: 'a', kind: 'web', replicas: 100_001 }] },
      'parts[0].replicas: must be at most 100000, is 100001',
    ],
    [
      { parts: [{ name: 'a', kind: 'web', availability: 99.95 }] },
      'parts[0].availability: must be a share from 0 to 1, is 99.95; write 0.9995',
    ],
    [
      { parts: [{ name: 'a', kind: 'web', availability: '99.95 %' }] },
      'parts[0].availability: must be a share from 0 to 1, or null where it is unknown, is "99.95 %"; write 0.9995',
    ],
    [
      { parts: [{ name: 'a', kind: 'thing' }] },
      `parts[0].kind: must be one of ${PART_KINDS.join(', ')}, is "thing"`,
    ],
    [{ parts: [{ kind: 'web' }] }, 'parts[0].name: must be a text, is missing'],
    [{ parts: [{ name: ' ', kind: 'web' }] }, 'parts[0].name: must not be blank, is " "'],
    [
      { parts: [{ name: 'a', kind: 'web', spread: 'yes' }] },
      'parts[0].spread: must be true or false, is "yes"',
    ],
    [{ parts: [null] }, 'parts[0]: must be an object, is null'],
    [{ parts: {} }, 'parts: must be a list of parts, is an object'],
    [{}, 'parts: must be a list of parts, is missing'],
    [[], 'the file: must be an object with a list of parts, is a list of 0'],
    [
      { parts: [], machineType: { name: 'm', cpuMillicores: 0, memoryMib: 1 } },
      'machineType.cpuMillicores: must be a number above 0, is 0',
    ],
    [
      {
        parts: [
          { name: 'a', kind: 'web' },
          { name: 'a', kind: 'web' },
        ],
      },
      'parts[1].name: must be unique (parts[0] has it already), is "a"',
    ],
    [
      { parts: [{ name: 'a', kind: 'web' }], connections: [{ from: 'a', to: 'b' }] },
      'connections[0].to: must be the name of a part, is "b"',
    ],
    [
      { parts: [], entries: [{ name: 'e', parts: ['x'] }] },
      'entries[0].parts[0]: must be the name of a part, is "x"',
    ],
  ])('%j', (plan, message) => {
    expect(faultsOf(plan).map((fault) => fault.message)).toEqual([message]);
  });

  test('each wrong place is one fault with its line and column', () => {
    const text =
      '{\n  "parts": [\n    { "name": "a", "kind": "web",\n      "replicas": "two" },\n    { "name": "b", "kind": 7 }\n  ]\n}';
    expect(faultsOf(text).map(({ line, column, file }) => [file, line, column])).toEqual([
      [FILE, 4, 19],
      [FILE, 5, 28],
    ]);
  });

  test('what is no JSON is told with line and column', () => {
    expect(faultsOf('{\n  "parts": [,]\n}')).toEqual([
      { message: 'not valid JSON: a value is expected here, not ","', file: FILE, line: 2, column: 13 },
    ]);
  });

  test('a hundred faults are told and the rest counted', () => {
    const connections = Array.from({ length: 150 }, () => ({ from: 'a', to: 'nobody' }));
    const faults = faultsOf({ parts: [{ name: 'a', kind: 'web' }], connections });
    expect(faults.length).toBe(101);
    expect(faults.at(-1)?.message).toBe('and 50 more');
  });

  test('a second plan is refused, not mixed in', () => {
    const text = '{"parts": []}';
    const result = readPlanJson(
      [
        { name: 'a.json', text },
        { name: 'b.json', text },
      ],
      {},
    );
    expect(result).toMatchObject({ ok: false, faults: [{ file: 'b.json' }] });
  });

  test('20,001 parts are too many', () => {
    const parts = Array.from({ length: 20_001 }, (_, index) => ({ name: `p${index}`, kind: 'web' }));
    expect(faultsOf({ parts })[0]?.message).toBe('parts: must hold at most 20000 parts, is a list of 20001');
  });
});

describe('warnings', () => {
  test('unknown keys are named and left out', () => {
    const result = read({ parts: [{ name: 'a', kind: 'web', colour: 'red' }], author: 'me' });
    expect(result.ok && Object.keys(result.plan.parts[0]!)).not.toContain('colour');
    expect(
      result.report
        .filter((note) => note.kind === 'warning')
        .map((note) => note.message)
        .sort(),
    ).toEqual(['author: no key of a plan, left out', 'parts[0].colour: no key of a plan, left out']);
  });

  test('a part that needs more than it has is read as it stands, and counts as always down', () => {
    const part = { name: 'a', kind: 'web', runs: 'managed', availability: 0.999, needed: 2 };
    const agent = { name: 'agent', kind: 'platform', perMachine: true, needed: 2 };
    const result = read({ parts: [part, agent] });
    const warnings = result.report.filter((note) => note.kind === 'warning');
    expect(warnings).toMatchObject([
      { message: 'parts[0].needed: 2 of 1 can never be up: it always counts as down', line: 8 },
    ]);
    const [entry] = billOf(planOf({ parts: [part] })).entries;
    expect(entry!.unavailability.onPaper).toBe(1);
  });

  test('a key written twice is told with its line', () => {
    const result = read('{"parts": [],\n "name": "a",\n "name": "b"}');
    expect(result.ok && result.plan.name).toBe('b');
    expect(result.report).toContainEqual({
      kind: 'warning',
      message: 'the key "name" is written twice; the last one counts',
      file: FILE,
      line: 3,
    });
  });

  test('two connections between the same parts become one, hard if either is', () => {
    const parts = [
      { name: 'a', kind: 'web' },
      { name: 'b', kind: 'web' },
    ];
    const connections = [
      { from: 'a', to: 'b', strength: 'soft' },
      { from: 'a', to: 'b', strength: 'hard' },
      { from: 'a', to: 'a' },
    ];
    const result = read({ parts, connections });
    expect(result.ok && result.plan.connections).toEqual([{ from: 'a', to: 'b', strength: 'hard' }]);
    expect(result.report.filter((note) => note.kind === 'warning').length).toBe(2);
  });
});

test('names such as __proto__ are harmless', () => {
  const plan = planOf(
    '{"parts": [{"name": "__proto__", "kind": "web", "__proto__": {"replicas": 7}}], "entries": [{"name": "e", "parts": ["__proto__"]}]}',
  );
  expect(plan.parts[0]).toMatchObject({ name: '__proto__', replicas: 1 });
  expect(Object.getPrototypeOf(plan.parts[0])).toBe(Object.prototype);
  expect(({} as { replicas?: number }).replicas).toBeUndefined();
});

test('no text and no JSON makes it throw', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      expect(typeof read(text).ok).toBe('boolean');
    }),
    // What names a method of its own cannot be made a text.
    { examples: [['[{"toString":""}]'], ['{"parts":[{"name":"a","availability":{"toString":""}}]}']] },
  );
  const word = fc.constantFrom(
    'parts',
    'name',
    'kind',
    'connections',
    'from',
    'to',
    'entries',
    'machineType',
    'x',
  );
  const scrambled = fc.letrec((tie) => ({
    value: fc.oneof(word, fc.constant(null), fc.integer(), tie('list'), tie('object')),
    list: fc.array(tie('value'), { maxLength: 3 }),
    object: fc.dictionary(word, tie('value'), { maxKeys: 5 }),
  })).object;
  fc.assert(
    fc.property(scrambled, (plan) => {
      expect(typeof read(plan).ok).toBe('boolean');
    }),
  );
});

test('2 MB of plan are read in time that grows with them alone', () => {
  const parts = Array.from({ length: 20_000 }, (_, index) => ({ name: `p${index}`, kind: 'service' }));
  const connections = parts.flatMap(({ name }, index) => [
    { from: name, to: `p${(index + 1) % parts.length}` },
    { from: name, to: `p${(index + 2) % parts.length}` },
  ]);
  const text = JSON.stringify({ parts, connections });
  expect(text.length).toBeGreaterThan(1.8e6);
  let result = read('');
  expect(processorMilliseconds(() => (result = read(text)))).toBeLessThan(NO_EXPLOSION_MS);
  expect(result.ok && result.plan.connections.length).toBe(connections.length);
});
