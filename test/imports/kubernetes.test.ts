import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readKubernetes } from '../../src/imports/kubernetes/kubernetes.js';
import { containersOf, documents, faultsOf, read, service, workload } from './kubernetes-manifests.js';

const golden = JSON.parse(readFileSync(new URL('../domain/golden.json', import.meta.url), 'utf8'));
const counting: { input: string; containers: number }[] = golden.vectors.counting;

const hpa = (name: string, spec: string) => `
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata: { name: ${name} }
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: ${name} }
  ${spec}`;

const init = (restartPolicy: string) => `
initContainers:
  - name: first
    image: example.com/first:1
    ${restartPolicy}`;

/** The rows of the shared vectors that speak of Kubernetes, as manifests. A DaemonSet's row is for 8 machines. */
const ROWS: Record<string, string> = {
  'Deployment without spec.replicas, 1 container': workload('a'),
  'Deployment replicas 3, 1 container + 1 init container': workload('a', {
    spec: 'replicas: 3',
    pod: init(''),
  }),
  'Deployment replicas 3, 1 container + 1 init container with restartPolicy Always': workload('a', {
    spec: 'replicas: 3',
    pod: init('restartPolicy: Always'),
  }),
  'Deployment replicas 2 + HPA minReplicas 4 maxReplicas 10': documents(
    workload('a', { spec: 'replicas: 2' }),
    hpa('a', 'minReplicas: 4\n  maxReplicas: 10'),
  ),
  'Deployment replicas 0': workload('a', { spec: 'replicas: 0' }),
  'DaemonSet, 1 container, 8 eligible nodes': workload('a', { kind: 'DaemonSet' }),
  'StatefulSet without replicas': workload('a', { kind: 'StatefulSet' }),
  'Job completions 5 parallelism 2': workload('a', {
    kind: 'Job',
    apiVersion: 'batch/v1',
    spec: 'completions: 5\nparallelism: 2',
  }),
  CronJob: `
apiVersion: batch/v1
kind: CronJob
metadata: { name: a }
spec:
  schedule: "0 0 * * *"
  jobTemplate:
    spec:
      template:
        spec: { containers: [{ name: a, image: example.com/a }] }`,
};

describe('how many containers run', () => {
  it.each(Object.keys(ROWS))('%s', (input) => {
    const row = counting.find((each) => each.input === input);
    const part = read(ROWS[input]!).part('a');
    const machines = part.perMachine ? 8 : 1;
    expect(containersOf(part) * machines).toBe(row?.containers);
  });

  it('an autoscaler without a minimum keeps one', () => {
    const { part, told } = read(
      documents(workload('web', { spec: 'replicas: 5' }), hpa('web', 'maxReplicas: 7')),
    );
    expect(part('web').replicas).toBe(1);
    expect(told).toContain("1 of 1..7 replicas, the autoscaler's minimum");
  });

  it('replicas 0 switches a workload off, and its autoscaler with it', () => {
    const { part } = read(documents(workload('web', { spec: 'replicas: 0' }), hpa('web', 'minReplicas: 3')));
    expect(part('web')).toMatchObject({ replicas: 0, needed: 0 });
  });

  it('an autoscaler of something that is not there is told', () => {
    const { part, told } = read(documents(workload('web'), hpa('api', 'minReplicas: 3')));
    expect(part('web').replicas).toBe(1);
    expect(told).toContain('api: an autoscaler of something that is not in the files');
  });

  it('jobs are parts that run 0 times, and say so', () => {
    const { part, told } = read(ROWS.CronJob!);
    expect(part('a')).toMatchObject({ kind: 'job', replicas: 0, needed: 0 });
    expect(told).toContain('CronJob a: runs and ends');
  });

  it('the pods of helm test do not run', () => {
    const pod = `{ apiVersion: v1, kind: Pod, metadata: { name: t, annotations: { helm.sh/hook: "test-success" } }, spec: { containers: [{ name: t, image: busybox }] } }`;
    expect(read(pod).part('t')).toMatchObject({ kind: 'job', replicas: 0 });
  });
});

describe('which objects are parts', () => {
  it('reads every workload, whatever version of the API it was written for', () => {
    const { plan } = read(
      documents(
        workload('old', { apiVersion: 'extensions/v1beta1' }),
        workload('set', { kind: 'ReplicaSet' }),
        workload('control', { kind: 'ReplicationController', apiVersion: 'v1' }),
        workload('canary', { kind: 'Rollout', apiVersion: 'argoproj.io/v1alpha1' }),
        workload('config', { kind: 'DeploymentConfig', apiVersion: 'apps.openshift.io/v1' }),
      ),
    );
    expect(plan.parts.map(({ name }) => name)).toEqual(['old', 'set', 'control', 'canary', 'config']);
  });

  it('counts an export of a Deployment with its ReplicaSet and Pods once', () => {
    const owned = (kind: string, apiVersion: string, name: string, owner: string, ownerKind: string) =>
      workload(name, {
        kind,
        apiVersion,
        metadata: `ownerReferences: [{ controller: true, kind: ${ownerKind}, name: ${owner} }]`,
      });
    const items = [
      workload('web', { spec: 'replicas: 2' }),
      owned('ReplicaSet', 'apps/v1', 'web-1', 'web', 'Deployment'),
      owned('Job', 'batch/v1', 'nightly-1', 'nightly', 'CronJob'),
      ROWS.CronJob!.replace('name: a }', 'name: nightly }'),
    ].map((text) => `- ${text.trim().replaceAll('\n', '\n  ')}`);
    const pod = (name: string, owner: string) =>
      `- { apiVersion: v1, kind: Pod, metadata: { name: ${name}, ownerReferences: [${owner}] }, spec: { containers: [{ name: c, image: i }] } }`;
    items.push(pod('web-1-x', '{ controller: true, kind: ReplicaSet, name: web-1 }'));
    items.push(pod('kube-apiserver-m1', '{ controller: true, kind: Node, name: m1 }'));
    items.push(pod('watched', '{ kind: ReplicaSet, name: web-1 }'));
    const { plan, told } = read(`apiVersion: v1\nkind: List\nitems:\n${items.join('\n')}`);
    expect(plan.parts.map(({ name }) => name)).toEqual(['web', 'nightly', 'kube-apiserver-m1', 'watched']);
    expect(told).toContain('ReplicaSet web-1, Job nightly-1, Pod web-1-x: made by a controller');
  });

  it('counts pods whose controller is missing, and says so', () => {
    const { plan, report } = read(
      'apiVersion: v1\nkind: PodList\nitems:\n- metadata: { name: web-1-x, ownerReferences: [{ controller: true, kind: ReplicaSet, name: web-1 }] }\n  spec: { containers: [{ name: c, image: i }] }',
    );
    expect(plan.parts).toHaveLength(1);
    expect(report).toContainEqual(
      expect.objectContaining({
        kind: 'warning',
        line: 4,
        message: expect.stringContaining('not in the files'),
      }),
    );
  });

  it('leaves out what is no part, by kind', () => {
    const { plan, told } = read(
      documents(
        workload('web'),
        '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: a } }',
        '{ apiVersion: v1, kind: ServiceAccount, metadata: { name: b } }',
        '{ apiVersion: kafka.strimzi.io/v1, kind: Kafka, metadata: { name: k }, spec: { replicas: 3 } }',
        '{ apiVersion: serving.knative.dev/v1, kind: Service, metadata: { name: s }, spec: {} }',
      ),
    );
    expect(plan.parts.map(({ name }) => name)).toEqual(['web']);
    expect(told).toContain('2 ServiceAccount: no part runs by these');
    expect(told).toContain('1 Kafka, 1 Service: unknown here');
  });

  it('recognises the patches and the file of a kustomization, and applies neither', () => {
    const patch = '{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { replicas: 9 } }';
    const { part, told } = read(
      documents(
        workload('web', { spec: 'replicas: 2' }),
        patch,
        '{ apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, replicas: [{ name: web, count: 9 }], images: [] }',
      ),
    );
    expect(part('web').replicas).toBe(2);
    expect(told).toContain('1 object without an image, ports or target (Deployment web)');
    expect(told).toContain('(replicas, images)');
  });

  it('leaves out what a kustomization names as a patch, though it looks whole', () => {
    const patch = workload('web', { image: 'example.com/web:2', spec: 'replicas: 9' });
    const files = [
      { name: 'shop/base/web.yaml', text: workload('web', { spec: 'replicas: 2' }) },
      { name: 'shop/prod/web.yaml', text: patch },
      { name: 'shop/prod/logs.yaml', text: 'spec: { template: {} }' },
      {
        name: 'shop/prod/kustomization.yaml',
        text: 'resources: [../base]\npatches:\n  - path: ./web.yaml\n  - patch: "- op: remove"\npatchesStrategicMerge: [logs.yaml]',
      },
    ];
    const result = readKubernetes(files, {});
    expect(result.ok && result.plan.parts.map(({ name, replicas }) => [name, replicas])).toEqual([
      ['web', 2],
    ]);
    expect(result.report.map(({ message }) => message).join('\n')).toContain(
      '2 files that a kustomization names as patches (shop/prod/web.yaml, shop/prod/logs.yaml)',
    );
  });

  it('says what to do where there is nothing but a kustomization or a patch', () => {
    const [kustomization] = faultsOf('{ kind: Kustomization, apiVersion: kustomize.config.k8s.io/v1beta1 }');
    expect(kustomization?.message).toMatch(/^Nothing is left to count here.*run "kubectl kustomize \."/);
    const [patch] = faultsOf(
      '# why\n{ apiVersion: apps/v1, kind: Deployment, metadata: { name: web }, spec: { replicas: 9 } }',
    );
    expect(patch).toMatchObject({
      line: 2,
      message: expect.stringContaining('patches, as kustomize has them'),
    });
  });

  it('takes the later of two objects of one name, and says so', () => {
    const { plan, report } = read(documents(workload('web'), workload('web', { spec: 'replicas: 3' })));
    expect(plan.parts.map(({ name, replicas }) => [name, replicas])).toEqual([['web', 3]]);
    expect(report).toContainEqual(
      expect.objectContaining({
        kind: 'warning',
        message: 'Deployment web stands twice (first in line 1); the later one was taken.',
      }),
    );
  });

  it('keeps equal names apart: by namespace, then by kind', () => {
    const { plan } = read(
      documents(
        workload('db', { namespace: 'shop' }),
        workload('db', { namespace: 'bank' }),
        workload('db', { namespace: 'bank', kind: 'StatefulSet' }),
        workload('cache'),
        workload('cache', { kind: 'StatefulSet' }),
      ),
    );
    expect(plan.parts.map(({ name }) => name)).toEqual([
      'db.shop',
      'db.bank (Deployment)',
      'db.bank (StatefulSet)',
      'cache (Deployment)',
      'cache (StatefulSet)',
    ]);
  });
});

describe('what a pod asks for', () => {
  const sizes = (requests: string, more = '') => `resources:\n  requests: { ${requests} }\n${more}`;

  it('adds its containers and sidecars, and lets a larger init container win', () => {
    const pod = `
initContainers:
  - { name: proxy, image: p, restartPolicy: Always, resources: { requests: { cpu: 100m, memory: 64Mi } } }
  - { name: migrate, image: m, resources: { requests: { cpu: 2, memory: 32Mi } } }
overhead: { memory: 10Mi }`;
    const part = read(workload('web', { pod, container: sizes('cpu: 0.25, memory: 128Mi') })).part('web');
    expect(part).toMatchObject({ cpuMillicores: 2100, memoryMib: 202, containersPerReplica: 2 });
  });

  it('takes the limit where no request is written, and tells it', () => {
    const { part, told } = read(
      workload('web', {
        container: 'resources: { limits: { cpu: 1, memory: 1Gi }, requests: { cpu: 500m } }',
      }),
    );
    expect(part('web')).toMatchObject({ cpuMillicores: 500, memoryMib: 1024 });
    expect(told).toContain('web: the limit was taken');
  });

  it('leaves unknown what nobody wrote, and names it', () => {
    const { part, told } = read(workload('web'));
    expect(part('web')).toMatchObject({ cpuMillicores: null, memoryMib: null });
    expect(part('web').containersPerReplica).toBeUndefined();
    expect(told).toContain('web: no cpu and no memory is asked for: unknown');
  });

  it('names the container that asks for nothing beside others, and a GPU', () => {
    const pod = 'initContainers: [{ name: logs, image: l, restartPolicy: Always }]';
    const { told } = read(
      workload('web', { pod, container: sizes('cpu: 1, memory: 1Gi, nvidia.com/gpu: 1') }),
    );
    expect(told).toContain('web: no cpu request for logs, taken as 0');
    expect(told).toContain('web: asks for more than cpu and memory');
  });
});

describe('machines of their own', () => {
  const apart = (rule: string, label = 'web') => `
affinity:
  podAntiAffinity:
    ${rule}DuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector: { matchExpressions: [{ key: app, operator: In, values: [${label}] }] }`;
  const level = (how: string) =>
    `topologySpreadConstraints: [{ maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: ${how}, labelSelector: { matchLabels: { app: web } } }]`;
  const isSpread = (pod: string, container = '') =>
    read(workload('web', { spec: 'replicas: 2', pod, container })).part('web').spread;

  it('are for replicas that must not meet', () => {
    expect(isSpread(apart('required'))).toBe(true);
    expect(isSpread(level('DoNotSchedule'))).toBe(true);
    expect(isSpread('', 'ports: [{ containerPort: 80, hostPort: 80 }]')).toBe(true);
    expect(isSpread('hostNetwork: true', 'ports: [{ containerPort: 80 }]')).toBe(true);
  });

  it('are not for those that only should not, or keep away from others', () => {
    expect(isSpread(apart('preferred'))).toBe(false);
    expect(isSpread(apart('required', 'other'))).toBe(false);
    expect(isSpread(level('ScheduleAnyway'))).toBe(false);
    expect(isSpread('hostNetwork: true')).toBe(false);
    expect(isSpread('')).toBe(false);
  });
});

describe('how many replicas are needed', () => {
  const budget = (spec: string) => `
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: keep }
spec:
  selector: { matchLabels: { app: db } }
  ${spec}`;
  const needed = (image: string, replicas: number, ...more: string[]) =>
    read(
      documents(workload('db', { kind: 'StatefulSet', image, spec: `replicas: ${replicas}` }), ...more),
    ).part('db').needed;

  it('is one, the majority of a store that votes, or what a disruption budget says in numbers', () => {
    expect(needed('redis:7', 3)).toBe(1);
    expect(needed('quay.io/coreos/etcd:v3.5', 3)).toBe(2);
    expect(needed('quay.io/coreos/etcd:v3.5', 5)).toBe(3);
    expect(needed('quay.io/coreos/etcd:v3.5', 1)).toBe(1);
    expect(needed('redis:7', 3, budget('minAvailable: 2'))).toBe(2);
    expect(needed('redis:7', 3, budget('minAvailable: 4'))).toBe(1);
    expect(needed('redis:7', 3, budget('minAvailable: 67%'))).toBe(1);
    expect(needed('redis:7', 3, budget('maxUnavailable: 1'))).toBe(1);
  });

  it('says what it rests on', () => {
    const store = workload('db', { image: 'redis:7', spec: 'replicas: 3' });
    expect(read(documents(store, budget('minAvailable: 2'))).told).toContain(
      'PodDisruptionBudget keep keeps at least 2 available',
    );
    expect(read(documents(store, budget('maxUnavailable: 1'))).told).toContain('keep: paces maintenance');
    expect(read(store).told).toContain('db: 1 of the replicas is taken to be enough');
  });
});

describe('what a part is', () => {
  const kindOf = (text: string, name: string) => {
    const { kind, technology } = read(text).part(name);
    return [kind, technology];
  };

  it('follows the image, and else how it can be reached', () => {
    expect(kindOf(workload('db', { image: 'docker.io/library/postgres:16' }), 'db')).toEqual([
      'database',
      'PostgreSQL',
    ]);
    expect(kindOf(documents(workload('shop'), service('shop', 'type: NodePort')), 'shop')).toEqual([
      'web',
      null,
    ]);
    expect(kindOf(documents(workload('cart'), service('cart')), 'cart')).toEqual(['service', null]);
    expect(kindOf(workload('mailer'), 'mailer')).toEqual(['worker', null]);
  });

  it('looks at the container that the pod is about, not at its helper', () => {
    const pod = 'initContainers: [{ name: proxy, image: envoyproxy/envoy, restartPolicy: Always }]';
    expect(kindOf(workload('q', { image: 'rabbitmq:3', pod }), 'q')).toEqual(['queue', 'RabbitMQ']);
  });

  it('takes a label as a weak hint, and says so', () => {
    const labelled = workload('ledger').replace('{ app: ledger }', '{ app: ledger, tier: db }');
    expect(kindOf(labelled, 'ledger')).toEqual(['database', null]);
    expect(read(labelled).told).toContain('ledger was taken for a database, by its label tier=db');
  });

  it('tells agents a machine cannot do without from those that only watch it', () => {
    const daemon = (name: string, image: string) => workload(name, { kind: 'DaemonSet', image });
    expect(kindOf(daemon('kube-flannel-ds', 'docker.io/flannel/flannel:v0.25'), 'kube-flannel-ds')[0]).toBe(
      'platform',
    );
    expect(kindOf(daemon('speaker', 'quay.io/metallb/speaker:v0.14'), 'speaker')[0]).toBe('platform');
    expect(kindOf(daemon('ebs-csi-node', 'registry/aws-ebs-csi-driver:1'), 'ebs-csi-node')[0]).toBe(
      'platform',
    );
    expect(kindOf(daemon('fluent-bit', 'fluent/fluent-bit:3'), 'fluent-bit')[0]).toBe('worker');
    expect(kindOf(daemon('node-exporter', 'prom/node-exporter:v1'), 'node-exporter')[0]).toBe('worker');
    expect(read(daemon('speaker', 'quay.io/metallb/speaker:v0.14')).part('speaker')).toMatchObject({
      perMachine: true,
      spread: false,
    });
  });
});

describe('the container a pod is about', () => {
  it('is the one whose image is what the name of the workload says', () => {
    const text = workload('prometheus', { image: 'example.com/config-reloader:1' })
      .replace('name: prometheus\n          image', 'name: reloader\n          image')
      .concat('\n        - { name: server, image: prom/prometheus:v3 }');
    expect(read(text).part('prometheus').technology).toBe('Prometheus');
  });
});

describe('the plan as a whole', () => {
  it('takes the availability that was assumed for every replica, or leaves it unknown', () => {
    expect(read(workload('web')).part('web').availability).toBeNull();
    const assumed = read(workload('web'), { assumedAvailability: 0.9995 });
    expect(assumed.part('web').availability).toBe(0.9995);
    expect(assumed.told).toContain('taken as 0.9995');
  });

  it('is named as asked, else after the namespace, the folder or the file', () => {
    const name = (text: string, file: string, planName?: string) => {
      const result = readKubernetes([{ name: file, text }], { planName });
      return result.ok ? result.plan.name : null;
    };
    expect(name(workload('web'), 'k8s/web.yaml', 'Shop')).toBe('Shop');
    expect(name(workload('web', { namespace: 'shop' }), 'k8s/web.yaml')).toBe('shop');
    expect(name(workload('web'), 'k8s/web.yaml')).toBe('k8s');
    expect(name(workload('web'), 'web.yaml')).toBe('web');
    expect(name(workload('web'), '')).toBe('Kubernetes manifests');
  });

  it('reads several files as one', () => {
    const result = readKubernetes(
      [
        {
          name: 'a/web.yaml',
          text: workload('web', { container: 'env: [{ name: DB_URL, value: "postgres://db/shop" }]' }),
        },
        { name: 'a/db.yaml', text: documents(workload('db', { image: 'postgres' }), service('db')) },
      ],
      {},
    );
    expect(result.ok && result.plan.connections).toEqual([
      { from: 'web', to: 'db', strength: 'hard', origin: 'guessed', evidence: 'env DB_URL' },
    ]);
  });

  it('says where a wrong type stands, and gives no plan', () => {
    expect(faultsOf(workload('web', { spec: 'replicas: many' }))).toEqual([
      expect.objectContaining({
        file: 'shop.yaml',
        line: 6,
        message: expect.stringContaining('Deployment web: spec.replicas must be a whole number'),
      }),
    ]);
    expect(faultsOf(workload('web', { spec: 'replicas: 1000000000' }))).toHaveLength(1);
    expect(
      faultsOf(workload('web', { container: 'resources: { requests: { memory: plenty } }' }))[0]?.message,
    ).toContain('128Mi');
    const [nameless] = faultsOf(
      '{ kind: List, items: [{ kind: Pod, metadata: {}, spec: { containers: [] } }] }',
    );
    expect(nameless).toMatchObject({ message: expect.stringContaining('has no name'), line: 1, column: 25 });
    expect(faultsOf('a: 1')[0]?.message).toContain('No Kubernetes object');
    expect(faultsOf('a: [')).toEqual([
      expect.objectContaining({ line: expect.any(Number), column: expect.any(Number) }),
    ]);
  });
});
