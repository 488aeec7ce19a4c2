import type { Plan } from '../domain/model.js';
import type { Mention, UnknownHosts } from './kubernetes-connections.js';
import type { Opening } from './kubernetes-entries.js';
import type { KubernetesObject, ObjectsRead } from './kubernetes-objects.js';
import type { PartRead } from './kubernetes-parts.js';
import type { Autoscaler } from './kubernetes-replicas.js';
import type { Service } from './kubernetes-services.js';
import { counted, listed } from './kubernetes-words.js';
import type { Workload } from './kubernetes-workloads.js';
import type { ImportOptions, Note } from './model.js';
import { isMapping } from './values.js';

export type Imported = {
  read: readonly PartRead[];
  services: readonly Service[];
  selected: (service: Service) => Workload[];
  mentions: readonly Mention<Workload>[];
  unknownHosts: UnknownHosts<Workload>;
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
  const where = (choose: (one: PartRead) => boolean) =>
    read.filter(choose).map(({ part, workload }) => ({ ...workload, name: part.name }));
  const used = new Set(read.map(({ workload }) => workload.replicas.autoscaler));
  const claimed = objects.filter(
    ({ kind, spec }) => kind === 'PodDisruptionBudget' && !Number.isInteger(Number(spec.minAvailable ?? 'x')),
  );
  const assumed = options.assumedAvailability;
  const notes: Note[] = [];
  if (read.length === 0) {
    notes.push({
      kind: 'warning',
      message: 'Nothing in these files runs: there is no workload among the objects.',
    });
  } else if (assumed !== undefined) {
    notes.push({
      kind: 'assumed',
      message: `Availability of one self-run replica: ${assumed}, for all of them; manifests say nothing about it.`,
    });
  }
  return [
    ...notes,
    ...about(
      'assumed',
      where(({ workload }) => workload.replicas.basis === 'default'),
      'no replicas are written, so 1 runs',
    ),
    ...about(
      'assumed',
      where(
        ({ workload: { replicas } }) =>
          replicas.basis === 'autoscaler' && (replicas.autoscaler?.max ?? 0) > replicas.count,
      ),
      'counted at the minimum of the autoscaler; under load there are more',
    ),
    ...about(
      'assumed',
      where(({ part }) => part.replicas > 1 && part.needed === 1 && !part.perMachine),
      '1 of the replicas is enough; is it, under load?',
    ),
    ...about(
      'warning',
      where(({ part }) => part.memoryMib === null && part.kind !== 'job'),
      'no memory request: unknown, packed as 0',
    ),
    ...about(
      'warning',
      where(({ part }) => part.cpuMillicores === null && part.kind !== 'job'),
      'no cpu request: unknown, packed as 0',
    ),
    ...about(
      'assumed',
      where(({ workload }) => workload.pod.fromLimits.length > 0),
      'no request is written, so Kubernetes takes the limit',
    ),
    ...about(
      'warning',
      where(({ workload }) => workload.pod.otherResources.length > 0),
      'asks for more than cpu and memory (a GPU, say), which is not packed',
    ),
    ...about(
      'assumed',
      where(({ workload }) => workload.perMachine && isChoosy(workload)),
      'may be meant for some machines only; counted on every one',
    ),
    ...about(
      'skipped',
      autoscalers.filter((autoscaler) => !used.has(autoscaler)).map(({ object }) => object),
      'what it scales is not in the files',
    ),
    ...about(
      'skipped',
      claimed,
      'paces maintenance only (a share, or maxUnavailable); it does not say how many are needed',
    ),
  ];
}

function isChoosy({ pod }: Workload): boolean {
  const chosen = isMapping(pod.spec.nodeSelector) ? Object.keys(pod.spec.nodeSelector) : [];
  return chosen.some((label) => !/(?:^|\.)kubernetes\.io\/(?:os|arch)$/.test(label));
}

function onServices({ services, selected, mentions, open }: Imported): Note[] {
  const lost = services.filter((service) => service.externalName === null && selected(service).length === 0);
  const mentioned = new Set(mentions.map(({ service }) => service));
  const shared = services.filter(
    (service) => selected(service).length > 1 && (mentioned.has(service) || service.isOpen),
  );
  const outside = [...mentioned].filter(({ externalName }) => externalName !== null);
  return [
    ...about(
      'warning',
      lost,
      'a Service that selects no workload of these files: what names it has no connection',
    ),
    ...about(
      'guessed',
      shared,
      'a Service of several workloads, each of which was taken as needed; if any one will do, make them soft or one part',
    ),
    ...about(
      'guessed',
      outside,
      'stands for a host outside the cluster: an external part, its price and availability unknown',
    ),
    ...about(
      'guessed',
      open.filter(({ by }) => by === 'host port'),
      'takes a port of its machine, so it was taken for a way in',
    ),
  ];
}

function onConnections({ plan, unknownHosts, read }: Imported): Note[] {
  const notes: Note[] = [];
  const guessed = plan.connections.filter(({ origin }) => origin === 'guessed').length;
  if (guessed > 0) {
    const message = `${counted(guessed, 'connection')} guessed from addresses in environment and arguments, each taken as hard. Check them: a shared ConfigMap names more than each of its readers calls.`;
    notes.push({ kind: 'guessed', message });
  } else if (read.length > 1) {
    notes.push({
      kind: 'warning',
      message:
        'No connection is written in these files, which is common: addresses inside images and mounted files are not seen. Draw them by hand.',
    });
  }
  const first = unknownHosts.values().next().value?.[0];
  if (first) {
    const hosts = [...unknownHosts].map(
      ([host, by]) => `${host} (${listed(by.map(({ from }) => from.name))})`,
    );
    const message = `Hosts that are named but are no Service of these files: ${listed(hosts)}. Add them as external parts if they are called.`;
    notes.push({ kind: 'warning', message, file: first.from.file, line: first.line });
  }
  return notes;
}

function onEntries({ open, read }: Imported): Note[] {
  if (open.length > 0 || read.length === 0) return [];
  return [
    {
      kind: 'assumed',
      message:
        'Nothing is open to the outside (LoadBalancer, NodePort, Ingress, host port): the plan is told as a whole.',
    },
  ];
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

function about(kind: Note['kind'], found: readonly (Named | KubernetesObject)[], what: string): Note[] {
  const [first] = found;
  if (!first) return [];
  const message = `${listed(found.map(({ name }) => name))}: ${what}.`;
  return [{ kind, message, file: first.file, line: first.line }];
}
