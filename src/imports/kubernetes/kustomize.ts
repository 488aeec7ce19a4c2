import type { Note } from '../model.js';
import { asText, isMapping, type Values } from '../reading/values.js';
import { counted, listed } from '../reading/words.js';
import { isWorkloadKind, type KubernetesObject, podTemplate } from './object.js';
import { triggeredImages } from './openshift.js';

const RENDER_FIRST = 'run "kubectl kustomize ." and import what it prints';

/** A workload none of whose containers has an image, a Service without ports, an autoscaler without a target: nothing one could apply. */
export function isPatch({ kind, spec, value }: KubernetesObject): boolean {
  if (kind === 'Service')
    return !Array.isArray(spec.ports) && spec.externalName === undefined && spec.selector === undefined;
  if (kind === 'HorizontalPodAutoscaler') return spec.scaleTargetRef === undefined;
  if (!isWorkloadKind(kind) || triggeredImages({ kind, spec }).size > 0) return false;
  const pod = podTemplate({ kind, spec, value })?.spec;
  if (!isMapping(pod)) return pod === undefined || pod === null;
  const containers = pod.containers ?? [];
  if (!Array.isArray(containers)) return false;
  return !containers.some((container) => !isMapping(container) || container.image !== undefined);
}

export function patchNote(patches: readonly KubernetesObject[]): Note {
  const [first] = patches;
  const message = `${counted(patches.length, 'object')} without an image, ports or target (${listed(patches.map(({ title }) => title))}): patches, as kustomize has them. They were left out; ${RENDER_FIRST}.`;
  return { kind: 'warning', message, file: first?.file, line: first?.line };
}

export function patchFilesNote(files: readonly string[]): Note {
  const message = `${counted(files.length, 'file')} that a kustomization names as patches (${listed(files)}): not applied. They were left out; ${RENDER_FIRST}.`;
  return { kind: 'warning', message, file: files[0], line: 1 };
}

/**
 * The files that kustomizations name as patches. Such a file can look like a whole object: one that adds a container has an image, one that
 * changes the image too.
 */
export function patchFiles(found: readonly { file: string; value: Values }[]): Set<string> {
  return new Set(
    found.flatMap(({ file, value }) => {
      const folder = file.split('/').slice(0, -1).join('/');
      const named = [value.patches, value.patchesStrategicMerge, value.patchesJson6902].flatMap((list) =>
        Array.isArray(list) ? list : [],
      );
      return named.flatMap((patch) => {
        const path = asText(isMapping(patch) ? patch.path : patch);
        return path === undefined || path.includes('\n') ? [] : normalisedPath(`${folder}/${path}`);
      });
    }),
  );
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
  const message = `${what} left out: the files are read as they are.${lost} ${RENDER_FIRST}.`;
  return { kind: 'skipped', message, file: first?.file, line: first?.line };
}

function normalisedPath(path: string): string {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  return steps.join('/');
}
