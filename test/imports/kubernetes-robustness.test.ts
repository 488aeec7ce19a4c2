import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readKubernetes } from '../../src/imports/kubernetes/kubernetes.js';
import type { ImportResult } from '../../src/imports/model.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';
import { documents, read, service, workload } from './kubernetes-manifests.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** One of nearly everything that is read. */
const whole: Json[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace: 'shop',
      ownerReferences: [{ controller: true, kind: 'X', name: 'y' }],
    },
    spec: {
      replicas: 2,
      template: {
        metadata: {
          labels: { app: 'web' },
          annotations: { 'kubectl.kubernetes.io/default-container': 'web' },
        },
        spec: {
          hostNetwork: true,
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                {
                  topologyKey: 'kubernetes.io/hostname',
                  labelSelector: { matchExpressions: [{ key: 'app', operator: 'In', values: ['web'] }] },
                },
              ],
            },
          },
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'kubernetes.io/hostname',
              labelSelector: { matchLabels: { app: 'web' } },
            },
          ],
          overhead: { cpu: '10m' },
          initContainers: [{ name: 'proxy', image: 'envoy', restartPolicy: 'Always' }],
          containers: [
            {
              name: 'web',
              image: 'web:1',
              args: ['--db=$(DB_HOST):5432'],
              env: [
                { name: 'DB_HOST', value: 'db' },
                { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'a' } } },
              ],
              envFrom: [{ prefix: 'X_', configMapRef: { name: 'conf' } }],
              ports: [{ name: 'http', containerPort: 80, hostPort: 80 }],
              resources: { requests: { cpu: '100m' }, limits: { memory: '1Gi', 'nvidia.com/gpu': 1 } },
            },
          ],
        },
      },
    },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'db' },
    spec: { type: 'LoadBalancer', selector: { app: 'web' }, externalIPs: ['1.2.3.4'] },
  },
  {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'out' },
    spec: { type: 'ExternalName', externalName: 'example.com' },
  },
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'conf' }, data: { URL: 'http://out' } },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'keys' },
    data: { a: 'aHR0cDovL2Ri' },
    stringData: { b: 'x' },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'in' },
    spec: {
      defaultBackend: { service: { name: 'db' } },
      rules: [{ host: 'h', http: { paths: [{ backend: { service: { name: 'db' } } }] } }],
    },
  },
  {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: { name: 'r' },
    spec: { hostnames: ['a'], rules: [{ backendRefs: [{ name: 'db' }] }] },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web' },
    spec: { scaleTargetRef: { kind: 'Deployment', name: 'web' }, minReplicas: 2, maxReplicas: 5 },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'web' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'web' } } },
  },
  {
    kind: 'List',
    items: [
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [{ image: 'i' }] } },
    ],
  },
  {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name: 'j' },
    spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'j', image: 'j' }] } } } } },
  },
];

/** All places below a value, as paths. */
function pathsOf(value: Json, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [path];
  const keys = Array.isArray(value) ? value.map((_, i) => i) : Object.keys(value);
  return [
    path,
    ...keys.flatMap((key) => pathsOf((value as Record<string | number, Json>)[key]!, [...path, key])),
  ];
}

function withValue(value: Json, path: (string | number)[], replacement: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    string | number,
    Json
  >;
  copy[key] = withValue(copy[key] ?? null, rest, replacement);
  return copy as Json;
}

/** What every result keeps, whatever was put in. */
function expectSound(result: ImportResult): void {
  if (!result.ok) {
    expect(result.faults.length).toBeGreaterThan(0);
    for (const { message } of result.faults) expect(message).not.toMatch(/undefined|\[object/);
    return;
  }
  const names = result.plan.parts.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const part of result.plan.parts) {
    expect(Number.isInteger(part.replicas) && part.replicas >= 0).toBe(true);
    expect(part.needed >= 0 && part.needed <= Math.max(part.replicas, 0)).toBe(true);
    for (const amount of [part.cpuMillicores, part.memoryMib])
      expect(amount === null || (Number.isFinite(amount) && amount >= 0)).toBe(true);
  }
  for (const { from, to } of result.plan.connections) {
    expect(names).toContain(from);
    expect(names).toContain(to);
    expect(from).not.toBe(to);
  }
  for (const entry of result.plan.entries) for (const part of entry.parts) expect(names).toContain(part);
  for (const { message } of result.report) expect(message).not.toMatch(/undefined|\[object|NaN/);
}

const cluster = fc.constantFrom('self', 'managed', 'none', undefined);
const places = pathsOf(whole);
const odd: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json[]>(
    null,
    true,
    -1,
    0,
    1.5,
    1e300,
    '',
    '0x',
    '1e99',
    '💥',
    '__proto__',
    [],
    {},
    [null],
    [[]],
    [{}],
    { __proto__: null, a: 1 },
  ),
  fc.string(),
  fc.jsonValue() as fc.Arbitrary<Json>,
);

describe('whatever is put in', () => {
  it('the whole example is read', () => {
    const result = readKubernetes(
      [{ name: 'all.yaml', text: whole.map((each) => stringify(each)).join('---\n') }],
      { cluster: 'self' },
    );
    expect(result.ok).toBe(true);
    expectSound(result);
  });

  it('a manifest with odd values in any places gives a sound plan or a fault, never an exception', () => {
    const changes = fc.array(fc.tuple(fc.nat(places.length - 1), odd), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(changes, cluster, (changed, answer) => {
        const mutated = changed.reduce<Json>((value, [i, replacement]) => {
          try {
            return withValue(value, places[i]!, replacement);
          } catch {
            return value;
          }
        }, whole);
        const text = Array.isArray(mutated)
          ? mutated.map((each) => JSON.stringify(each)).join('\n---\n')
          : JSON.stringify(mutated);
        expectSound(readKubernetes([{ name: 'x.yaml', text }], { cluster: answer }));
      }),
      { numRuns: 400 },
    );
  });

  it('any text gives a plan or a fault', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), (text) => {
        expectSound(readKubernetes([{ name: '', text: `kind: Pod\n${text}` }], {}));
      }),
      { numRuns: 300 },
    );
  });

  it('names like __proto__ are names', () => {
    const { plan, calls } = read(
      documents(
        workload('__proto__', { container: 'env: [{ name: DB_HOST, value: constructor }]' }),
        workload('constructor'),
        service('constructor'),
        '{ apiVersion: v1, kind: toString, metadata: { name: x } }',
      ),
    );
    expect(plan.parts.map(({ name }) => name)).toEqual(['__proto__', 'constructor']);
    expect(calls).toEqual(['__proto__ -> constructor']);
  });
});

describe('2 MB are read in time that grows with them alone', () => {
  const MOST = 2 * 2 ** 20;
  const until = (make: (i: number) => string): string => {
    const texts: string[] = [];
    for (let size = 0, i = 0; size < MOST - 5_000; i += 1) {
      const text = make(i);
      texts.push(text);
      size += text.length + 5;
    }
    return texts.join('\n---\n');
  };
  const millisecondsFor = (text: string) =>
    processorMilliseconds(() =>
      expect(readKubernetes([{ name: 'big.yaml', text }], { cluster: 'self' }).ok).toBe(true),
    );

  it('an install manifest that is nearly all CustomResourceDefinitions', () => {
    const property = (i: number) =>
      `              field${i}:\n                description: Some words on what this is for.\n                type: string`;
    const definition = `apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: { name: x }\nspec:\n  schema:\n    properties:\n${Array.from({ length: 500 }, (_, i) => property(i)).join('\n')}`;
    const text = documents(
      workload('controller'),
      until(() => definition),
    );
    expect(millisecondsFor(text)).toBeLessThan(NO_EXPLOSION_MS);
  });

  it('many workloads that all share one ConfigMap', () => {
    const entries = Array.from({ length: 200 }, (_, i) => `  KEY_${i}_URL: "http://s${i}:80/"`).join('\n');
    const config = `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: conf }\ndata:\n${entries}`;
    const text = documents(
      config,
      ...Array.from({ length: 200 }, (_, i) =>
        documents(
          workload(`s${i}`, { container: 'envFrom: [{ configMapRef: { name: conf } }]' }),
          service(`s${i}`),
        ),
      ),
    );
    expect(millisecondsFor(text)).toBeLessThan(NO_EXPLOSION_MS);
  });
});
