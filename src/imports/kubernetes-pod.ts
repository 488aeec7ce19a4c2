import { podRequest } from '../domain/pod-request.js';
import { type Labels, labelsAt } from './kubernetes-labels.js';
import type { Fault } from './model.js';
import { placeOf } from './places.js';
import {
  asText,
  BYTES_PER_MIB,
  isMapping,
  kubernetesQuantity,
  listAt,
  mappingAt,
  textAt,
  type Values,
  wrongType,
} from './values.js';

export type Container = {
  name: string;
  image: string;
  /** `init` ends before the pod serves; `sidecar` is an init container that runs on (`restartPolicy: Always`). */
  role: 'app' | 'sidecar' | 'init';
  env: Values[];
  envFrom: Values[];
  /** command and args, one after the other. */
  commandLine: string[];
  ports: { name: string; number: number | undefined; hostPort: number | undefined }[];
  line: number;
};

export type Pod = {
  labels: Labels;
  containers: Container[];
  /** The container its annotation calls the main one. */
  defaultContainer: string | null;
  /** What one pod asks of its machine; null where no container asks for anything. */
  cpuMillicores: number | null;
  memoryMib: number | null;
  /** Resources taken from a limit, since no request is written. */
  fromLimits: Resource[];
  /** Containers that ask for nothing, of a pod where others do. */
  silent: { resource: Resource; containers: string[] }[];
  /** `nvidia.com/gpu` and whatever else is asked for and no plan holds. */
  otherResources: string[];
  hostNetwork: boolean;
  spec: Values;
};

export type Resource = 'cpu' | 'memory';

const UNITS = { cpu: { one: 1e-3, example: '250m' }, memory: { one: BYTES_PER_MIB, example: '128Mi' } };
/** Asked for by nearly every pod and no reason to warn. */
const QUIET_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);
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

  const pod: Pod = {
    labels: labelsAt(metadata, 'labels', `${where}.metadata`, faults),
    containers: listed.map(({ container }) => container),
    defaultContainer: isMapping(metadata.annotations)
      ? (asText(metadata.annotations['kubectl.kubernetes.io/default-container']) ?? null)
      : null,
    cpuMillicores: null,
    memoryMib: null,
    fromLimits: [],
    silent: [],
    otherResources: [],
    hostNetwork: spec.hostNetwork === true,
    spec,
  };
  const ofPod = readResources(spec, at, faults);
  const asked = listed.map(({ container, values, where }) => ({
    container,
    ...readResources(values, where, faults),
  }));
  const overhead = amountsAt(spec, 'overhead', at, faults);
  pod.cpuMillicores = requestOf('cpu', asked, ofPod, overhead, pod);
  pod.memoryMib = requestOf('memory', asked, ofPod, overhead, pod);
  pod.otherResources = [...new Set([...asked, ofPod].flatMap(({ others }) => others))];
  return pod;
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
        name: textAt(port, 'name', `${at}.ports`, faults) ?? '',
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
  const number = Number(port[key] ?? Number.NaN);
  return Number.isInteger(number) && number > 0 && number < 65536 ? number : undefined;
}

type Amounts = Record<Resource, number | null>;
type Resources = { requests: Amounts; limits: Amounts; others: string[] };

function readResources(from: Values, where: string, faults: Fault[]): Resources {
  const resources = mappingAt(from, 'resources', where, faults) ?? {};
  const at = `${where}.resources`;
  const named = [resources.requests, resources.limits].flatMap((amounts) =>
    isMapping(amounts) ? Object.keys(amounts) : [],
  );
  return {
    requests: amountsAt(resources, 'requests', at, faults),
    limits: amountsAt(resources, 'limits', at, faults),
    others: named.filter((name) => !QUIET_RESOURCES.has(name)),
  };
}

/** In millicores and MiB; null where nothing is written. */
function amountsAt(from: Values, key: string, where: string, faults: Fault[]): Amounts {
  const amounts = mappingAt(from, key, where, faults) ?? {};
  const amountOf = (resource: Resource): number | null => {
    const written = amounts[resource] ?? null;
    if (written === null) return null;
    const quantity = kubernetesQuantity(written);
    if (quantity !== null && quantity >= 0) return rounded(quantity / UNITS[resource].one);
    faults.push(
      wrongType(amounts, resource, `${where}.${key}`, `a quantity such as ${UNITS[resource].example}`),
    );
    return null;
  };
  return { cpu: amountOf('cpu'), memory: amountOf('memory') };
}

/** 0.1 / 0.001 is not quite 100 in binary; a thousandth of a millicore or of a MiB is below what anyone writes. */
function rounded(amount: number): number {
  return Math.round(amount * 1000) / 1000;
}

function requestOf(
  resource: Resource,
  asked: readonly ({ container: Container } & Resources)[],
  ofPod: Resources,
  overhead: Amounts,
  pod: Pod,
): number | null {
  const amounts = asked.map(({ container, requests, limits }) => ({
    container,
    amount: requests[resource] ?? limits[resource],
    isLimit: requests[resource] === null && limits[resource] !== null,
  }));
  // A request for the pod as a whole stands above what its containers say (KEP-2837).
  const whole = ofPod.requests[resource] ?? ofPod.limits[resource];
  if (whole !== null) return rounded(whole + (overhead[resource] ?? 0));
  if (amounts.every(({ amount }) => amount === null)) return null;

  const runsOn = amounts.filter(({ container }) => container.role !== 'init');
  if (runsOn.some(({ isLimit }) => isLimit)) pod.fromLimits.push(resource);
  const silent = runsOn.filter(({ amount }) => amount === null).map(({ container }) => container.name);
  if (silent.length > 0) pod.silent.push({ resource, containers: silent });
  const isApp = ({ container }: { container: Container }) => container.role === 'app';
  const starting = amounts.filter((one) => !isApp(one));
  return rounded(
    podRequest(
      amounts.filter(isApp).map(({ amount }) => amount ?? 0),
      starting.map(({ amount, container }) => ({
        request: amount ?? 0,
        isSidecar: container.role === 'sidecar',
      })),
      overhead[resource] ?? 0,
    ),
  );
}
