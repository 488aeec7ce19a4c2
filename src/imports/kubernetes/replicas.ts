import type { Fault } from '../model.js';
import { quorumOf } from '../reading/technology-names.js';
import { asText, countAt, mappingAt, textAt } from '../reading/values.js';
import { type Labels, selects } from './labels.js';
import { type Finder, isSameNamespace } from './namespaces.js';
import type { KubernetesObject } from './object.js';

/** A HorizontalPodAutoscaler. `name` is what it scales, as `Deployment/web`. */
export type Autoscaler = {
  name: string;
  namespace: string;
  min: number;
  max: number | null;
  object: KubernetesObject;
};

export type Replicas = {
  count: number;
  /** Where the number comes from, for the report. */
  basis: 'written' | 'default' | 'autoscaler' | 'switched off';
  autoscaler: Autoscaler | null;
};

export function autoscalersOf(objects: readonly KubernetesObject[], faults: Fault[]): Autoscaler[] {
  return objects
    .filter(({ kind }) => kind === 'HorizontalPodAutoscaler')
    .map((object) => {
      const where = `${object.title}: spec`;
      const target = mappingAt(object.spec, 'scaleTargetRef', where, faults) ?? {};
      const kind = textAt(target, 'kind', `${where}.scaleTargetRef`, faults) ?? '';
      const name = textAt(target, 'name', `${where}.scaleTargetRef`, faults) ?? '';
      return {
        name: `${kind}/${name}`,
        namespace: object.namespace,
        min: countAt(object.spec, 'minReplicas', where, faults) ?? 1,
        max: countAt(object.spec, 'maxReplicas', where, faults) ?? null,
        object,
      };
    });
}

/**
 * How many copies run when nothing is going on: `spec.replicas`, 1 where it is absent (kubernetes.io, Deployment and StatefulSet), the
 * autoscaler's minimum (1 where absent) where one steers the object. `replicas: 0` switches the object off, and its autoscaler with it
 * (kubernetes.io, HorizontalPodAutoscaler, "Implicit maintenance-mode deactivation").
 */
export function steadyReplicas(
  object: KubernetesObject,
  find: Finder<Autoscaler>,
  faults: Fault[],
): Replicas {
  const written = countAt(object.spec, 'replicas', `${object.title}: spec`, faults);
  const autoscaler = find(`${object.kind}/${object.name}`, object.namespace);
  if (written === 0) return { count: 0, basis: 'switched off', autoscaler };
  if (autoscaler) return { count: autoscaler.min, basis: 'autoscaler', autoscaler };
  return written === undefined
    ? { count: 1, basis: 'default', autoscaler }
    : { count: written, basis: 'written', autoscaler };
}

export type Needed = { count: number; reason: string | null };

/**
 * How many of n copies must be up. A PodDisruptionBudget's `minAvailable`, where it is a whole number, is the team's own word for it
 * (kubernetes.io, "Specifying a Disruption Budget": the number needed for a quorum, or to serve the load). Its other forms only pace
 * maintenance: `maxUnavailable: 1` of ten does not say that nine are needed. Else more than half for stores that vote, else 1.
 */
export function neededReplicas(
  n: number,
  technology: string | null,
  namespace: string,
  labels: Labels,
  budgets: readonly KubernetesObject[],
): Needed {
  if (n === 0) return { count: 0, reason: null };
  for (const { spec, title, ...budget } of budgets) {
    if (!isSameNamespace(budget.namespace, namespace) || !selects(spec.selector, labels)) continue;
    const least = Number(asText(spec.minAvailable) ?? Number.NaN);
    if (!Number.isInteger(least) || least < 1 || least > n) continue;
    return { count: least, reason: `${title} keeps at least ${least} available` };
  }
  const quorum = quorumOf(technology, n);
  if (quorum === null) return { count: 1, reason: null };
  return { count: quorum, reason: `${technology} needs the majority of its members` };
}
