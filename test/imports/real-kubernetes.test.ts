import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Part, Plan } from '../../src/domain/model.js';
import { readKubernetes } from '../../src/imports/kubernetes/kubernetes.js';
import type { SourceFile } from '../../src/imports/model.js';
import { recognise } from '../../src/imports/recognise.js';
import { containersOf } from './kubernetes-manifests.js';

const INPUTS = new URL('../../../shared/data/inputs/', import.meta.url).pathname;
const isThere = existsSync(join(INPUTS, 'expected.json'));
if (!isThere)
  process.stderr.write('real-kubernetes.test.ts is skipped: the real input files are not on this machine.\n');

type Expected = {
  parts: number;
  containers: number;
  connections: number;
  arg_connections: number;
  connection_list?: string[];
  arg_connection_list?: string[];
  daemonset_containers_per_node: number;
  cronjobs?: Record<string, string>;
  memory_request_mib: number;
  cpu_request: number;
  datastores?: Record<string, string[]>;
  datastores_judged?: Record<string, string[]>;
};

/** Where this reader comes to another number: why, and to which. */
const OTHERWISE: Record<string, { because: string; ours: Partial<Expected> }> = {
  'kubernetes/podinfo-bases': {
    because:
      'three Deployments leave their replicas to an autoscaler; they are counted at its minimum (2, 1, 2), not as the 1 that is written nowhere',
    ours: { containers: 7, cpu_request: 0.7, memory_request_mib: 224 },
  },
};

const TECHNOLOGIES: Record<string, string> = {
  redis: 'Redis',
  mongo: 'MongoDB',
  mysql: 'MySQL',
  postgres: 'PostgreSQL',
  rabbitmq: 'RabbitMQ',
  documentdb: 'DocumentDB',
  cockroachdb: 'CockroachDB',
};

const expected: Record<string, Expected> = isThere
  ? JSON.parse(readFileSync(join(INPUTS, 'expected.json'), 'utf8'))
  : {};
const ids = Object.keys(expected).filter((id) => id.startsWith('kubernetes/'));

function filesOf(folder: string): SourceFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return entries
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => ({ name: relative(folder, path).split(sep).join('/'), text: readFileSync(path, 'utf8') }))
    .filter((file) => recognise(file, false).as === 'kubernetes');
}

describe.runIf(isThere)('real manifests come to the numbers that were counted independently', () => {
  it('there are such manifests', () => {
    expect(ids.length).toBeGreaterThan(9);
  });

  describe.each(ids)('%s', (id) => {
    const counted = { ...expected[id]!, ...OTHERWISE[id]?.ours };
    const result = readKubernetes(filesOf(join(INPUTS, id)), {});
    const plan: Plan | null = result.ok ? result.plan : null;
    const steady = plan?.parts.filter(({ kind }) => kind !== 'job') ?? [];
    const replicated = steady.filter(({ perMachine }) => !perMachine);
    const sum = (parts: Part[], of: (part: Part) => number) =>
      parts.reduce((total, part) => total + of(part), 0);
    const calls = (evidence: string) =>
      (plan?.connections ?? [])
        .filter((connection) => connection.evidence?.startsWith(evidence))
        .map(({ from, to }) => `${from} -> ${to}`)
        .sort();

    it(`parts and containers${OTHERWISE[id] ? ` (read differently: ${OTHERWISE[id].because})` : ''}`, () => {
      expect(result.ok).toBe(true);
      expect(steady).toHaveLength(counted.parts);
      expect(sum(replicated, containersOf)).toBe(counted.containers);
      expect(
        sum(
          steady.filter(({ perMachine }) => perMachine),
          containersOf,
        ),
      ).toBe(counted.daemonset_containers_per_node);
      const jobs = plan?.parts.filter(({ kind }) => kind === 'job').map(({ name }) => name);
      expect(jobs?.sort()).toEqual(Object.keys(counted.cronjobs ?? {}).sort());
    });

    it('what is asked for', () => {
      expect(sum(replicated, (part) => part.replicas * (part.memoryMib ?? 0))).toBeCloseTo(
        counted.memory_request_mib,
        6,
      );
      expect(sum(replicated, (part) => (part.replicas * (part.cpuMillicores ?? 0)) / 1000)).toBeCloseTo(
        counted.cpu_request,
        6,
      );
    });

    it('connections', () => {
      expect(calls('env')).toHaveLength(counted.connections);
      expect(calls('argument')).toHaveLength(counted.arg_connections);
      if (counted.connection_list) expect(calls('env')).toEqual([...counted.connection_list].sort());
      if (counted.arg_connection_list)
        expect(calls('argument')).toEqual([...counted.arg_connection_list].sort());
    });

    it('data stores', () => {
      for (const [store, parts] of Object.entries(counted.datastores_judged ?? counted.datastores ?? {})) {
        const found = steady
          .filter(({ technology }) => technology === TECHNOLOGIES[store])
          .map(({ name }) => name);
        expect(found.sort()).toEqual([...parts].sort());
      }
    });
  });
});
