import { isMapping, type Values } from '../reading/values.js';
import { selects } from './labels.js';
import type { Pod } from './pod.js';

/** Why the copies of a pod may not share a machine. */
export type SpreadReason = 'anti-affinity' | 'topology spread' | 'host port';

const HOSTNAME = 'kubernetes.io/hostname';

/**
 * Whether Kubernetes must put the copies of a pod on different machines, and why; null when it may put two together.
 * Required anti-affinity to its own labels by host name, and a host port, say just that. A topology spread constraint of maxSkew 1 with
 * DoNotSchedule is looser (it levels the copies out) and comes to the same while there are at least as many machines as copies.
 * Preferred rules and ScheduleAnyway are hints.
 */
export function spreadReason(pod: Pod): SpreadReason | null {
  const affinity = isMapping(pod.spec.affinity) ? pod.spec.affinity : {};
  const anti = isMapping(affinity.podAntiAffinity) ? affinity.podAntiAffinity : {};
  const isApart = (term: Values) => term.topologyKey === HOSTNAME && selects(term.labelSelector, pod.labels);
  if (mappingsOf(anti.requiredDuringSchedulingIgnoredDuringExecution).some(isApart)) return 'anti-affinity';
  if (hostPortsOf(pod).length > 0) return 'host port';

  const isLevel = (constraint: Values) =>
    isApart(constraint) &&
    constraint.maxSkew === 1 &&
    (constraint.whenUnsatisfiable ?? 'DoNotSchedule') === 'DoNotSchedule';
  return mappingsOf(pod.spec.topologySpreadConstraints).some(isLevel) ? 'topology spread' : null;
}

/** Ports a pod takes of its machine: those it names, and with `hostNetwork` all that its containers open. */
export function hostPortsOf(pod: Pod): number[] {
  const ports = pod.containers.filter(({ role }) => role !== 'init').flatMap((container) => container.ports);
  return ports.flatMap(({ number, hostPort }) => hostPort ?? (pod.hostNetwork ? (number ?? []) : []));
}

function mappingsOf(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}
