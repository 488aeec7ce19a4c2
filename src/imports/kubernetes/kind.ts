import type { PartKind } from '../../domain/model.js';
import { guessTechnology, technologyOfImage } from '../reading/technology.js';
import { asText } from '../reading/values.js';
import { CLUSTER_ROLES, type ClusterRole } from './cluster.js';
import type { Labels } from './labels.js';
import type { Container, Pod } from './pod.js';

export type Kind = {
  kind: PartKind;
  technology: string | null;
  /** What a weak guess rests on; null where the image or the object itself says it. */
  evidence: string | null;
  role: ClusterRole | null;
};

export type Clues = {
  /** The object's own kind, `DaemonSet`. */
  objectKind: string;
  name: string;
  namespace: string;
  pod: Pod;
  isJob: boolean;
  /** Reached from outside the cluster. */
  isOpen: boolean;
  /** Behind a Service. */
  isServed: boolean;
};

/** Agents without which a machine is of no use to its pods: network, names, storage. Log shippers and exporters are none of them. */
const NODE_AGENT =
  /calico|canal|cilium|flannel|antrea|kube-ovn|kube-router|weave-?(?:net|kube|npc)|multus|aws-node|amazon-k8s-cni|azure-(?:cni|cns)|(?:^|[-/])cni(?:$|[-/])|(?:^|[-/])csi(?:$|[-/])|node-driver-registrar|kube-proxy|kube-vip|node-?local-?dns|dns-node-cache|metallb.{0,100}speaker|ztunnel|longhorn-manager/;
const NETWORK_AGENT =
  /calico|canal|cilium|flannel|antrea|kube-ovn|kube-router|weave-?(?:net|kube)|aws-node|amazon-k8s-cni|azure-cns/;

/** `app.kubernetes.io/component` and the older `tier`, where they speak of what a thing is. */
const KIND_BY_LABEL: Record<string, PartKind> = {
  database: 'database',
  db: 'database',
  cache: 'cache',
  queue: 'queue',
  broker: 'queue',
  worker: 'worker',
};

/**
 * What a workload is. In order: a one-shot is a job; the pieces of Kubernetes by their image; agents on every machine by name; then the
 * technology its image says, or that name, variables and ports together suggest; then its labels; else web when it is open to the
 * outside, service when something can call it, worker when nothing can.
 */
export function kindOf(clues: Clues): Kind {
  const { objectKind, pod, isJob } = clues;
  const main = mainContainer(clues);
  const images = pod.containers.filter(({ role }) => role !== 'init').map(({ image }) => image);
  const known = technologyOfImage(main?.image);
  if (isJob) return { kind: 'job', technology: known?.name ?? null, evidence: null, role: null };

  const role = clusterRoleOf(clues, images);
  if (role && role !== 'network-agent' && role !== 'kube-proxy') {
    const technology = role === 'etcd' ? 'etcd' : role === 'coredns' ? 'CoreDNS' : 'Kubernetes';
    return { kind: role === 'coredns' ? 'platform' : 'cluster-control', technology, evidence: null, role };
  }
  if (objectKind === 'DaemonSet') {
    const isAgent = role !== null || isNamed(NODE_AGENT, clues, images);
    // What the domain calls platform on every machine takes the machine down with it; a log shipper does not.
    const kind = isAgent ? 'platform' : known && known.kind !== 'platform' ? known.kind : 'worker';
    return { kind, technology: known?.name ?? null, evidence: null, role };
  }
  if (known) return { kind: known.kind, technology: known.name, evidence: null, role };

  const guess = guessTechnology({
    name: clues.name,
    image: main?.image,
    variables: main?.env.map(({ name }) => asText(name) ?? ''),
    ports: main?.ports.flatMap(({ number }) => number ?? []),
  });
  if (guess) return { kind: guess.kind, technology: guess.name, evidence: guess.evidence, role };
  const labelled = kindByLabel(pod.labels);
  if (labelled) return { ...labelled, technology: null, role };
  const kind = clues.isOpen ? 'web' : clues.isServed ? 'service' : 'worker';
  return { kind, technology: null, evidence: null, role };
}

/**
 * The container a pod is about: the one its annotation names, the one that bears its name, the one whose image is what the workload's name
 * says (prometheus, whose first container may be a reloader of its settings), else the first.
 */
function mainContainer({ name, pod }: Clues): Container | undefined {
  const apps = pod.containers.filter(({ role }) => role === 'app');
  return (
    apps.find((container) => container.name === pod.defaultContainer) ??
    apps.find((container) => container.name === name) ??
    apps.find(({ image }) => isOfTechnology(image, technologyOfImage(name)?.name)) ??
    apps[0]
  );
}

function isOfTechnology(image: string, technology: string | undefined): boolean {
  return technology !== undefined && technologyOfImage(image)?.name === technology;
}

/** Which piece of Kubernetes it is. etcd is one in the system's namespace only: elsewhere it is somebody's own store. */
function clusterRoleOf(clues: Clues, images: readonly string[]): ClusterRole | null {
  const bases = images.map((image) => image.split('@')[0]?.split('/').at(-1)?.split(':')[0] ?? '');
  const role = CLUSTER_ROLES.find((role) => bases.includes(role));
  if (role) return role === 'etcd' && clues.namespace !== 'kube-system' ? null : role;
  return clues.objectKind === 'DaemonSet' && isNamed(NETWORK_AGENT, clues, images) ? 'network-agent' : null;
}

function isNamed(pattern: RegExp, { name }: Clues, images: readonly string[]): boolean {
  return [name, ...images].some((text) => text.length < 500 && pattern.test(text));
}

function kindByLabel(labels: Labels): { kind: PartKind; evidence: string } | null {
  for (const label of ['app.kubernetes.io/component', 'tier']) {
    const value = labels.get(label);
    if (value !== undefined && Object.hasOwn(KIND_BY_LABEL, value)) {
      return { kind: KIND_BY_LABEL[value]!, evidence: `its label ${label}=${value}` };
    }
  }
  return null;
}
