import { MAX_ENTRY_PARTS } from '../../domain/limits.js';
import type { Connection, Entry, Part } from '../../domain/model.js';
import type { Note } from '../model.js';
import { type Budget, budgetOf, spend } from '../reading/budget.js';
import { asText, isMapping, type Values } from '../reading/values.js';
import { listed } from '../reading/words.js';
import type { Finder } from './namespaces.js';
import type { KubernetesObject } from './object.js';
import type { Service } from './services.js';
import { hostPortsOf } from './spread.js';
import type { Workload } from './workloads.js';

/** A way in from outside the cluster. */
export type Opening = {
  name: string;
  workloads: Set<Workload>;
  by: 'service' | 'route' | 'host port';
  file: string;
  line: number;
};

const ROUTE_KINDS = new Set(['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute']);

/**
 * What is open to the outside: Services of type LoadBalancer and NodePort (or with external addresses), Ingresses, Gateway API routes and
 * OpenShift Routes, and pods that take a port of their machine. An Ingress opens one way in for each host it names, and several that
 * share a host open one together. Agents on every machine take ports too, but nobody outside is meant to call them.
 */
export function openings(
  objects: readonly KubernetesObject[],
  services: readonly Service[],
  workloads: readonly Workload[],
  find: Finder<Service>,
  selected: (service: Service) => Workload[],
  notes: Note[],
): Opening[] {
  const byName = new Map<string, Opening>();
  const room = budgetOf(
    MAX_ENTRY_PARTS,
    `The ways in, this one among them, lead to more than ${MAX_ENTRY_PARTS} workloads or Services, counted for each way. Import fewer objects at a time.`,
  );
  const open = (
    name: string,
    to: readonly Workload[],
    by: Opening['by'],
    { file, line }: { file: string; line: number },
  ) => {
    // A way that leads nowhere has been looked for, too.
    spend(room, Math.max(1, to.length), { file, line });
    const opening = byName.get(name) ?? { name, workloads: new Set(), by, file, line };
    for (const workload of to) if (!workload.isJob) opening.workloads.add(workload);
    if (opening.workloads.size > 0) byName.set(name, opening);
  };

  const balanced: Service[] = [];
  for (const service of services) {
    if (!service.isOpen) continue;
    open(service.name, selected(service), 'service', service);
    if (service.type === 'LoadBalancer') balanced.push(service);
  }
  const routes = objects.filter(
    ({ kind }) => kind === 'Ingress' || kind === 'Route' || ROUTE_KINDS.has(kind),
  );
  const lost = new Set<string>();
  for (const route of routes) {
    for (const { host, backend } of backendsOf(route)) {
      const service = find(backend, route.namespace);
      if (!service) lost.add(`${backend} (${route.title})`);
      open(host || route.name, service ? selected(service) : [], 'route', route);
    }
  }
  for (const workload of workloads) {
    if (workload.perMachine || workload.isJob || workload.namespace === 'kube-system') continue;
    if (hostPortsOf(workload.pod).length > 0) open(workload.name, [workload], 'host port', workload);
  }

  notes.push(...notesOn(balanced, routes, [...lost]));
  return [...byName.values()];
}

/** The entry a way in makes of a plan; through the controllers in the files where a route leads in. */
export function entryOf(
  { name, workloads, by }: Opening,
  names: ReadonlyMap<Workload, string>,
  controllers: readonly string[],
): Entry {
  const called = [...workloads].map((workload) => names.get(workload)!);
  return { name, parts: [...new Set([...(by === 'route' ? controllers : []), ...called])] };
}

/** The connections a route states where a controller in the files carries it out: soft, for it goes on when one it sends to stops. */
export function routed(
  { name, workloads, by, file, line }: Opening,
  names: ReadonlyMap<Workload, string>,
  controllers: readonly string[],
  room: Budget,
): Connection[] {
  if (by !== 'route') return [];
  spend(room, controllers.length * workloads.size, { file, line });
  return controllers.flatMap((from) =>
    [...workloads].map((workload): Connection => {
      return {
        from,
        to: names.get(workload)!,
        strength: 'soft',
        origin: 'stated',
        evidence: `route ${name}`,
      };
    }),
  );
}

/** Programs that carry Ingresses and routes out: nginx and Envoy are such only where their image or name says so. */
export function isRouteController({ part, workload }: { part: Part; workload: Workload }): boolean {
  if (part.kind !== 'load-balancer') return false;
  if (['Traefik', 'Kong', 'APISIX'].includes(part.technology ?? '')) return true;
  return [workload.name, ...workload.pod.containers.map(({ image }) => image)].some((text) =>
    /ingress|gateway/.test(text),
  );
}

/** The Services a route sends to, with the host asked for ('' for any). */
function* backendsOf({ kind, spec }: KubernetesObject): Generator<{ host: string; backend: string }> {
  if (kind === 'Route') {
    for (const backend of nameIn(spec.to)) yield { host: asText(spec.host) ?? '', backend };
    return;
  }
  const rules = mappingsIn(spec.rules);
  if (kind === 'Ingress') {
    const ofAny = [spec.defaultBackend, spec.backend]
      .flatMap(ingressBackend)
      .map((backend) => ({ host: '', backend }));
    const ofRules = rules.flatMap((rule) =>
      mappingsIn(isMapping(rule.http) ? rule.http.paths : [])
        .flatMap((path) => ingressBackend(path.backend))
        .map((backend) => ({ host: asText(rule.host) ?? '', backend })),
    );
    return yield* [...ofRules, ...ofAny];
  }
  const hosts = Array.isArray(spec.hostnames) ? spec.hostnames.flatMap((host) => asText(host) ?? []) : [];
  const backends = rules
    .flatMap((rule) => mappingsIn(rule.backendRefs))
    .filter((ref) => (ref.kind ?? 'Service') === 'Service');
  const names = backends.flatMap(nameIn);
  // One by one: thousands of hosts with thousands of backends each are given up on the way.
  for (const host of hosts.length > 0 ? hosts : ['']) for (const backend of names) yield { host, backend };
}

/** `service.name`, or `serviceName` as it was before networking.k8s.io/v1. */
function ingressBackend(backend: unknown): string[] {
  if (!isMapping(backend)) return [];
  const older = asText(backend.serviceName);
  return older !== undefined ? [older] : nameIn(backend.service);
}

function nameIn(value: unknown): string[] {
  const name = isMapping(value) ? asText(value.name) : undefined;
  return name === undefined ? [] : [name];
}

function mappingsIn(value: unknown): Values[] {
  return Array.isArray(value) ? value.filter(isMapping) : [];
}

function notesOn(
  balanced: readonly Service[],
  routes: readonly KubernetesObject[],
  lost: readonly string[],
): Note[] {
  const notes: Note[] = [];
  const [firstBalanced] = balanced;
  if (firstBalanced) {
    const message = `A load balancer of the cloud comes with ${listed(balanced.map(({ name }) => `Service ${name}`))} (type LoadBalancer). It is not in the plan: add it as a managed part with its price.`;
    notes.push({ kind: 'warning', message, file: firstBalanced.file, line: firstBalanced.line });
  }
  const [firstRoute] = routes;
  if (firstRoute) {
    const message = `${listed(routes.map(({ title }) => title))}: read as ways in. What carries them out (an ingress controller, a gateway) is a part only where the files hold it.`;
    notes.push({ kind: 'read', message, file: firstRoute.file, line: firstRoute.line });
  }
  if (lost.length > 0) {
    const message = `These routes send to Services that are not in the files: ${listed(lost)}.`;
    notes.push({ kind: 'warning', message, file: firstRoute?.file, line: firstRoute?.line });
  }
  return notes;
}
