import { MAX_CONNECTIONS } from '../../domain/limits.js';
import type { Connection } from '../../domain/model.js';
import type { Fault } from '../model.js';
import { hostsNamed } from '../reading/addresses.js';
import { type Budget, budgetOf, spend } from '../reading/budget.js';
import { type ConfigFinders, environmentOf, variablesBudget } from './environment.js';
import type { Finder } from './namespaces.js';
import type { Pod } from './pod.js';
import { type Service, serviceOfHost } from './services.js';

/** A workload names a Service: from what, and where. */
export type Mention<C extends Caller = Caller> = {
  from: C;
  service: Service;
  evidence: string;
  line: number;
};

export type Caller = { name: string; namespace: string; pod: Pod; file: string };

/** Hosts that look like addresses and are no Service of the input, with who names them. */
export type UnknownHosts<C extends Caller> = Map<string, { from: C; line: number }[]>;

export type Mentions<C extends Caller> = {
  mentions: Mention<C>[];
  unknownHosts: UnknownHosts<C>;
  /** There were too many variables to look at all of them. */
  isCutShort: boolean;
};

/** More would take seconds: a ConfigMap of thousands of entries that hundreds of containers take whole. */
const MAX_VARIABLES = 100_000;

/** Hosts in all of them: one value may list thousands, and every workload may be given it. */
const MAX_HOSTS = 300_000;

/** The connections that workloads and routes make, before those that stand twice are left out. */
export function connectionBudget(): Budget {
  const refusal = `Here the connections become more than ${MAX_CONNECTIONS}, too many for one plan. Import fewer objects at a time.`;
  return budgetOf(MAX_CONNECTIONS, refusal);
}

/**
 * Which Services the workloads name: in the values of their environment, and in their commands and arguments. Each pair of workload and
 * Service comes once, with the first place it was found in, the environment before the arguments.
 */
export function mentionsOf<C extends Caller>(
  callers: readonly C[],
  find: Finder<Service>,
  namespaces: ReadonlySet<string>,
  configs: ConfigFinders,
  faults: Fault[],
): Mentions<C> {
  const found: Mentions<C> = { mentions: [], unknownHosts: new Map(), isCutShort: false };
  const hostsIn = remembered(hostsOfValue);
  let variablesLeft = MAX_VARIABLES;
  const room = variablesBudget();
  const hostsLeft = budgetOf(
    MAX_HOSTS,
    `From here on the variables name more than ${MAX_HOSTS} hosts, counted for each workload. Import fewer objects at a time.`,
  );
  for (const from of callers) {
    const known = new Map<string, Service | null>();
    const serviceOf = (host: string): Service | null => {
      const seen = known.get(host);
      if (seen !== undefined) return seen;
      const service = serviceOfHost(host, from.namespace, find, namespaces);
      known.set(host, service);
      return service;
    };
    const mentioned = new Set<Service>();
    const mention = (host: string, evidence: string, line: number) => {
      const service = serviceOf(host);
      if (!service || mentioned.has(service)) return;
      mentioned.add(service);
      found.mentions.push({ from, service, evidence, line });
    };
    const inArguments: (() => void)[] = [];
    for (const container of from.pod.containers) {
      if (variablesLeft <= 0) break;
      const hostOf = (variable: string) => hostOfServiceVariable(variable, from.namespace, find);
      const { variables, commandLine } = environmentOf(
        container,
        from.namespace,
        configs,
        hostOf,
        faults,
        room,
      );
      variablesLeft -= variables.length;
      for (const { name, value, from: source, line } of variables) {
        const evidence = source === null ? `env ${name}` : `env ${name} of ${source}`;
        const hosts = hostsIn(name, value);
        spend(hostsLeft, hosts.length, { file: from.file, line });
        for (const host of hosts) {
          if (serviceOf(host)) mention(host, evidence, line);
          else noteUnknown(host, from, line, found.unknownHosts);
        }
      }
      const isService = (host: string) => serviceOf(host) !== null;
      for (const host of hostsOfCommand(commandLine, isService)) {
        inArguments.push(() =>
          mention(host, `argument of ${container.name || 'a container'}`, container.line),
        );
      }
    }
    for (const add of inArguments) add();
  }
  found.isCutShort = variablesLeft <= 0;
  return found;
}

/** One connection for each pair of parts, whatever number of Services and places name it. None from a part to itself. */
export function connectionsOf(found: readonly Connection[]): Connection[] {
  const calledBy = new Map<string, Set<string>>();
  return found.filter(({ from, to }) => {
    const called = calledBy.get(from) ?? new Set();
    calledBy.set(from, called);
    const isNew = from !== to && !called.has(to);
    called.add(to);
    return isNew;
  });
}

/** A full name of the cluster's DNS is an address whatever the variable is called: `ZIPKIN=zipkin.jaeger.svc.cluster.local`. */
function hostsOfValue(variable: string, value: string): string[] {
  const isFullName = value.length <= 253 && /^[a-z0-9.-]+\.svc(?:\.[a-z0-9.-]+)?$/i.test(value);
  return isFullName ? [value] : hostsNamed(variable, value, isHostName);
}

/** Containers that take a whole ConfigMap all hold the same values. */
function remembered(hostsOf: (variable: string, value: string) => string[]): typeof hostsOf {
  const known = new Map<string, Map<string, string[]>>();
  return (variable, value) => {
    const byValue = known.get(variable) ?? new Map<string, string[]>();
    const hosts = byValue.get(value) ?? hostsOf(variable, value);
    known.set(variable, byValue.set(value, hosts));
    return hosts;
  };
}

/** `REDIS_MASTER_SERVICE_HOST`, which Kubernetes sets in every container for each Service of its namespace. */
function hostOfServiceVariable(variable: string, namespace: string, find: Finder<Service>): string | null {
  const [, name] = /^([A-Z0-9_]+)_SERVICE_HOST$/.exec(variable) ?? [];
  const host = name?.toLowerCase().replaceAll('_', '-');
  return host !== undefined && find(host, namespace) ? host : null;
}

/**
 * Hosts in a command line: those of URLs and `host:port`, the value of an option whose name suggests an address (`--db-host db`), and a
 * word before a port (`nc -z rabbitmq 5672`).
 */
function hostsOfCommand(commandLine: readonly string[], isService: (name: string) => boolean): Set<string> {
  const hosts = new Set<string>();
  const words = commandLine.flatMap((argument) => argument.split(/[\s"'`;|&()]+/)).filter(Boolean);
  words.forEach((word, i) => {
    const before = words[i - 1] ?? '';
    const option = /^--?[A-Za-z][\w.-]*$/.test(before) ? before : '';
    for (const host of hostsNamed(option, word, isService)) hosts.add(host);
    if (/^\d{2,5}$/.test(words[i + 1] ?? '') && isService(word)) hosts.add(word);
  });
  return hosts;
}

/** A DNS name that may stand for another machine: no address in digits, not the machine itself. */
function isHostName(name: string): boolean {
  return (
    /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?\.?$/i.test(name) &&
    !/^[\d.]+$/.test(name) &&
    !/^(?:localhost|host\.docker\.internal)$/i.test(name)
  );
}

function noteUnknown<C extends Caller>(host: string, from: C, line: number, unknown: UnknownHosts<C>): void {
  const named = unknown.get(host);
  if (!named) unknown.set(host, [{ from, line }]);
  else if (named.at(-1)?.from !== from) named.push({ from, line });
}
