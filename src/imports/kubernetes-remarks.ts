import type { Plan } from '../domain/model.js';
import type { Mention, UnknownHosts } from './kubernetes-connections.js';
import type { Opening } from './kubernetes-entries.js';
import { grouped } from './kubernetes-grouped.js';
import type { KubernetesObject } from './kubernetes-object.js';
import type { ObjectsRead } from './kubernetes-objects.js';
import type { PartRead } from './kubernetes-parts.js';
import type { Autoscaler } from './kubernetes-replicas.js';
import type { Service } from './kubernetes-services.js';
import { listed } from './kubernetes-words.js';
import type { Workload } from './kubernetes-workloads.js';
import type { ImportOptions, Note } from './model.js';
import { asText, isMapping } from './values.js';

export type Imported = {
  read: readonly PartRead[];
  services: readonly Service[];
  selected: (service: Service) => Workload[];
  mentions: readonly Mention<Workload>[];
  unknownHosts: UnknownHosts<Workload>;
  isCutShort: boolean;
  autoscalers: readonly Autoscaler[];
  objects: readonly KubernetesObject[];
  leftOut: ObjectsRead['leftOut'];
  open: readonly Opening[];
  plan: Plan;
  options: ImportOptions;
};

/** What is to be said of an import as a whole: one line for each kind of remark, however many objects it is about. */
export function remarks(imported: Imported): Note[] {
  return [
    ...onParts(imported),
    ...onServices(imported),
    ...onConnections(imported),
    ...onEntries(imported),
    ...onWhatWasLeftOut(imported),
  ];
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

function onServices({ services, selected, mentions, open }: Imported): Note[] {
  const mentioned = new Set(mentions.map(({ service }) => service));
  const lost = services.filter((service) => service.externalName === null && selected(service).length === 0);
  const shared = services.filter(
    (service) => selected(service).length > 1 && (mentioned.has(service) || service.isOpen),
  );
  const outside = [...mentioned].filter(({ externalName }) => externalName !== null);
  const byPort = open.filter(({ by }) => by === 'host port');
  return [
    ...about(
      lost,
      'warning',
      'a Service that selects no workload of these files, so that nothing can be connected to it',
    ),
    ...about(
      shared,
      'guessed',
      'a Service of several workloads, each taken as needed; where any one will do, make the connections soft or them one part',
    ),
    ...about(
      outside,
      'guessed',
      'a Service that stands for an outside host: an external part, its price and availability unknown',
    ),
    ...about(byPort, 'guessed', 'takes a port of its machine, so it was taken for a way in'),
  ];
}

function onConnections({ plan, mentions, unknownHosts, isCutShort, read, selected }: Imported): Note[] {
  const notes: Note[] = [];
  const names = new Map(read.map(({ workload, part }) => [workload, part.name]));
  const isOfAnother = ({ from, service }: Mention<Workload>) =>
    service.externalName !== null || selected(service).some((workload) => workload !== from);
  for (const [from, found] of grouped(mentions.filter(isOfAnother), (mention) => mention.from)) {
    const called = found.map(({ service, evidence }) => `${service.name} (${evidence})`);
    const message = `${names.get(from)} names ${listed(called)}.`;
    notes.push({ kind: 'guessed', message, part: names.get(from), file: from.file, line: found[0]?.line });
  }
  if (plan.connections.some(({ origin }) => origin === 'guessed')) {
    const message =
      'Connections were guessed from addresses in environment and arguments, each taken as hard. Check them: a ConfigMap that several share names more than each of them calls.';
    notes.push({ kind: 'guessed', message });
  } else if (read.length > 1) {
    const message =
      'No connection is written in these files, which is common: addresses inside images and mounted files are not seen. Draw them by hand.';
    notes.push({ kind: 'warning', message });
  }
  if (isCutShort) {
    const message =
      'These files set more variables than were looked at: the connections of the last workloads are missing.';
    notes.push({ kind: 'warning', message });
  }
  const first = unknownHosts.values().next().value?.[0];
  if (first) {
    const hosts = [...unknownHosts].map(
      ([host, by]) => `${host} (by ${listed(by.map(({ from }) => from.name))})`,
    );
    const message = `Named, but no Service of these files: ${listed(hosts)}. Add them as external parts if they are called.`;
    notes.push({ kind: 'warning', message, file: first.from.file, line: first.line });
  }
  return notes;
}

function onEntries({ open, read }: Imported): Note[] {
  if (open.length > 0 || read.length === 0) return [];
  const message =
    'Nothing is open to the outside (LoadBalancer, NodePort, Ingress, host port): the plan is told as a whole.';
  return [{ kind: 'assumed', message }];
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

type Named = { name: string; file: string; line: number };

function about(found: readonly Named[], kind: Note['kind'], what: string): Note[] {
  const [first] = found;
  if (!first) return [];
  const message = `${listed(found.map(({ name }) => name))}: ${what}.`;
  return [{ kind, message, file: first.file, line: first.line }];
}
