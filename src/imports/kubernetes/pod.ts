import type { Fault } from '../model.js';
import { placeOf } from '../reading/places.js';
import { asText, isMapping, listAt, mappingAt, textAt, type Values, wrongType } from '../reading/values.js';
import { type Labels, labelsAt } from './labels.js';
import { type Request, requestsOf } from './requests.js';

export type Container = {
  name: string;
  image: string;
  /** `init` ends before the pod serves; `sidecar` is an init container that runs on (`restartPolicy: Always`). */
  role: 'app' | 'sidecar' | 'init';
  env: Values[];
  envFrom: Values[];
  /** command and args, one after the other. */
  commandLine: string[];
  ports: { number: number | undefined; hostPort: number | undefined }[];
  line: number;
};

export type Pod = {
  labels: Labels;
  containers: Container[];
  /** The container its annotation calls the main one. */
  defaultContainer: string | null;
  cpu: Request;
  memory: Request;
  /** `nvidia.com/gpu` and whatever else is asked for and no plan holds. */
  otherResources: string[];
  hostNetwork: boolean;
  spec: Values;
};

const MAX_CONTAINERS = 1000;

/**
 * Reads a pod template (`metadata` and `spec`), or a Pod. `where` is its path, for the faults it adds. Requests follow the scheduler's
 * rule (pod-request.ts); a missing request takes the limit, which is the value Kubernetes itself fills in.
 */
export function readPod(template: Values, where: string, faults: Fault[]): Pod {
  const metadata = mappingAt(template, 'metadata', where, faults) ?? {};
  const spec = mappingAt(template, 'spec', where, faults) ?? {};
  const at = `${where}.spec`;
  const listed = [
    ...containersAt(spec, 'initContainers', at, faults),
    ...containersAt(spec, 'containers', at, faults),
  ];
  if (listed.length > MAX_CONTAINERS)
    faults.push(wrongType(spec, 'containers', at, `at most ${MAX_CONTAINERS} containers`));

  return {
    labels: labelsAt(metadata, 'labels', `${where}.metadata`, faults),
    containers: listed.map(({ container }) => container),
    defaultContainer: isMapping(metadata.annotations)
      ? (asText(metadata.annotations['kubectl.kubernetes.io/default-container']) ?? null)
      : null,
    ...requestsOf(spec, listed, at, faults),
    hostNetwork: spec.hostNetwork === true,
    spec,
  };
}

type Listed = { container: Container; values: Values; where: string };

function containersAt(
  spec: Values,
  key: 'initContainers' | 'containers',
  where: string,
  faults: Fault[],
): Listed[] {
  const list = listAt(spec, key, where, faults);
  return list.flatMap((values, i) => {
    const at = `${where}.${key}[${i}]`;
    if (!isMapping(values)) {
      faults.push(wrongType(list, i, `${where}.${key}`, 'a mapping'));
      return [];
    }
    const isSidecar = values.restartPolicy === 'Always';
    const container: Container = {
      name: textAt(values, 'name', at, faults) ?? '',
      image: textAt(values, 'image', at, faults)?.trim() ?? '',
      role: key === 'containers' ? 'app' : isSidecar ? 'sidecar' : 'init',
      env: mappingsIn(values, 'env', at, faults),
      envFrom: mappingsIn(values, 'envFrom', at, faults),
      commandLine: [...textsIn(values, 'command', at, faults), ...textsIn(values, 'args', at, faults)],
      ports: mappingsIn(values, 'ports', at, faults).map((port) => ({
        number: portAt(port, 'containerPort'),
        hostPort: portAt(port, 'hostPort'),
      })),
      line: placeOf(list, i)?.line ?? 1,
    };
    return [{ container, values, where: at }];
  });
}

function mappingsIn(from: Values, key: string, where: string, faults: Fault[]): Values[] {
  const list = listAt(from, key, where, faults);
  return list.filter((item, i): item is Values => {
    if (!isMapping(item)) faults.push(wrongType(list, i, `${where}.${key}`, 'a mapping'));
    return isMapping(item);
  });
}

function textsIn(from: Values, key: string, where: string, faults: Fault[]): string[] {
  const list = listAt(from, key, where, faults);
  return list.flatMap((item, i) => {
    if (typeof item === 'object') faults.push(wrongType(list, i, `${where}.${key}`, 'text'));
    return typeof item === 'object' ? [] : [String(item)];
  });
}

function portAt(port: Values, key: string): number | undefined {
  const number = Number(asText(port[key]) ?? Number.NaN);
  return Number.isInteger(number) && number > 0 && number < 65536 ? number : undefined;
}
