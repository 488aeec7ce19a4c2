import { counted, listed } from './kubernetes-words.js';
import type { Fault, Note, SourceFile } from './model.js';
import { placeOf } from './places.js';
import { asText, isMapping, mappingAt, textAt, type Values } from './values.js';
import { yamlDocuments } from './yaml-documents.js';

/** One object of the cluster, as far as every kind has it. */
export type KubernetesObject = {
  kind: string;
  name: string;
  /** '' where the file names none: the object then lands wherever the file is applied. */
  namespace: string;
  metadata: Values;
  /** Empty where the object has none. */
  spec: Values;
  value: Values;
  /** `Deployment web`, to speak of it. */
  title: string;
  file: string;
  line: number;
};

export type ObjectsRead = {
  objects: KubernetesObject[];
  /** Kinds that say nothing about what runs, with how often and where first. */
  leftOut: Map<string, { count: number; file: string; line: number }>;
  notes: Note[];
  faults: Fault[];
};

/** The kinds with pods, and the API groups they have lived in ('' is the core group, apiVersion v1). */
const WORKLOADS: Record<string, readonly string[]> = {
  Deployment: ['apps', 'extensions'],
  StatefulSet: ['apps'],
  DaemonSet: ['apps', 'extensions'],
  ReplicaSet: ['apps', 'extensions'],
  ReplicationController: [''],
  Pod: [''],
  Job: ['batch', 'extensions'],
  CronJob: ['batch'],
  Rollout: ['argoproj.io'],
  DeploymentConfig: ['apps.openshift.io', ''],
};

const GROUPS = new Map<string, readonly string[]>(
  Object.entries({
    ...WORKLOADS,
    Service: [''],
    ConfigMap: [''],
    Secret: [''],
    Namespace: [''],
    HorizontalPodAutoscaler: ['autoscaling', 'extensions'],
    PodDisruptionBudget: ['policy'],
    Ingress: ['networking.k8s.io', 'extensions'],
    HTTPRoute: ['gateway.networking.k8s.io', 'networking.x-k8s.io'],
    GRPCRoute: ['gateway.networking.k8s.io'],
    TLSRoute: ['gateway.networking.k8s.io', 'networking.x-k8s.io'],
    TCPRoute: ['gateway.networking.k8s.io', 'networking.x-k8s.io'],
    Route: ['route.openshift.io', ''],
  }),
);

export function isWorkloadKind(kind: string): boolean {
  return Object.hasOwn(WORKLOADS, kind);
}

/** The pod template of a workload, or the Pod itself: what has `metadata` and a `spec` with containers. Undefined where there is none. */
export function podTemplate({
  kind,
  spec,
  value,
}: Pick<KubernetesObject, 'kind' | 'spec' | 'value'>): Values | undefined {
  if (kind === 'Pod') return value;
  const job = kind === 'CronJob' && isMapping(spec.jobTemplate) ? spec.jobTemplate.spec : spec;
  return isMapping(job) && isMapping(job.template) ? job.template : undefined;
}

/**
 * All objects of some files that matter to a plan, lists (`kind: List`, `PodList`) opened, in the order they stand in.
 * An object that stands twice (kind, namespace and name) counts once, as it is written last, which is what applying the files in turn
 * comes to. Patches, which change an object that stands elsewhere, are not applied. Other kinds are counted in `leftOut`.
 */
export function kubernetesObjects(files: readonly SourceFile[]): ObjectsRead {
  const read: ObjectsRead = { objects: [], leftOut: new Map(), notes: [], faults: [] };
  const kustomizations: { file: string; line: number; value: Values }[] = [];
  for (const file of files) {
    const { documents, faults, warnings } = yamlDocuments(file);
    read.faults.push(...faults);
    read.notes.push(...warnings);
    for (const { value, line } of documents) {
      if (isMapping(value) && isKustomization(value, file.name))
        kustomizations.push({ file: file.name, line, value });
      else addDocument(value, '', { file: file.name, line }, read);
    }
  }
  if (kustomizations.length > 0) read.notes.push(kustomizationNote(kustomizations));
  const patches = new Set(read.objects.filter(isPatch));
  if (patches.size > 0) read.notes.push(patchNote([...patches]));
  read.objects = lastOfEach(
    read.objects.filter((object) => !patches.has(object)),
    read.notes,
  );
  return read;
}

function addDocument(
  value: unknown,
  kindOfList: string,
  at: { file: string; line: number },
  read: ObjectsRead,
): void {
  const kind = isMapping(value) ? (asText(value.kind) ?? kindOfList) : '';
  if (!isMapping(value) || kind === '') {
    const message = isMapping(value)
      ? 'A document without "kind" is no Kubernetes object; it was left out.'
      : 'A document that is not a mapping (a patch, maybe) is no Kubernetes object; it was left out.';
    read.notes.push({ kind: 'skipped', message, ...at });
    return;
  }
  if (kind.endsWith('List') && Array.isArray(value.items)) {
    const { items } = value;
    items.forEach((item, i) => {
      addDocument(
        item,
        kind.slice(0, -'List'.length),
        { ...at, line: placeOf(items, i)?.line ?? at.line },
        read,
      );
    });
    return;
  }
  const version = asText(value.apiVersion);
  const group = version?.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  // A list of one kind may leave the version of its items out; elsewhere its absence is a slip that the name of the kind makes good.
  const isKnown = GROUPS.get(kind)?.includes(group) || (version === undefined && GROUPS.has(kind));
  if (!isKnown) {
    const seen = read.leftOut.get(kind);
    if (seen) seen.count += 1;
    else read.leftOut.set(kind, { count: 1, ...at });
    return;
  }
  const object = objectOf(kind, value, at, read.faults);
  if (object) read.objects.push(object);
}

const MAX_NAME = 253;

function objectOf(
  kind: string,
  value: Values,
  at: { file: string; line: number },
  faults: Fault[],
): KubernetesObject | null {
  const metadata = mappingAt(value, 'metadata', kind, faults) ?? {};
  const generated = textAt(metadata, 'generateName', `${kind}: metadata`, faults);
  const name = textAt(metadata, 'name', `${kind}: metadata`, faults) ?? generated ?? '';
  if (name === '') {
    if (!isWorkloadKind(kind)) return null;
    faults.push({ message: `This ${kind} has no name: it needs metadata.name.`, ...at });
    return null;
  }
  if (name.length > MAX_NAME) {
    faults.push({
      message: `The name of this ${kind} has ${name.length} characters; Kubernetes allows ${MAX_NAME}.`,
      ...at,
    });
    return null;
  }
  const title = `${kind} ${name}`;
  const namespace = textAt(metadata, 'namespace', `${title}: metadata`, faults) ?? '';
  const spec = mappingAt(value, 'spec', title, faults) ?? {};
  return { kind, name, namespace, metadata, spec, value, title, ...at };
}

function lastOfEach(objects: readonly KubernetesObject[], notes: Note[]): KubernetesObject[] {
  const last = new Map<string, KubernetesObject>();
  for (const object of objects) {
    const key = JSON.stringify([object.kind, object.namespace, object.name]);
    const earlier = last.get(key);
    if (earlier) {
      const { title, file, line } = object;
      const where = earlier.file === file ? `line ${earlier.line}` : `${earlier.file} line ${earlier.line}`;
      notes.push({
        kind: 'warning',
        message: `${title} stands twice (first in ${where}); the later one was taken.`,
        file,
        line,
      });
    }
    last.set(key, object);
  }
  return [...last.values()];
}

/** A workload none of whose containers has an image, a Service without ports, an autoscaler without a target: nothing one could apply. */
function isPatch({ kind, spec, value }: KubernetesObject): boolean {
  if (kind === 'Service')
    return !Array.isArray(spec.ports) && spec.externalName === undefined && spec.selector === undefined;
  if (kind === 'HorizontalPodAutoscaler') return spec.scaleTargetRef === undefined;
  if (!isWorkloadKind(kind)) return false;
  const pod = podTemplate({ kind, spec, value })?.spec;
  if (!isMapping(pod)) return pod === undefined || pod === null;
  const containers = pod.containers ?? [];
  if (!Array.isArray(containers)) return false;
  return !containers.some((container) => !isMapping(container) || container.image !== undefined);
}

function patchNote(patches: readonly KubernetesObject[]): Note {
  const [first] = patches;
  const message = `${counted(patches.length, 'object')} without an image, ports or target (${listed(patches.map(({ title }) => title))}): patches, as kustomize has them. They were left out; run "kubectl kustomize ." and import what it prints.`;
  return { kind: 'warning', message, file: first?.file, line: first?.line };
}

/** kustomization.yaml may leave its kind and version out. */
function isKustomization(value: Values, file: string): boolean {
  const version = asText(value.apiVersion);
  if (version !== undefined) return version.startsWith('kustomize.config.k8s.io/');
  return value.kind === undefined && /(?:^|\/)kustomization(?:\.ya?ml)?$/i.test(file);
}

/** What a kustomization can do to the objects beside it. */
const KUSTOMIZE_CHANGES = [
  'replicas',
  'images',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'namespace',
  'namePrefix',
  'nameSuffix',
  'configMapGenerator',
  'secretGenerator',
  'components',
  'helmCharts',
];

function kustomizationNote(found: readonly { file: string; line: number; value: Values }[]): Note {
  const [first] = found;
  const changes = KUSTOMIZE_CHANGES.filter((key) => found.some(({ value }) => value[key] !== undefined));
  const what = found.length === 1 ? 'The kustomization' : `${found.length} kustomizations`;
  const lost =
    changes.length > 0 ? ` What it sets (${changes.join(', ')}) is missing here:` : ' For the exact objects';
  const message = `${what} left out: the files are read as they are.${lost} run "kubectl kustomize ." and import what it prints.`;
  return { kind: 'skipped', message, file: first?.file, line: first?.line };
}
