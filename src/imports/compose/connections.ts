import { MAX_CONNECTIONS } from '../../domain/limits.js';
import type { Connection, Strength } from '../../domain/model.js';
import type { Fault } from '../model.js';
import { hostsNamed, hostsOfUrls, portsNamed } from '../reading/addresses.js';
import { TooMuch } from '../reading/budget.js';
import { type Place, placeOf } from '../reading/places.js';
import { type Remarks, remark } from '../reading/remarks.js';
import { asBoolean, asText, isMapping, listAt, mappingAt, textAt } from '../reading/values.js';
import type { Service } from './service.js';

export type Connected = {
  connections: Connection[];
  /** Services others wait for until they have ended. */
  awaited: Set<string>;
  /** The ports by which others' variables call a service. */
  portsCalled: Map<string, Set<number>>;
};

/** Names of services that do not take part, because no profile of theirs is on. */
export type LeftOut = ReadonlySet<string>;

/**
 * Who calls whom. Stated: depends_on (soft where `required: false`), links, volumes_from, and a network, ipc or pid borrowed from another
 * service. Guessed: a variable whose value names another service as a host. One connection for each pair; its evidence names all it
 * is known from. What names nobody is remarked.
 */
export function connect(
  services: readonly Service[],
  leftOut: LeftOut,
  remarks: Remarks,
  faults: Fault[],
): Connected {
  const found: Found = { pairs: new Map(), awaited: new Set(), portsCalled: new Map() };
  const byName = new Map(services.map((service) => [service.name, service.name]));
  const byContainer = containersByName(services);
  for (const service of services) {
    const aliases = new Map<string, string>();
    for (const { to, alias, evidence, strength, place } of statedBy(service, found.awaited, faults)) {
      const target = byName.get(to) ?? (evidence === 'depends_on' ? undefined : byContainer.get(to));
      if (target === undefined) remarkMissing(service.name, to, leftOut, remarks, place);
      else {
        add(found, service, target, strength, 'stated', evidence);
        if (alias) aliases.set(alias.toLowerCase(), target);
      }
    }
    const targetOf = (host: string): string | undefined => {
      const name = host.toLowerCase();
      return aliases.get(name) ?? byName.get(host) ?? byName.get(name) ?? byContainer.get(name);
    };
    guess(service, targetOf, found, leftOut, remarks);
  }
  return { connections: [...found.pairs.values()], awaited: found.awaited, portsCalled: found.portsCalled };
}

type Found = Omit<Connected, 'connections'> & { pairs: Map<string, Connection> };
type Stated = { to: string; alias?: string; evidence: string; strength: Strength; place: Place | undefined };

function containersByName(services: readonly Service[]): Map<string, string> {
  const byAlias = new Map<string, string>();
  for (const { name, aliases } of services)
    for (const alias of aliases) if (!byAlias.has(alias)) byAlias.set(alias, name);
  return byAlias;
}

function* statedBy({ name, values }: Service, awaited: Set<string>, faults: Fault[]): Generator<Stated> {
  const where = `services.${name}`;
  const dependencies = mappingAt(values, 'depends_on', where, faults, 'a list or a mapping') ?? {};
  for (const [to, condition] of Object.entries(dependencies)) {
    const place = placeOf(dependencies, to);
    const details = isMapping(condition) ? condition : {};
    if (details.condition === 'service_completed_successfully') awaited.add(to);
    yield {
      to,
      evidence: 'depends_on',
      strength: asBoolean(details.required) === false ? 'soft' : 'hard',
      place,
    };
  }
  for (const key of ['links', 'volumes_from']) {
    const list = listAt(values, key, where, faults);
    for (const [i, item] of list.entries()) {
      const [to = '', alias] = (asText(item) ?? '').replace(/^(?:container|service):/, '').split(':');
      const place = placeOf(list, i);
      if (to !== '')
        yield { to, alias: key === 'links' ? alias : undefined, evidence: key, strength: 'hard', place };
    }
  }
  for (const key of ['network_mode', 'net', 'ipc', 'pid']) {
    const [kind, to] = (textAt(values, key, where, faults) ?? '').split(':');
    if ((kind === 'service' || kind === 'container') && to)
      yield { to, evidence: key, strength: 'hard', place: placeOf(values, key) };
  }
}

function guess(
  service: Service,
  targetOf: (host: string) => string | undefined,
  found: Found,
  leftOut: LeftOut,
  remarks: Remarks,
): void {
  for (const [variable, { value, place }] of service.environment) {
    const hosts = hostsNamed(variable, value, (name) => targetOf(name) !== undefined);
    for (const host of hosts) {
      const target = targetOf(host);
      if (target !== undefined) add(found, service, target, 'hard', 'guessed', `env ${variable}`);
    }
    for (const { host, port } of hosts.length > 0 ? portsNamed(value) : []) {
      const target = targetOf(host);
      if (target !== undefined)
        found.portsCalled.set(target, (found.portsCalled.get(target) ?? new Set()).add(port));
    }
    const isUnknown = (name: string) =>
      /^[a-z][a-z0-9-]*$/.test(name) && name !== 'localhost' && targetOf(name) === undefined;
    for (const host of hostsOfUrls(value).filter(isUnknown)) {
      if (leftOut.has(host)) remarkMissing(service.name, host, leftOut, remarks, place);
      else
        remark(
          remarks,
          'warning',
          'Hosts that variables name but that are no service here',
          `${host} (${variable} of ${service.name})`,
          place,
        );
    }
  }
}

/** A stated connection stays stated, a hard one hard, whatever else is found for the pair. */
function add(
  { pairs }: Found,
  { name: from, place }: Service,
  to: string,
  strength: Strength,
  origin: 'stated' | 'guessed',
  evidence: string,
): void {
  if (from === to) return;
  const key = `${from}\n${to}`;
  const known = pairs.get(key);
  if (!known) {
    pairs.set(key, { from, to, strength, origin, evidence });
    if (pairs.size > MAX_CONNECTIONS)
      throw new TooMuch(
        `With this service there are more than ${MAX_CONNECTIONS} connections. Import fewer services at a time.`,
        place,
      );
  } else {
    if (strength === 'hard' && origin === 'stated') known.strength = 'hard';
    const sources = known.evidence?.split(', ') ?? [];
    if (sources.length < MAX_SOURCES && !sources.includes(evidence)) known.evidence += `, ${evidence}`;
  }
}

/** Evidence is for people. */
const MAX_SOURCES = 6;

function remarkMissing(
  from: string,
  to: string,
  leftOut: LeftOut,
  remarks: Remarks,
  place: Place | undefined,
): void {
  const message = leftOut.has(to)
    ? 'Connections to parts that their profile leaves out'
    : 'Connections to services that are not there';
  remark(remarks, leftOut.has(to) ? 'skipped' : 'warning', message, `${from} -> ${to}`, place);
}
