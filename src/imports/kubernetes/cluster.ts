import type { Connection, Entry, Part, PartKind, Strength } from '../../domain/model.js';
import type { ClusterAnswer, Note } from '../model.js';
import { type Budget, spend } from '../reading/budget.js';
import { listed } from '../reading/words.js';
import { connectionBudget, connectionsOf } from './connections.js';
import { freeName } from './names.js';
import { providerPart } from './provider.js';

/** What Kubernetes itself consists of. Manifests of a whole cluster bring some of these along. */
export const CLUSTER_ROLES = [
  'kube-apiserver',
  'kube-controller-manager',
  'kube-scheduler',
  'etcd',
  'coredns',
  'kube-proxy',
  'network-agent',
] as const;
export type ClusterRole = (typeof CLUSTER_ROLES)[number];

/** For each role the manifests already fill: the names of the parts that fill it. */
export type RolesPresent = ReadonlyMap<ClusterRole, readonly string[]>;

export type ClusterAddition = { parts: Part[]; connections: Connection[]; entries: Entry[]; notes: Note[] };

type Size = {
  kind: PartKind;
  replicas: number;
  needed: number;
  cpuMillicores: number;
  memoryMib: number;
  technology: string | null;
  basis: string;
};

/**
 * A stacked control plane on three machines (kubernetes.io, "Options for Highly Available Topology"); etcd needs its majority, the
 * others one. Requests are assumed, a middling cluster's, but for coredns, whose kubeadm writes.
 */
const SIZES: Record<ClusterRole, Size> = {
  'kube-apiserver': size('cluster-control', 3, 1, 250, 1024, 'Kubernetes', 'assumed'),
  'kube-controller-manager': size('cluster-control', 3, 1, 200, 512, 'Kubernetes', 'assumed'),
  'kube-scheduler': size('cluster-control', 3, 1, 100, 256, 'Kubernetes', 'assumed'),
  etcd: size('cluster-control', 3, 2, 100, 2048, 'etcd', 'assumed'),
  coredns: size(
    'platform',
    2,
    1,
    100,
    70,
    'CoreDNS',
    '100 m and 70 MiB as kubeadm writes them, the 2 replicas assumed',
  ),
  'kube-proxy': size('platform', 1, 1, 100, 50, 'Kubernetes', 'assumed'),
  'network-agent': size('platform', 1, 1, 100, 50, null, 'assumed'),
};
const PER_MACHINE: ReadonlySet<ClusterRole> = new Set(['kube-proxy', 'network-agent']);

const API = 'api-load-balancer';

/** Running containers go on without the API: DNS and the agents keep what they know, so they are only degraded. */
const CALLS: readonly (readonly [ClusterRole | typeof API, ClusterRole | typeof API, Strength])[] = [
  [API, 'kube-apiserver', 'hard'],
  ['kube-apiserver', 'etcd', 'hard'],
  ['kube-controller-manager', API, 'hard'],
  ['kube-scheduler', API, 'hard'],
  ['coredns', API, 'soft'],
  ['kube-proxy', API, 'soft'],
  ['network-agent', API, 'soft'],
];

/**
 * What the answer to "who runs the cluster?" adds to a plan.
 * In: the answer, the plan's parts, which of them already are a piece of Kubernetes, the availability assumed for one self-run replica
 * (null = unknown). Out: parts, connections and entries to add, with a note on each; nothing for 'none'. A role the manifests fill is
 * never added twice.
 */
export function clusterAddition(
  answer: ClusterAnswer,
  parts: readonly Part[],
  present: RolesPresent,
  availability: number | null,
): ClusterAddition {
  if (answer === 'self') return selfRun(parts, present, availability);
  if (answer === 'managed') return managed(parts, present);
  return { parts: [], connections: [], entries: [], notes: [] };
}

function selfRun(
  parts: readonly Part[],
  present: RolesPresent,
  availability: number | null,
): ClusterAddition {
  const taken = new Set(parts.map((part) => part.name));
  const missing = CLUSTER_ROLES.filter((role) => !present.has(role));
  const names = new Map<string, readonly string[]>(present);
  for (const role of [...missing, API]) names.set(role, [freeName(role, taken)]);
  const namesOf = (role: string) => names.get(role) ?? [];

  const added = missing.map((role): Part => {
    const { basis: _, ...sized } = SIZES[role];
    const perMachine = PER_MACHINE.has(role);
    const spread = sized.kind === 'cluster-control';
    const name = namesOf(role)[0]!;
    return { ...sized, name, runs: 'machine', perMachine, spread, availability, usdPerMonth: null };
  });
  const loadBalancer = providerPart(namesOf(API)[0]!, 'load-balancer', null, 'aws-lb');
  const room = connectionBudget();
  const callers = parts.filter(({ kind }) => kind === 'web' || kind === 'service' || kind === 'worker');

  return {
    parts: [...added, loadBalancer.part],
    // A part that fills two roles calls the API once.
    connections: connectionsOf([
      ...CALLS.flatMap(([from, to, strength]) =>
        calls(namesOf(from), namesOf(to), strength, 'how Kubernetes works', room),
      ),
      ...callers.flatMap(({ name }) =>
        calls([name], namesOf('coredns'), 'hard', 'finds the others by DNS', room),
      ),
    ]),
    entries: [{ name: 'deploy', parts: [API, 'kube-controller-manager', 'kube-scheduler'].flatMap(namesOf) }],
    notes: [
      {
        kind: 'added',
        message:
          'You run the cluster, so what it consists of is in the plan. Every web, service and worker part needs the DNS servers; the control plane is needed by the entry "deploy" alone, running containers go on without it.',
      },
      ...missing.map((role): Note => {
        const name = namesOf(role)[0]!;
        return { kind: 'added', message: `Added ${name}: ${sizeInWords(role)}.`, part: name };
      }),
      ...[...present].map(([role, filled]): Note => {
        const message = `The manifests hold the ${role} (${listed(filled)}); none was added.`;
        return { kind: 'read', message };
      }),
      loadBalancer.note,
    ],
  };
}

/** The provider's control plane as one bought part. EKS stands for all of them: GKE and AKS ask the same 0.10 USD an hour. */
function managed(parts: readonly Part[], present: RolesPresent): ClusterAddition {
  const name = freeName('Kubernetes control plane', new Set(parts.map((part) => part.name)));
  const control = providerPart(name, 'cluster-control', 'Kubernetes', 'aws-eks');
  const doubled = present.get('kube-apiserver');
  const notes: Note[] = [
    control.note,
    {
      kind: 'added',
      message:
        'A provider runs the control plane: only the entry "deploy" depends on it. The DNS servers and agents that run on your own machines there too are not added, unless the manifests hold them.',
    },
  ];
  if (doubled) {
    const message = `The manifests hold a control plane of their own (${doubled.join(', ')}) and a managed one was added beside it: answer "self" or "none" instead.`;
    notes.push({ kind: 'warning', message });
  }
  return { parts: [control.part], connections: [], entries: [{ name: 'deploy', parts: [name] }], notes };
}

function size(
  kind: PartKind,
  replicas: number,
  needed: number,
  cpuMillicores: number,
  memoryMib: number,
  technology: string | null,
  basis: string,
): Size {
  return { kind, replicas, needed, cpuMillicores, memoryMib, technology, basis };
}

function calls(
  from: readonly string[],
  to: readonly string[],
  strength: Strength,
  evidence: string,
  room: Budget,
): Connection[] {
  spend(room, from.length * to.length);
  // Where several parts fill one role each of them alone is enough, which a hard connection to every one would deny.
  const honest = to.length > 1 ? 'soft' : strength;
  return from.flatMap((caller) =>
    to.map(
      (called): Connection => ({ from: caller, to: called, strength: honest, origin: 'stated', evidence }),
    ),
  );
}

function sizeInWords(role: ClusterRole): string {
  const { replicas, needed, cpuMillicores, memoryMib, basis } = SIZES[role];
  const count = PER_MACHINE.has(role) ? 'one on every machine' : `${replicas} replicas, ${needed} needed`;
  return `${count}, ${cpuMillicores} m and ${memoryMib} MiB each (${basis})`;
}
