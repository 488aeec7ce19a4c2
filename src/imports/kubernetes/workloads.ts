import type { Fault, Note } from '../model.js';
import { asText, isMapping } from '../reading/values.js';
import { listed } from '../reading/words.js';
import type { Finder } from './namespaces.js';
import { isWorkloadKind, type KubernetesObject, podTemplate } from './object.js';
import { triggeredImages } from './openshift.js';
import { type Pod, readPod } from './pod.js';
import { type Autoscaler, type Replicas, steadyReplicas } from './replicas.js';

/** Something with pods that nothing else in the files stands for. */
export type Workload = KubernetesObject & {
  pod: Pod;
  replicas: Replicas;
  /** One pod on every machine (DaemonSet). */
  perMachine: boolean;
  /** Runs and ends: 0 copies in steady state. */
  isJob: boolean;
};

/**
 * The workloads among some objects. A ReplicaSet, Pod or Job whose controller (`ownerReferences` with `controller: true`) is in the input
 * too is that controller's own and left out; a static Pod belongs to its machine (a Node) and stands for itself.
 */
export function readWorkloads(
  objects: readonly KubernetesObject[],
  findAutoscaler: Finder<Autoscaler>,
  faults: Fault[],
  notes: Note[],
): Workload[] {
  const withPods = objects.filter(({ kind }) => isWorkloadKind(kind));
  const keyOf = (kind: string, namespace: string, name: string) => JSON.stringify([kind, namespace, name]);
  const present = new Set(withPods.map(({ kind, namespace, name }) => keyOf(kind, namespace, name)));
  const owned: KubernetesObject[] = [];
  const orphans: KubernetesObject[] = [];

  const workloads = withPods.flatMap((object): Workload[] => {
    const owner = controllerOf(object);
    if (owner && present.has(keyOf(owner.kind, object.namespace, owner.name))) {
      owned.push(object);
      return [];
    }
    if (owner && isWorkloadKind(owner.kind)) orphans.push(object);
    const template = podTemplate(object) ?? {};
    const pod = readPod(template, object.kind === 'Pod' ? object.title : `${object.title}: template`, faults);
    const images = triggeredImages(object);
    for (const container of pod.containers) container.image ||= images.get(container.name) ?? '';
    const isJob = object.kind === 'Job' || object.kind === 'CronJob' || isHelmTest(object);
    return [
      { ...object, pod, isJob, perMachine: object.kind === 'DaemonSet', replicas: replicasOf(object, isJob) },
    ];
  });

  function replicasOf(object: KubernetesObject, isJob: boolean): Replicas {
    if (isJob) return { count: 0, basis: 'written', autoscaler: null };
    const isSingle = object.kind === 'Pod' || object.kind === 'DaemonSet';
    if (isSingle) return { count: 1, basis: 'written', autoscaler: null };
    return steadyReplicas(object, findAutoscaler, faults);
  }

  if (owned.length > 0)
    notes.push(about(owned, 'made by a controller that is in the files too; not counted again'));
  if (orphans.length > 0) {
    const why =
      'made by a controller that is not in the files; each is counted by itself. Export the controllers too';
    notes.push({ ...about(orphans, why), kind: 'warning' });
  }
  return workloads;
}

function controllerOf({ metadata }: KubernetesObject): { kind: string; name: string } | null {
  const references = Array.isArray(metadata.ownerReferences) ? metadata.ownerReferences : [];
  const owner = references.find((reference) => isMapping(reference) && reference.controller === true);
  return isMapping(owner) ? { kind: asText(owner.kind) ?? '', name: asText(owner.name) ?? '' } : null;
}

/** `helm template` prints the pods of `helm test` too. They run when asked to, and end. */
function isHelmTest({ metadata }: KubernetesObject): boolean {
  const hook = isMapping(metadata.annotations) ? (asText(metadata.annotations['helm.sh/hook']) ?? '') : '';
  return /(?:^|,\s*)test/.test(hook);
}

function about(objects: readonly KubernetesObject[], what: string): Note {
  const [first] = objects;
  const message = `${listed(objects.map(({ title }) => title))}: ${what}.`;
  return { kind: 'skipped', message, file: first?.file, line: first?.line };
}
