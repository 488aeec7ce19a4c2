import type { Fault } from '../model.js';
import { clusterServices } from '../reading/addresses.js';
import { budgetOf, spend } from '../reading/budget.js';
import { listAt, textAt } from '../reading/values.js';
import { grouped } from './grouped.js';
import { type Labels, labelsAt } from './labels.js';
import { type Finder, isSameNamespace } from './namespaces.js';
import type { KubernetesObject } from './object.js';

export type Service = {
  name: string;
  /** '' where the file names none. */
  namespace: string;
  type: string;
  /** Labels of the pods it sends to; empty when it selects none. */
  selector: Labels;
  /** The outside host it stands for (type ExternalName). */
  externalName: string | null;
  /** Reached from outside the cluster: a LoadBalancer, a NodePort, or addresses of its own. */
  isOpen: boolean;
  file: string;
  line: number;
};

/** Something with pods: what a selector is held against. */
export type Selectable = { namespace: string; pod: { labels: Labels } };

export function readService(object: KubernetesObject, faults: Fault[]): Service {
  const { name, namespace, spec, title, file, line } = object;
  const where = `${title}: spec`;
  const type = textAt(spec, 'type', where, faults) ?? 'ClusterIP';
  const externalName = textAt(spec, 'externalName', where, faults) ?? null;
  const isOpen =
    type === 'LoadBalancer' || type === 'NodePort' || listAt(spec, 'externalIPs', where, faults).length > 0;
  const selector = labelsAt(spec, 'selector', where, faults);
  return {
    name,
    namespace,
    type,
    selector,
    externalName: type === 'ExternalName' ? externalName : null,
    isOpen,
    file,
    line,
  };
}

/**
 * The Service a host name means when it is looked up from a pod in `namespace`, or null. Without `svc` in the name the second label is
 * taken for a namespace only where the input knows it: else `redis.io` would be the Service redis.
 */
export function serviceOfHost(
  host: string,
  namespace: string,
  find: Finder<Service>,
  namespaces: ReadonlySet<string>,
): Service | null {
  const isFull = /\.svc(?:\.|$)/i.test(host);
  for (const meant of clusterServices(host)) {
    if (meant.namespace !== undefined && !isFull && !namespaces.has(meant.namespace)) continue;
    const service = find(meant.service, meant.namespace ?? namespace);
    if (service) return service;
  }
  return null;
}

/** Workloads held against the selectors of Services: a cluster of thousands of each, with labels of their own, has some for each. */
const MAX_SELECTED = 500_000;

/**
 * For a Service, those of the workloads whose pods it selects: every label of its selector, in its namespace. Where the namespace of one
 * of the two is not written they may be in the same; that counts only as long as no workload is in it for certain.
 */
export function selectedBy<T extends Selectable>(workloads: readonly T[]): (service: Service) => T[] {
  const labelled = workloads.flatMap((workload) =>
    [...workload.pod.labels].map(([key, value]) => ({ label: `${key}=${value}`, workload })),
  );
  const byLabel = grouped(labelled, ({ label }) => label);
  const known = new Map<string, T[]>();
  const knownOf = new Map<Service, T[]>();
  const room = budgetOf(
    MAX_SELECTED,
    `The selectors of these Services fit more than ${MAX_SELECTED} workloads, counted for each. Import fewer objects at a time.`,
  );

  function select({ selector, namespace, file, line }: Service): T[] {
    const pairs = [...selector];
    const candidates = pairs.map(([key, value]) => byLabel.get(`${key}=${value}`) ?? []);
    // The rarest label leaves the fewest to look at.
    const fewest = candidates.reduce(
      (least, some) => (some.length < least.length ? some : least),
      candidates[0] ?? [],
    );
    spend(room, fewest.length * pairs.length, { file, line });
    const matching = fewest.filter(
      ({ workload }) =>
        isSameNamespace(workload.namespace, namespace) &&
        pairs.every(([key, value]) => workload.pod.labels.get(key) === value),
    );
    const certain = matching.filter(({ workload }) => workload.namespace === namespace);
    return (certain.length > 0 ? certain : matching).map(({ workload }) => workload);
  }

  return (service) => {
    // Services with one selector share one list; what a selector is, is written out once for each.
    const before = knownOf.get(service);
    if (before) return before;
    const key = JSON.stringify([service.namespace, ...service.selector]);
    const selected = known.get(key) ?? select(service);
    known.set(key, selected);
    knownOf.set(service, selected);
    return selected;
  };
}
