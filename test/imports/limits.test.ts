import { describe, expect, test } from 'vitest';
import { MAX_ENTRY_PARTS } from '../../src/domain/limits.js';
import { MAX_SERVICES } from '../../src/imports/compose/budgets.js';
import { importFiles } from '../../src/imports/import.js';
import type { SourceFile } from '../../src/imports/model.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';

const numbered = (count: number, line: (i: number) => string, between = '') =>
  Array.from({ length: count }, (_, i) => line(i)).join(between);
const compose = (text: string, ...beside: SourceFile[]): SourceFile[] => [
  { name: 'compose.yaml', text },
  ...beside,
];
const env = (name: string, text: string): SourceFile => ({ name, text });
const manifests = (...texts: string[]): SourceFile[] => [{ name: 'all.yaml', text: texts.join('---\n') }];
const deployment = (i: number, labels: string, more = '') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d${i}}\nspec:\n  template:\n    metadata: {labels: {${labels}}}\n    spec: {containers: [{name: c, image: a${more}}]}\n`;
const service = (i: number, selector: string, more = '') =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: s${i}}\nspec: {selector: {${selector}}${more}}\n`;
const heir = (i: number) => `  s${i}: {extends: b}\n`;
const base = (what: string) => `services:\n  b:\n    image: x\n    ${what}\n`;

/** The only fault, of work that must not explode. */
function refusalOf(files: SourceFile[]) {
  let result = importFiles([]);
  expect(processorMilliseconds(() => (result = importFiles(files)))).toBeLessThan(NO_EXPLOSION_MS);
  if (result.ok) throw new Error('It was read.');
  expect(result.faults).toHaveLength(1);
  return result.faults[0]!;
}

describe('small files that come to much are refused while they are read', () => {
  const long = 'x'.repeat(500_000);
  const hosts = numbered(2000, (i) => `s${i}`, ',');
  const cases: [title: string, files: SourceFile[], message: RegExp][] = [
    [
      'variables that hold a long one twice, many times',
      compose(
        'services: {a: {image: x}}',
        env('.env', `B=${long}\n${numbered(1500, (i) => `V${i}=$B$B\n`)}`),
      ),
      /^The variables of these files, filled in, come to more than \d+ characters\. Leave out/,
    ],
    [
      'a long variable in what is not used',
      compose('services: {a: {image: x}}', env('.env', `B=${long}\nV=${'${A:+$B$B}'.repeat(100_000)}\n`)),
      /^The variables of these files/,
    ],
    [
      'environments laid over a large one',
      compose(
        `${base('environment:')}${numbered(2000, (i) => `      V${i}: a\n`)}${numbered(2000, (i) => `  s${i}: {extends: b, environment: {x: 1}}\n`)}`,
      ),
      /^What services take over here .* more than 500000 values\. Import fewer/,
    ],
    [
      'a large environment that many extend',
      compose(`${base('environment:')}${numbered(2000, (i) => `      V${i}: a\n`)}${numbered(2000, heir)}`),
      /all services together have more than 500000 values/,
    ],
    [
      'a long command that many extend',
      compose(`${base(`command: ${'topics '.repeat(100_000)}`)}${numbered(2000, heir)}`),
      /all services together are longer than 8000000 characters/,
    ],
    [
      'an env_file that many take',
      compose(
        `services:\n${numbered(300, (i) => `  s${i}: {image: x, env_file: big.env}\n`)}`,
        env(
          'big.env',
          numbered(3000, (i) => `V${i}=http://a${i}\n`),
        ),
      ),
      /given more than 100000 environment variables.* Leave the env_file out/,
    ],
    [
      'dependencies that many extend',
      compose(
        `${base('depends_on:')}${numbered(450, (i) => `      s${i}: {}\n`)}${numbered(450, heir)}`.replace(
          /: \{\}/g,
          ': ',
        ),
      ),
      /more than 200000 connections\. Import fewer services/,
    ],
    [
      'files that include the next one twice',
      compose(
        'include: [c0.yaml]\nservices: {a: {image: x}}',
        ...Array.from({ length: 30 }, (_, i) =>
          env(`c${i}.yaml`, `include: [c${i + 1}.yaml, c${i + 1}.yaml]\nservices: {s${i}: {image: x}}`),
        ),
      ),
      /^These files include each other more than 1000 times/,
    ],
    [
      'more services than a Compose file may have',
      compose(`services:\n${numbered(MAX_SERVICES + 1, (i) => `  s${i}: {image: a}\n`)}`),
      /^With this service there are more than 4500 of them/,
    ],
    [
      'open Services that each lead to all workloads',
      manifests(
        ...Array.from({ length: 700 }, (_, i) => deployment(i, 'x: y')),
        ...Array.from({ length: 700 }, (_, i) => service(i, 'x: y', ', type: NodePort')),
      ),
      new RegExp(`^The ways in, this one among them, lead to more than ${MAX_ENTRY_PARTS} workloads`),
    ],
    [
      'Services that all fit all workloads, each in its own words',
      manifests(
        ...Array.from({ length: 800 }, (_, i) => deployment(i, `x: y, z${i}: w`)),
        ...Array.from({ length: 800 }, (_, i) =>
          service(i, 'x: y', `, n: ${i}`).replace('}\nspec', `, namespace: n${i}}\nspec`),
        ),
      ),
      /^The selectors of these Services fit more than 500000 workloads/,
    ],
    [
      'a list of all hosts that every workload is given',
      manifests(
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {HOSTS: "${hosts}"}\n`,
        ...Array.from({ length: 1000 }, (_, i) =>
          deployment(i, `app: d${i}`, ', envFrom: [{configMapRef: {name: m}}]'),
        ),
      ),
      /the variables name more than 300000 hosts/,
    ],
    [
      'budgets for each of many workloads',
      manifests(
        ...Array.from({ length: 750 }, (_, i) => deployment(i, 'x: y')),
        ...Array.from(
          { length: 750 },
          (_, i) =>
            `{kind: PodDisruptionBudget, apiVersion: policy/v1, metadata: {name: b${i}}, spec: {minAvailable: 5, selector: {matchLabels: {x: y, a: b, c: d, e: f}}}}\n`,
        ),
      ),
      /^750 workloads with 750 PodDisruptionBudgets .* Import fewer objects/,
    ],
    [
      'many files, each of nearly as many words as one may have',
      Array.from({ length: 20 }, (_, i) => env(`f${i}.yaml`, `x-a: [${'a,'.repeat(60_000)}]\n`)),
      /^With this file there are more than 200000 words and signs of YAML in all.* Import fewer files/,
    ],
    [
      'many files of nearly as many documents as one may have',
      Array.from({ length: 50 }, (_, i) => env(`f${i}.yaml`, '--- a\n'.repeat(9900))),
      /^With this file there are more than 20000 YAML documents in all/,
    ],
  ];
  test.each(cases)('%s', (_, files, message) => {
    expect(refusalOf(files)).toMatchObject({
      message: expect.stringMatching(message),
      file: expect.stringMatching(/./),
    });
  });

  test('a name that thousands of namespaces have is found in each without a look at the others', () => {
    const files = manifests(
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata: {HOSTS: "${numbered(2000, (i) => `a.n${i}`, ',')}"}\n`,
      ...Array.from({ length: 99 }, (_, i) =>
        deployment(i, 'x: y', ', envFrom: [{configMapRef: {name: m}}]'),
      ),
      ...Array.from({ length: 2000 }, (_, i) =>
        service(i, 'q: z').replace(`{name: s${i}}`, `{name: a, namespace: n${i}}`),
      ),
    );
    let result = importFiles([]);
    expect(processorMilliseconds(() => (result = importFiles(files)))).toBeLessThan(NO_EXPLOSION_MS);
    expect(result.ok).toBe(true);
  });

  test('2 MB of manifests are read where schemas and dashboards fill them, and not where words do', () => {
    const schema = numbered(4000, (i) => `      f${i}: {type: string, description: what it is}\n`);
    const definition = `kind: CustomResourceDefinition\nmetadata: {name: x}\nspec:\n${schema}`;
    const board = numbered(6000, (i) => `    {"panel": ${i}, "title": ["a", "b", "c"]},\n`);
    const boards = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:\n  b.json: |\n${board}`;
    const texts = [
      ...Array.from({ length: 5 }, () => definition),
      ...Array.from({ length: 3 }, () => boards),
    ];
    const files = manifests(...texts, deployment(1, 'x: y'));
    expect(files[0]!.text.length).toBeGreaterThan(1.5e6);
    expect(importFiles(files)).toMatchObject({ ok: true, plan: { parts: [{ name: 'd1' }] } });
    const words = manifests(numbered(9000, (i) => deployment(i, 'x: y'), '---\n'));
    expect(refusalOf(words).message).toMatch(
      /^This file has more than 170000 words and signs .* Split it\.$/,
    );
  });

  test('Services with one selector, in any number, are held against the workloads once', () => {
    const files = manifests(
      ...Array.from({ length: 1000 }, (_, i) => deployment(i, 'x: y')),
      ...Array.from({ length: 1000 }, (_, i) => service(i, 'x: y')),
    );
    expect(importFiles(files).ok).toBe(true);
  });
});

describe('what a plan cannot hold is refused, whatever format it comes in', () => {
  const plan = (more: object) => [
    { name: 'plan.json', text: JSON.stringify({ parts: [{ name: 'a', kind: 'web' }], ...more }) },
  ];

  test.each([
    ['a processor', '{cpu: 999999999999}', 'cpu'],
    ['a processor in exa', '{cpu: 1e99E}', 'cpu'],
    ['a memory', '{memory: 1e60}', 'memory'],
  ])('%s beyond any machine', (_, requests, resource) => {
    const files = manifests(deployment(1, 'x: y', `, resources: {requests: ${requests}}`));
    expect(refusalOf(files)).toMatchObject({
      message: expect.stringMatching(
        `requests\\.${resource} must be a quantity .* no more than any machine has`,
      ),
      file: 'all.yaml',
      line: 7,
    });
  });

  test('containers that are beyond any machine together', () => {
    const big = 'resources: {requests: {cpu: 900000}}';
    const files = manifests(deployment(1, 'x: y', `, ${big}}, {name: e, image: b, ${big}`));
    expect(refusalOf(files).message).toMatch(/^The part “d1” asks for 1800000000 thousandths of a processor/);
  });

  test.each([
    [
      'a namespace',
      manifests(deployment(1, 'x: y').replace('{name: d1}', `{name: d1, namespace: ${'n'.repeat(5000)}}`)),
    ],
    ['the name of a Compose project', compose(`name: ${'n'.repeat(5000)}\nservices: {a: {image: x}}`)],
    [
      'the name of an entry',
      manifests(
        deployment(1, 'x: y'),
        `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [{host: ${'h'.repeat(300)}, http: {paths: [{backend: {service: {name: s1}}}]}}]}\n`,
        service(1, 'x: y'),
      ),
    ],
  ])('%s of thousands of letters', (_, files) => {
    expect(refusalOf(files).message).toMatch(
      /^The name of the (?:plan|entry) .* more than the 200 that are kept\. Shorten it\.$/,
    );
  });

  test('a technology longer than the form takes', () => {
    const parts = [{ name: 'a', kind: 'web', technology: 't'.repeat(101) }];
    expect(refusalOf(plan({ parts })).message).toContain(
      'parts[0].technology: must be at most 100 characters',
    );
  });

  test('entries that call more parts than a plan keeps', () => {
    const entries = Array.from({ length: 1000 }, (_, i) => ({ name: `e${i}`, parts: [] as string[] }));
    const parts = Array.from({ length: 250 }, (_, i) => ({ name: `${i}`, kind: 'web' }));
    for (const entry of entries) entry.parts = parts.map(({ name }) => name);
    expect(refusalOf(plan({ parts, entries })).message).toMatch(
      /^These are 250000 parts called by all entries together; one plan holds at most 200000/,
    );
  });

  test('a few hundred entries over thousands of parts', () => {
    const named = (count: number) => Array.from({ length: count }, (_, i) => `${i}`);
    const entries = named(500).map((name) => ({ name, parts: [name] }));
    const withParts = (count: number) =>
      plan({ entries, parts: named(count).map((name) => ({ name, kind: 'web' })) });
    expect(importFiles(withParts(500)).ok).toBe(true);
    expect(refusalOf(withParts(501)).message).toMatch(
      /^These are 500 entries over 501 parts\. .* times parts may be at most 250000: import fewer parts/,
    );
  });

  test('more ways in than a plan has entries', () => {
    const host = (i: number) => `{host: h${i}.example, http: {paths: [{backend: {service: {name: s1}}}]}}`;
    const rules = numbered(1001, host, ', ');
    const ingress = `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: i}\nspec: {rules: [${rules}]}\n`;
    expect(refusalOf(manifests(deployment(1, 'x: y'), service(1, 'x: y'), ingress)).message).toMatch(
      /^These are 1001 entries; one plan holds at most 1000/,
    );
  });
});

describe('what a few kilobytes repeat by aliases is counted as if it were written out', () => {
  const each = (n: number, of: (i: number) => string) => numbered(n, of, ', ');
  const again = (n: number, name: string) => each(n, () => `*${name}`);
  const pod = (container: string) =>
    `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [${container}]}\n`;
  const config = (kind: string, data: string) =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: {name: c}\ndata: {${data}}\n`;
  const route = (hosts: string, backends: string) =>
    `apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: {name: r}\nspec: {hostnames: [${hosts}], rules: [{backendRefs: [${backends}]}]}\n`;

  test.each([
    [
      'hosts of a route, with backends each',
      manifests(
        route(
          each(4000, () => 'a'),
          `&b {name: x}, ${again(4000, 'b')}`,
        ),
      ),
      /The ways in, this one among them/,
    ],
    [
      'a long argument, over and over',
      manifests(pod(`{name: a, image: x, args: [&s "${'ab '.repeat(30_000)}", ${again(3000, 's')}]}`)),
      /letters that aliases/,
    ],
    [
      'a value of a Secret',
      manifests(config('Secret', `z: &s "${'QUJD'.repeat(60_000)}", ${each(1600, (i) => `k${i}: *s`)}`)),
      /letters that aliases/,
    ],
    [
      'a long image of many pods',
      manifests(
        `apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: z}, spec: &a {containers: [{image: "${'ab-'.repeat(20_000)}"}]}}, ${each(2000, (i) => `{metadata: {name: a${i}}, spec: *a}`)}]\n`,
      ),
      /letters that aliases/,
    ],
    [
      'a long key',
      manifests(
        `apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: z}, spec: &a {containers: [{image: x, resources: {requests: {? "${'a'.repeat(400_000)}" : 1}}}]}}, ${each(2000, (i) => `{metadata: {name: a${i}}, spec: *a}`)}]\n`,
      ),
      /letters that aliases/,
    ],
    [
      'a command of heroku.yml',
      [
        {
          name: 'heroku.yml',
          text: `build: {docker: {web: Dockerfile}}\nrun: {web: &c "${'a && '.repeat(20_000)}", ${each(900, (i) => `w${i}: *c`)}}\n`,
        },
      ],
      /letters that aliases/,
    ],
    [
      'entries of a ConfigMap, taken under many prefixes',
      manifests(
        config(
          'ConfigMap',
          each(2000, (i) => `k${i}: v`),
        ),
        pod(
          `{name: a, image: x, envFrom: [${each(2000, (i) => `{prefix: p${i}, configMapRef: {name: c}}`)}]}`,
        ),
      ),
      /more than 300000 variables/,
    ],
    [
      'a budget of many labels, for many pods',
      manifests(
        `apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: b}\nspec: {maxUnavailable: 1, selector: {matchLabels: {${each(9000, (i) => `l${i}: v`)}}}}\n`,
        `apiVersion: v1\nkind: PodList\nitems: [{metadata: {name: z}, spec: &a {containers: [{image: x}]}}, ${each(3000, (i) => `{metadata: {name: a${i}}, spec: *a}`)}]\n`,
      ),
      /PodDisruptionBudgets to hold each against/,
    ],
    [
      'lines of a quoted text that stand no further in than its key, each a line to read it all again',
      manifests(
        `x-a: "${'y'.repeat(1_000_000)}"\nservices:\n  a:\n    image: x\nx-b:\n${' '.repeat(1002)}A: "l\n${numbered(1000, (i) => `${' '.repeat(i + 1)}k: |\n`)}${' '.repeat(1003)}"\n`,
      ),
      /too often for a file of this size/,
    ],
  ])('%s', (_what, files, message) => {
    expect(refusalOf(files).message).toMatch(message);
  });

  test.each([
    [
      'a source of variables that is named over and over is taken once',
      manifests(
        config(
          'ConfigMap',
          each(3000, (i) => `k${i}: v`),
        ),
        pod(`{name: a, image: x, envFrom: [&e {configMapRef: {name: c}}, ${again(3000, 'e')}]}`),
      ),
    ],
    [
      'a Service of many labels that a route names over and over is looked for once',
      manifests(
        `apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: 1}], selector: {${each(12_000, (i) => `l${i}: v`)}}}\n`,
        pod('{name: a, image: x}'),
        route(
          each(150, () => 'a'),
          `&b {name: x}, ${again(150, 'b')}`,
        ),
      ),
    ],
    [
      'variables in variables’ places',
      manifests(
        pod(
          `{name: a, image: x, env: [{name: A, value: ${'v'.repeat(9990)}}], args: ["${'$(A)'.repeat(100_000)}", &s "${'$(A)'.repeat(800)}", ${again(1000, 's')}]}`,
        ),
      ),
    ],
    [
      'parameters in parameters’ places',
      manifests(
        `apiVersion: v1\nkind: Template\nmetadata: {name: t}\nparameters: [{name: A, value: ${'v'.repeat(10_000)}}]\nobjects: [{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: x, args: ["${'${A}'.repeat(100_000)}"]}]}}]\n`,
      ),
    ],
  ])('%s', (_what, files) => {
    let result = importFiles([]);
    expect(processorMilliseconds(() => (result = importFiles(files)))).toBeLessThan(NO_EXPLOSION_MS);
    expect(result.ok ? [] : result.faults).toEqual([]);
  });

  test('pieces of Kubernetes of one role by the thousand, in a cluster that one runs oneself', () => {
    const pods = (name: string, image: string) =>
      `{metadata: {name: ${name}, namespace: kube-system}, spec: &${name} {containers: [{image: ${image}}]}}, ${each(2000, (i) => `{metadata: {name: ${name}${i}, namespace: kube-system}, spec: *${name}}`)}`;
    const files = manifests(
      `apiVersion: v1\nkind: PodList\nitems: [${pods('api', 'kube-apiserver')}, ${pods('etcd', 'etcd')}]\n`,
    );
    let result = importFiles([]);
    const work = () => (result = importFiles(files, { cluster: 'self' }));
    expect(processorMilliseconds(work)).toBeLessThan(NO_EXPLOSION_MS);
    expect(result).toMatchObject({
      ok: false,
      faults: [{ message: expect.stringMatching(/^Here the connections become more than/) }],
    });
  });
});

describe('no letter is looked at more often than the file is long', () => {
  test('comments with the line ends of another system, in a file with a slip', () => {
    const lines = '#\r\n'.repeat(60);
    expect(refusalOf(compose(`[\n#\r\na: b\n${lines}`)).line).toBeGreaterThan(0);
  });

  test('a command with hundreds of thousands of blanks within', () => {
    const blanks = '\\t'.repeat(400_000);
    const files = compose(`services:\n  a:\n    image: nginx\n    command: "x${blanks}\\0${blanks}"\n`);
    let result = importFiles([]);
    expect(processorMilliseconds(() => (result = importFiles(files)))).toBeLessThan(NO_EXPLOSION_MS);
    expect(result.ok).toBe(true);
  });
});

test('blanks around the names of a plan are dropped wherever the names stand', () => {
  const text = JSON.stringify({
    parts: [
      { name: ' a', kind: 'web', technology: ' Go ' },
      { name: 'b ', kind: 'database' },
    ],
    connections: [{ from: 'a', to: ' b' }],
    entries: [{ name: ' shop ', parts: [' a '] }],
    extraCosts: [{ label: ' disks ' }],
  });
  const result = importFiles([{ name: 'plan.json', text }]);
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  expect(result.plan).toMatchObject({
    parts: [{ name: 'a', technology: 'Go' }, { name: 'b' }],
    connections: [{ from: 'a', to: 'b' }],
    entries: [{ name: 'shop', parts: ['a'] }],
    extraCosts: [{ label: 'disks' }],
  });
});
