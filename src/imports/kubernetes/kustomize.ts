import type { Note } from '../model.js';
import { asText, isMapping, type Values } from '../reading/values.js';
import { counted, listed } from '../reading/words.js';
import { isWorkloadKind, type KubernetesObject, podTemplate } from './object.js';

/** A workload none of whose containers has an image, a Service without ports, an autoscaler without a target: nothing one could apply. */
export function isPatch({ kind, spec, value }: KubernetesObject): boolean {
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

export function patchNote(patches: readonly KubernetesObject[]): Note {
  const [first] = patches;
  const message = `${counted(patches.length, 'object')} without an image, ports or target (${listed(patches.map(({ title }) => title))}): patches, as kustomize has them. They were left out; run "kubectl kustomize ." and import what it prints.`;
  return { kind: 'warning', message, file: first?.file, line: first?.line };
}

/** kustomization.yaml may leave its kind and version out. */
export function isKustomization(value: Values, file: string): boolean {
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

export function kustomizationNote(found: readonly { file: string; line: number; value: Values }[]): Note {
  const [first] = found;
  const changes = KUSTOMIZE_CHANGES.filter((key) => found.some(({ value }) => value[key] !== undefined));
  const what = found.length === 1 ? 'The kustomization' : `${found.length} kustomizations`;
  const lost =
    changes.length > 0 ? ` What it sets (${changes.join(', ')}) is missing here:` : ' For the exact objects';
  const message = `${what} left out: the files are read as they are.${lost} run "kubectl kustomize ." and import what it prints.`;
  return { kind: 'skipped', message, file: first?.file, line: first?.line };
}
