import type { SourceFile } from '../model.js';
import { spend } from '../reading/budget.js';
import { type Place, placeOf } from '../reading/places.js';
import { remark } from '../reading/remarks.js';
import { isMapping, mappingAt, textAt, type Values } from '../reading/values.js';
import { findFile, folderOf } from './files.js';
import { type Loading, layersOf } from './layers.js';
import { mergeService } from './merge.js';
import type { Variables } from './variables.js';

/** Where a service stands: the services of a document, its file, and the variables that hold there. */
export type Origin = { services: Values; file: SourceFile; variables: Variables };

const MAX_CHAIN = 50;

/**
 * A service laid over what it extends (compose-spec, "extends"), in its own document or another file, and on from there. What it
 * extends is no service of the deployment for that. Missing files are warnings, circles faults.
 */
export function extendedService(
  name: string,
  origin: Origin,
  loading: Loading,
  chain: string[] = [],
): Values {
  const done = loading.extended.get(origin.services) ?? new Map<string, Values>();
  loading.extended.set(origin.services, done);
  const known = done.get(name);
  if (known) return known;
  const service = origin.services[name] as Values;
  // Without a base it stays as it is: what it resets (`!reset`) may stand in the layer below.
  const result =
    (service.extends ?? null) === null
      ? service
      : mergeService(baseOf(name, origin, loading, chain), service, (values) =>
          spend(loading.budgets.merged, values, placeOf(origin.services, name)),
        );
  done.set(name, result);
  return result;
}

function baseOf(name: string, origin: Origin, loading: Loading, chain: string[]): Values {
  const { file, services } = origin;
  const service = services[name] as Values;
  const where = `services.${name}`;
  const reference =
    typeof service.extends === 'string'
      ? { service: service.extends }
      : mappingAt(service, 'extends', where, loading.faults);
  if (!reference) return {};
  const path = textAt(reference, 'file', `${where}.extends`, loading.faults);
  const wanted = textAt(reference, 'service', `${where}.extends`, loading.faults) ?? '';
  const place = placeOf(service, 'extends');

  const source = path === undefined ? file : findFile(loading.files, path, folderOf(file.name), file);
  if (!source) return missing(name, 'given', path ?? '', place, loading);
  const layers =
    source === file ? [services] : layersOf(source, origin.variables, loading).map((layer) => layer.services);
  const there = layers.filter(isMapping).find((each) => isMapping(each[wanted]));
  if (!there)
    return missing(name, 'there', `${wanted} in ${source.name || 'the pasted text'}`, place, loading);

  const step = `${source.name}\n${wanted}`;
  if (!chain.includes(step) && chain.length < MAX_CHAIN)
    return extendedService(wanted, { ...origin, services: there, file: source }, loading, [...chain, step]);
  const { line, column } = place ?? {};
  loading.faults.push({ message: `${where} extends itself in the end.`, file: file.name, line, column });
  return {};
}

function missing(
  name: string,
  lack: 'given' | 'there',
  what: string,
  place: Place | undefined,
  loading: Loading,
): Values {
  loading.incomplete.add(name);
  const message = `Extended but not ${lack}, so that a part lacks what would stand there`;
  remark(loading.remarks, 'warning', message, what, place);
  return {};
}
