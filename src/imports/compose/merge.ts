import { placeOf, setPlace } from '../reading/places.js';
import { asText, isMapping, type Values } from '../reading/values.js';

/**
 * Lays a service over another, as a later file over an earlier one and as a service over what it extends (compose-spec, "Merge"):
 * mappings merge, lists append, commands and scalars are replaced, `environment` and its like merge by name whichever way they are
 * written. `!override` replaces, `!reset` takes away. Neither argument is changed; places are kept. `spend` is told how many values are
 * copied, before they are.
 */
export function mergeService(under: Values, over: Values, spend: Spend = () => {}): Values {
  return mergeMapping(normalised(under, spend), normalised(over, spend), spend);
}

export type Spend = (values: number) => void;

/** A service with the sections that may be a list or a mapping as mappings: environment, labels, depends_on, networks, build, env_file. */
function normalised(service: Values, spend: Spend): Values {
  const result = copied(service, spend);
  const fromList = (list: unknown[], entry: (item: string) => [string, unknown]) => {
    spend(list.length);
    return asMapping(list, entry);
  };
  for (const key of ['environment', 'labels', 'annotations', 'sysctls'] as const)
    if (Array.isArray(service[key])) result[key] = fromList(service[key], assignment);
  if (Array.isArray(service.depends_on))
    result.depends_on = fromList(service.depends_on, (name) => [name, { condition: 'service_started' }]);
  if (Array.isArray(service.networks)) result.networks = fromList(service.networks, (name) => [name, null]);
  if (typeof service.build === 'string')
    result.build = Object.assign(Object.create(null), { context: service.build });
  for (const key of ['env_file', 'profiles', 'dns', 'tmpfs'] as const)
    if (typeof service[key] === 'string') {
      const list = [service[key]];
      setPlace(list, 0, placeOf(service, key));
      result[key] = list;
    }
  return result;
}

function assignment(item: string): [string, unknown] {
  const equals = item.indexOf('=');
  return equals === -1 ? [item, null] : [item.slice(0, equals), item.slice(equals + 1)];
}

/** Items that are no text are kept under their number, for the reader to complain of. */
function asMapping(list: unknown[], entry: (item: string) => [string, unknown]): Values {
  const result: Values = Object.create(null);
  list.forEach((item, i) => {
    const [key, value] = asText(item) === undefined ? [`[${i}]`, item] : entry(asText(item) ?? '');
    result[key] = value;
    setPlace(result, key, placeOf(list, i));
  });
  return result;
}

const REPLACED = new Set(['command', 'entrypoint', 'test']);

function mergeMapping(under: Values, over: Values, spend: Spend): Values {
  const result = copied(under, spend);
  spend(Object.keys(over).length);
  for (const [key, value] of Object.entries(over)) {
    const place = placeOf(over, key);
    if (place?.tag === '!reset') {
      delete result[key];
      continue;
    }
    const isNew = !(key in result) || result[key] === null || place?.tag === '!override' || REPLACED.has(key);
    result[key] = isNew ? value : merged(result[key], value, spend);
    setPlace(result, key, place);
  }
  return result;
}

function merged(under: unknown, over: unknown, spend: Spend): unknown {
  if (isMapping(under) && isMapping(over)) return mergeMapping(under, over, spend);
  if (Array.isArray(under) && Array.isArray(over)) {
    spend(under.length + over.length);
    return appended(under, over);
  }
  return over ?? under;
}

/** The same port or volume given in both files is one. */
function appended(under: unknown[], over: unknown[]): unknown[] {
  const result: unknown[] = [];
  const seen = new Set<unknown>();
  for (const list of [under, over])
    list.forEach((item, i) => {
      if (seen.has(item)) return;
      seen.add(item);
      setPlace(result, result.length, placeOf(list, i));
      result.push(item);
    });
  return result;
}

function copied(mapping: Values, spend: Spend): Values {
  spend(Object.keys(mapping).length);
  const result: Values = Object.create(null);
  for (const [key, value] of Object.entries(mapping)) {
    result[key] = value;
    setPlace(result, key, placeOf(mapping, key));
  }
  return result;
}
