import { MAX_AMOUNT } from '../../domain/limits.js';
import { podRequest } from '../../domain/packing/pod-request.js';
import type { Fault } from '../model.js';
import {
  BYTES_PER_MIB,
  isMapping,
  kubernetesQuantity,
  mappingAt,
  type Values,
  wrongType,
} from '../reading/values.js';
import type { Container, Pod } from './pod.js';

/** What one pod asks of its machine in one resource: millicores or MiB. */
export type Request = {
  /** null where no container asks for anything. */
  amount: number | null;
  /** Some of it comes from a limit, since no request is written. */
  isFromLimit: boolean;
  /** Containers that ask for nothing beside others that do. */
  silent: string[];
};

type Resource = 'cpu' | 'memory';
type Amounts = Record<Resource, number | null>;
type Resources = { requests: Amounts; limits: Amounts; others: string[] };
type ContainerResources = Resources & { container: Container };

const UNITS = { cpu: { one: 1e-3, example: '250m' }, memory: { one: BYTES_PER_MIB, example: '128Mi' } };
/** Asked for by nearly every pod, or held by every plan. */
const QUIET_RESOURCES = new Set(['cpu', 'memory', 'ephemeral-storage']);

/**
 * The requests of a pod by the scheduler's rule (pod-request.ts). A missing request takes the limit, which is what Kubernetes itself fills
 * in; a request for the pod as a whole stands above those of its containers (KEP-2837).
 */
export function requestsOf(
  podSpec: Values,
  containers: readonly { container: Container; values: Values; where: string }[],
  where: string,
  faults: Fault[],
): Pick<Pod, 'cpu' | 'memory' | 'otherResources'> {
  const whole = readResources(podSpec, where, faults);
  const each = containers.map(({ container, values, where }) => ({
    container,
    ...readResources(values, where, faults),
  }));
  const overhead = amountsAt(podSpec, 'overhead', where, faults);
  return {
    cpu: requestOf('cpu', each, whole, overhead.cpu ?? 0),
    memory: requestOf('memory', each, whole, overhead.memory ?? 0),
    otherResources: [...new Set([...each, whole].flatMap(({ others }) => others))],
  };
}

function requestOf(
  resource: Resource,
  containers: readonly ContainerResources[],
  whole: Resources,
  overhead: number,
): Request {
  const ofPod = whole.requests[resource] ?? whole.limits[resource];
  if (ofPod !== null) return { amount: rounded(ofPod + overhead), isFromLimit: false, silent: [] };

  const asked = containers.map(({ container, requests, limits }) => ({
    ...container,
    amount: requests[resource] ?? limits[resource],
    isFromLimit: requests[resource] === null && limits[resource] !== null,
  }));
  if (asked.every(({ amount }) => amount === null)) return { amount: null, isFromLimit: false, silent: [] };
  const amount = podRequest(
    asked.filter(({ role }) => role === 'app').map(({ amount }) => amount ?? 0),
    asked
      .filter(({ role }) => role !== 'app')
      .map(({ amount, role }) => ({ request: amount ?? 0, isSidecar: role === 'sidecar' })),
    overhead,
  );
  const running = asked.filter(({ role }) => role !== 'init');
  return {
    amount: rounded(amount),
    isFromLimit: running.some(({ isFromLimit }) => isFromLimit),
    silent: running.filter(({ amount }) => amount === null).map(({ name }) => name),
  };
}

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
    const amount = quantity === null ? -1 : rounded(quantity / UNITS[resource].one);
    if (amount >= 0 && amount <= MAX_AMOUNT) return amount;
    const expected = `a quantity such as ${UNITS[resource].example}${amount < 0 ? '' : ', and no more than any machine has'}`;
    faults.push(wrongType(amounts, resource, `${where}.${key}`, expected));
    return null;
  };
  return { cpu: amountOf('cpu'), memory: amountOf('memory') };
}

/** 0.1 / 0.001 is not quite 100 in binary; a thousandth of a millicore or of a MiB is below what anyone writes. */
function rounded(amount: number): number {
  return Math.round(amount * 1000) / 1000;
}
