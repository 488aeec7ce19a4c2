import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../src/domain/model.js';
import { importFiles } from '../../src/imports/import.js';
import type { Note, SourceFile } from '../../src/imports/model.js';
import { isStoreKind } from '../../src/imports/reading/technology.js';

type Expected = {
  parts: number;
  containers: number;
  connections: number;
  env_connections: number;
  connections_union: number;
  connection_list?: string[];
  env_connection_list?: string[];
  datastores?: Record<string, string[]>;
  datastores_judged?: Record<string, string[]>;
  memory_request_mib: number;
  memory_limit_mib: number;
  cpu_request: number;
  cpu_limit: number;
  profiled?: Record<string, string[]>;
  oneshot?: string[];
  replicas_not_1?: Record<string, number>;
  named_volumes?: string[];
  unset_variables?: string[];
  build_only?: string[];
};

const INPUTS = new URL('../../../shared/data/inputs/', import.meta.url).pathname;
const isThere = existsSync(join(INPUTS, 'expected.json'));
const whySkipped = isThere ? '' : ' (skipped: the real input files are not on this machine)';

const expected: Record<string, Expected> = isThere
  ? JSON.parse(readFileSync(join(INPUTS, 'expected.json'), 'utf8'))
  : {};
const idsIn = (folder: string) => Object.keys(expected).filter((id) => id.startsWith(`${folder}/`));

/** Where this reader comes to other numbers than the independent count: why, and to which. None so far. */
const OTHERWISE: Record<string, { because: string; ours: Partial<Expected> }> = {};

/** Stores under the name of the protocol they speak, as the count has them. */
const STORES: Record<string, string> = { PostgreSQL: 'postgres', MongoDB: 'mongo', Redpanda: 'kafka' };

function filesIn(id: string): SourceFile[] {
  const folder = join(INPUTS, id);
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: relative(folder, path), text: readFileSync(path, 'utf8') }));
}

function read(id: string): { plan: Plan; report: Note[] } {
  const result = importFiles(filesIn(id), {});
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  expect(result.format).toBe('compose');
  return result;
}

function stores(plan: Plan): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const { kind, technology, name } of plan.parts) {
    if (!isStoreKind(kind)) continue;
    const store = STORES[technology ?? ''] ?? technology?.toLowerCase() ?? '';
    found[store] = [...(found[store] ?? []), name].sort();
  }
  return found;
}

const sorted = (lists: Record<string, string[]> = {}) =>
  Object.fromEntries(Object.entries(lists).map(([key, names]) => [key, [...names].sort()]));

const sum = (numbers: (number | null)[]) =>
  numbers.reduce<number>((total, number) => total + (number ?? 0), 0);

describe.skipIf(!isThere)(`real Compose files${whySkipped}`, () => {
  test.each(idsIn('compose'))('%s', (id) => {
    const want = { ...expected[id]!, ...OTHERWISE[id]?.ours };
    const { plan, report } = read(id);
    const pairs = plan.connections.map(({ from, to }) => `${from} -> ${to}`);
    const stated = plan.connections.filter(({ origin }) => origin === 'stated');
    const byVariable = plan.connections.filter(({ evidence }) => /\benv /.test(evidence ?? ''));

    expect(plan.parts).toHaveLength(want.parts);
    expect(sum(plan.parts.map(({ replicas }) => replicas))).toBe(want.containers);
    expect(stated).toHaveLength(want.connections);
    expect(byVariable).toHaveLength(want.env_connections);
    expect(plan.connections).toHaveLength(want.connections_union);
    expect(pairs).toEqual(
      expect.arrayContaining([...(want.connection_list ?? []), ...(want.env_connection_list ?? [])]),
    );
    expect(stores(plan)).toEqual(sorted(want.datastores_judged ?? want.datastores));
    // What is not reserved is taken from the limit.
    const memoryMib = sum(plan.parts.map((part) => part.replicas * (part.memoryMib ?? 0)));
    expect(memoryMib).toBeCloseTo(want.memory_request_mib || want.memory_limit_mib, 1);
    const cpus = sum(plan.parts.map((part) => part.replicas * (part.cpuMillicores ?? 0))) / 1000;
    expect(cpus).toBeCloseTo(want.cpu_request || want.cpu_limit, 3);

    const jobs = plan.parts.filter(({ kind }) => kind === 'job').map(({ name }) => name);
    expect(jobs).toEqual(want.oneshot ?? []);
    for (const [name, replicas] of Object.entries(want.replicas_not_1 ?? {}))
      expect(plan.parts.find((part) => part.name === name)).toMatchObject({
        replicas,
        needed: Math.min(1, replicas),
      });
    const told = (start: string) => report.find(({ message }) => message.startsWith(start))?.message ?? '';
    for (const name of Object.keys(want.profiled ?? {})) expect(told('Not started')).toContain(`${name} (`);
    for (const name of want.unset_variables ?? []) expect(told('Variables without a value')).toContain(name);
    for (const name of want.named_volumes ?? [])
      expect(told('Not counted, being no parts: volumes')).toContain(name);
    for (const name of want.build_only ?? []) expect(told('Built from source')).toContain(name);
  });

  test('every connection and entry names a part, every note but the first has its line', () => {
    for (const id of idsIn('compose')) {
      const { plan, report } = read(id);
      const names = new Set(plan.parts.map(({ name }) => name));
      expect(names.size).toBe(plan.parts.length);
      for (const { from, to } of plan.connections)
        expect([names.has(from), names.has(to)]).toEqual([true, true]);
      for (const { parts } of plan.entries) expect(parts.every((part) => names.has(part))).toBe(true);
      for (const note of report.slice(1))
        if (!note.message.startsWith('Variables were taken'))
          expect(note).toHaveProperty('line', expect.any(Number));
    }
  });

  test('without its .env no part of a deployment behind profiles starts, and the report says why', () => {
    const result = importFiles(
      filesIn('compose/calm-hub').filter(({ name }) => name !== '.env'),
      {},
    );
    expect(result).toMatchObject({ ok: true, plan: { parts: [] } });
    expect(result.report.map(({ message }) => message).join('\n')).toMatch(
      /No service starts without a profile[\s\S]*mongodb \(jvm, native\)/,
    );
  });

  const refusals: [id: string, message: RegExp, file: string][] = [
    ['negative/helm-template', /Helm template .*helm template NAME/, 'templates/cart-deployment.yaml'],
    ['negative/expo-app-json', /Expo app/, 'app.json'],
    ['negative/otel-compose-extras', /empty but for comments/, 'compose.extras.yaml'],
  ];

  test.each(refusals)('%s is refused', (id, message, file) => {
    expect(idsIn('negative').sort()).toEqual(refusals.map(([each]) => each).sort());
    const result = importFiles(filesIn(id), {});
    if (result.ok) throw new Error('it was read');
    expect(result.faults[0]).toMatchObject({
      message: expect.stringMatching(message),
      file,
      line: expect.any(Number),
    });
  });

  test('catalogues, decisions and radars are told from what runs', () => {
    for (const folder of ['adr', 'backstage', 'radar'])
      for (const id of idsIn(folder)) expect(importFiles(filesIn(id), {}), id).toMatchObject({ ok: false });
  });

  test.each(['heroku', 'kubernetes'])('%s is recognised as such', (format) => {
    for (const id of idsIn(format))
      expect(importFiles(filesIn(id), {}), id).toMatchObject({ ok: true, format });
  });
});
