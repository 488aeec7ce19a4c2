import { WHOLE_SYSTEM } from '../../domain/entries.js';
import type { Connection, Entry, Part, Plan } from '../../domain/model.js';
import type { Fault, Note, Reader } from '../model.js';
import { type Budget, spend, TooMuch } from '../reading/budget.js';
import { deadEnds } from '../reading/dead-ends.js';
import { type ClusterRole, clusterAddition } from './cluster.js';
import { connectionBudget, connectionsOf, type Mention, mentionsOf } from './connections.js';
import { entryOf, isRouteController, openings, routed } from './entries.js';
import { readConfig } from './environment.js';
import { sizeOfSelector } from './labels.js';
import { freeName, partNames } from './names.js';
import { finderOf } from './namespaces.js';
import { kubernetesObjects } from './objects.js';
import { type PartRead, partOf } from './parts.js';
import { remarks } from './remarks.js';
import { autoscalersOf } from './replicas.js';
import { readService, type Service, selectedBy } from './services.js';
import { readWorkloads, type Workload } from './workloads.js';

/**
 * Reads Kubernetes manifests: every workload a part, with the copies that run in steady state, what one pod asks for, whether its copies
 * must stand apart and how many are needed. What files state (an Ingress, a Service and its selector) is stated, what environment and
 * arguments suggest is guessed. `options.cluster` says whether what Kubernetes itself consists of joins the plan.
 * Faults: text that is no YAML, and wrong types where a count would rest on them.
 */
export const readKubernetes: Reader = (files, options) => {
  const { objects, leftOut, notes: report, kustomized, faults } = kubernetesObjects(files);
  const autoscalers = autoscalersOf(objects, faults);
  const workloads = readWorkloads(objects, finderOf(autoscalers), faults, report);
  const ofKind = (kind: string) => objects.filter((object) => object.kind === kind);
  const services = ofKind('Service').map((object) => readService(object, faults));
  const configs = {
    configMap: finderOf(ofKind('ConfigMap').map((object) => readConfig(object, faults))),
    secret: finderOf(ofKind('Secret').map((object) => readConfig(object, faults))),
  };
  const namespaces = new Set([
    'default',
    ...objects.map(({ namespace }) => namespace),
    ...ofKind('Namespace').map(({ name }) => name),
  ]);
  const findService = finderOf(services);
  const selected = selectedBy(workloads);
  const named = mentionsOf(workloads, findService, namespaces, configs, faults);
  if (objects.length === 0 && leftOut.size === 0 && faults.length === 0)
    faults.push(nothingToCount(files[0]?.name ?? '', kustomized[0]));
  if (faults.length > 0) return { ok: false, faults, report };

  const open = openings(objects, services, workloads, findService, selected, report);
  const opened = new Set(open.flatMap((opening) => [...opening.workloads]));
  const served = new Set([...new Set(services.map(selected))].flat());
  const names = partNames(workloads);
  const assumedAvailability = options.assumedAvailability ?? null;
  const budgets = ofKind('PodDisruptionBudget');
  const tried = budgets.reduce((size, { spec }) => size + 1 + sizeOfSelector(spec.selector), 0);
  if (workloads.length * tried > MAX_BUDGETS_TRIED)
    throw new TooMuch(
      `${workloads.length} workloads with ${budgets.length} PodDisruptionBudgets to hold each against, label by label, are too many for one import. Import fewer objects at a time.`,
      budgets[0],
    );
  const read = workloads.map((workload) =>
    partOf(workload, {
      name: names.get(workload)!,
      isOpen: opened.has(workload),
      isServed: served.has(workload),
      budgets,
      assumedAvailability,
    }),
  );
  const outside = externalParts(named.mentions, new Set(names.values()));
  const parts = [...read.map(({ part }) => part), ...outside.values()];
  const controllers = read.filter(isRouteController).map(({ part }) => part.name);
  const entries = open.map((opening) => entryOf(opening, names, controllers));
  const room = connectionBudget();
  const connections = connectionsOf([
    ...named.mentions.flatMap((mention) => pairsOf(mention, selected, names, outside, room)),
    ...open.flatMap((opening) => routed(opening, names, controllers, room)),
  ]);

  const cluster = clusterAddition(options.cluster ?? 'none', parts, rolesIn(read), assumedAvailability);
  const plan: Plan = {
    name:
      options.planName ??
      planName(
        files.map(({ name }) => name),
        workloads,
      ),
    machineType: null,
    parts: [...parts, ...cluster.parts],
    connections: [...connections, ...cluster.connections],
    entries: withWholeSystem(entries, cluster.entries, parts, connections),
    extraCosts: [],
  };
  report.push(...read.flatMap(({ notes }) => notes), ...cluster.notes);
  report.push(
    ...remarks({
      read,
      services,
      selected,
      ...named,
      autoscalers,
      objects,
      leftOut,
      open,
      connections,
      options,
    }),
    ...deadEnds(plan, (_, entry) => open.find(({ name }) => name === entry)),
  );
  return { ok: true, format: 'kubernetes', plan, report };
};

/** `why`: the remark on a kustomization or its patches, where that is all there was. It says what to do. */
function nothingToCount(file: string, why: Note | undefined): Fault {
  const message = why
    ? `Nothing is left to count here. ${why.message}`
    : 'No Kubernetes object stands in these files: each needs apiVersion, kind and metadata.name.';
  return { message, file: why?.file ?? file, line: why?.line ?? 1, column: 1 };
}

/** Of all workloads together; all of each selector is held against each one's labels. */
const MAX_BUDGETS_TRIED = 2_500_000;

/** A Service stands for every workload it selects, or for the outside host it is another name of. */
function pairsOf(
  { from, service, evidence, line }: Mention<Workload>,
  selected: (service: Service) => Workload[],
  names: ReadonlyMap<Workload, string>,
  outside: ReadonlyMap<Service, Part>,
  room: Budget,
): Connection[] {
  const external = outside.get(service)?.name;
  const called =
    external === undefined ? selected(service).map((workload) => names.get(workload)!) : [external];
  spend(room, called.length, { file: from.file, line });
  return called.map((to) => ({ from: names.get(from)!, to, strength: 'hard', origin: 'guessed', evidence }));
}

/** A part for each Service of type ExternalName that something names. */
function externalParts(mentions: readonly Mention<Workload>[], taken: Set<string>): Map<Service, Part> {
  const parts = new Map<Service, Part>();
  for (const { service } of mentions) {
    if (service.externalName === null || parts.has(service)) continue;
    parts.set(service, {
      name: freeName(service.name, taken),
      kind: 'external',
      replicas: 1,
      needed: 1,
      cpuMillicores: null,
      memoryMib: null,
      runs: 'external',
      perMachine: false,
      spread: false,
      availability: null,
      usdPerMonth: null,
      technology: null,
    });
  }
  return parts;
}

/** kube-router told to run the service proxy does the work of kube-proxy too. */
function rolesIn(read: readonly PartRead[]): Map<ClusterRole, string[]> {
  const roles = new Map<ClusterRole, string[]>();
  for (const { role, part, workload } of read) {
    if (!role) continue;
    const isProxyToo = workload.pod.containers.some(({ commandLine }) =>
      commandLine.some((argument) => /^--run-service-proxy(?:=true)?$/.test(argument)),
    );
    for (const filled of isProxyToo ? [role, 'kube-proxy' as const] : [role])
      roles.set(filled, [...(roles.get(filled) ?? []), part.name]);
  }
  return roles;
}

/** A plan that names no entry is told as a whole. One that names only "deploy" must say that itself. */
function withWholeSystem(
  entries: readonly Entry[],
  added: readonly Entry[],
  parts: readonly Part[],
  connections: readonly Connection[],
): Entry[] {
  const called = new Set(connections.map(({ to }) => to));
  const uncalled = parts.filter(
    ({ name, kind, perMachine }) => kind !== 'job' && !perMachine && !called.has(name),
  );
  const whole = { name: WHOLE_SYSTEM, parts: uncalled.map(({ name }) => name) };
  const own = entries.length === 0 && added.length > 0 && uncalled.length > 0 ? [whole] : entries;
  const taken = new Set(own.map(({ name }) => name));
  return [...own, ...added.map((entry) => ({ ...entry, name: freeName(entry.name, taken) }))];
}

/** The namespace all is written for, else the folder or file it came from. */
function planName(files: readonly string[], workloads: readonly Workload[]): string {
  const namespaces = new Set(workloads.map(({ namespace }) => namespace));
  const [namespace = ''] = namespaces.size === 1 ? namespaces : [];
  if (namespace !== '' && namespace !== 'default') return namespace;
  const [first = ''] = files;
  const folder = first.split('/').at(-2) ?? first.replace(/\.[a-z]+$/i, '');
  return folder || 'Kubernetes manifests';
}
