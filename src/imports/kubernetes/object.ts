import { isMapping, type Values } from '../reading/values.js';

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

/** Every kind that says something about a plan. */
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
 * Whether objects of this kind and apiVersion are read. An item of a list may leave its version out, and elsewhere that is a slip which
 * the name of the kind makes good.
 */
export function isReadKind(kind: string, version: string | undefined): boolean {
  if (version === undefined) return GROUPS.has(kind);
  const group = version.includes('/') ? version.slice(0, version.indexOf('/')) : '';
  return GROUPS.get(kind)?.includes(group) ?? false;
}
