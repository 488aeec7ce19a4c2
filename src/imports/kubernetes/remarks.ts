import type { ImportOptions, Note } from '../model.js';
import { asText, isMapping } from '../reading/values.js';
import { about, listed, type Named } from '../reading/words.js';
import type { KubernetesObject } from './object.js';
import type { ObjectsRead } from './objects.js';
import type { PartRead } from './parts.js';
import type { Autoscaler } from './replicas.js';
import { type Ways, wayRemarks } from './way-remarks.js';
import type { Workload } from './workloads.js';

export type Imported = Ways & {
  autoscalers: readonly Autoscaler[];
  objects: readonly KubernetesObject[];
  leftOut: ObjectsRead['leftOut'];
  options: ImportOptions;
};

/** What is to be said of an import as a whole: one line for each kind of remark, however many objects it is about. */
export function remarks(imported: Imported): Note[] {
  return [...onParts(imported), ...wayRemarks(imported), ...onWhatWasLeftOut(imported)];
}

function onParts({ read, autoscalers, objects, options }: Imported): Note[] {
  const running = read.filter(({ workload }) => !workload.isJob);
  const where = (holds: (one: PartRead) => boolean): Named[] =>
    running.filter(holds).map(({ part: { name }, workload: { file, line } }) => ({ name, file, line }));
  const used = new Set(read.map(({ workload }) => workload.replicas.autoscaler));
  const unused = autoscalers.filter((autoscaler) => !used.has(autoscaler)).map(({ object }) => object);
  const pacing = objects.filter(
    ({ kind, spec }) => kind === 'PodDisruptionBudget' && !isWholeNumber(spec.minAvailable),
  );
  const noCpu = ({ part }: PartRead) => part.cpuMillicores === null;
  const noMemory = ({ part }: PartRead) => part.memoryMib === null;
  return [
    ...onAvailability(read, options),
    ...about(
      where(({ workload }) => workload.replicas.basis === 'default'),
      'assumed',
      'no replicas are written, so 1 runs',
    ),
    ...about(
      where(
        ({ workload: { replicas } }) =>
          replicas.basis === 'autoscaler' && replicas.autoscaler?.max !== replicas.count,
      ),
      'assumed',
      "counted at the autoscaler's minimum; under load there are more",
    ),
    ...about(
      where(({ part }) => part.replicas > 1 && part.needed === 1),
      'assumed',
      '1 of the replicas is taken to be enough; say so if the load needs more',
    ),
    ...about(
      where((one) => noCpu(one) && noMemory(one)),
      'warning',
      'no cpu and no memory is asked for: unknown, packed as 0',
    ),
    ...about(
      where((one) => noMemory(one) && !noCpu(one)),
      'warning',
      'no memory is asked for: unknown, packed as 0',
    ),
    ...about(
      where((one) => noCpu(one) && !noMemory(one)),
      'warning',
      'no cpu is asked for: unknown, packed as 0',
    ),
    ...about(
      where(({ workload: { pod } }) => pod.cpu.isFromLimit || pod.memory.isFromLimit),
      'assumed',
      'the limit was taken where no request is written, as Kubernetes does',
    ),
    ...about(
      where(({ workload }) => workload.pod.otherResources.length > 0),
      'warning',
      'asks for more than cpu and memory (a GPU, say), which is not packed',
    ),
    ...about(
      where(({ workload }) => workload.perMachine && isChoosy(workload)),
      'assumed',
      'may be meant for some machines only; counted on every one',
    ),
    ...about(unused, 'skipped', 'an autoscaler of something that is not in the files'),
    ...about(
      pacing,
      'skipped',
      'paces maintenance (by a share or by maxUnavailable), which does not say how many are needed',
    ),
  ];
}

function onAvailability(read: readonly PartRead[], { assumedAvailability }: ImportOptions): Note[] {
  if (read.length === 0) {
    return [
      { kind: 'warning', message: 'Nothing in these files runs: there is no workload among the objects.' },
    ];
  }
  if (assumedAvailability === undefined) return [];
  const message = `The availability of every self-run replica is taken as ${assumedAvailability}; manifests say nothing about it.`;
  return [{ kind: 'assumed', message }];
}

function isWholeNumber(value: unknown): boolean {
  return /^\d{1,9}$/.test(asText(value) ?? '');
}

function isChoosy({ pod }: Workload): boolean {
  const chosen = isMapping(pod.spec.nodeSelector) ? Object.keys(pod.spec.nodeSelector) : [];
  return chosen.some((label) => !/(?:^|\.)kubernetes\.io\/(?:os|arch)$/.test(label));
}

/** Kinds that every set of manifests has and that nobody would take for something that runs. */
const PLAIN_KINDS =
  /^(?:ServiceAccount|(?:Cluster)?Role(?:Binding)?|PersistentVolume(?:Claim)?|StorageClass|NetworkPolicy|CustomResourceDefinition|ResourceQuota|LimitRange|PriorityClass|Endpoints|EndpointSlice|IngressClass|(?:Mutating|Validating)WebhookConfiguration|APIService|PodSecurityPolicy|Event|Node)$/;

function onWhatWasLeftOut({ leftOut }: Imported): Note[] {
  const kinds = [...leftOut];
  const plain = kinds.filter(([kind]) => PLAIN_KINDS.test(kind));
  const other = kinds.filter(([kind]) => !PLAIN_KINDS.test(kind));
  const note = (found: typeof kinds, why: string): Note[] => {
    const [first] = found;
    if (!first) return [];
    const message = `${listed(found.map(([kind, { count }]) => `${count} ${kind}`))}: ${why}.`;
    return [{ kind: 'skipped', message, file: first[1].file, line: first[1].line }];
  };
  return [
    ...note(plain, 'no part runs by these'),
    ...note(
      other,
      'unknown here. What an operator makes of them is not counted; export what runs in the cluster to count it',
    ),
  ];
}
