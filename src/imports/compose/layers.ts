import type { Fault, Note, SourceFile } from '../model.js';
import { placeOf, setPlace } from '../reading/places.js';
import { type Remarks, remark } from '../reading/remarks.js';
import { isMapping, type Values } from '../reading/values.js';
import { type YamlDocument, yamlDocuments } from '../reading/yaml-documents.js';
import type { Budgets } from './budgets.js';
import { interpolate, type Unset, type Variables } from './variables.js';

/** The reading of one deployment's files: what was given, and what came of it so far. */
export type Loading = {
  files: readonly SourceFile[];
  remarks: Remarks;
  faults: Fault[];
  layersOf: Map<SourceFile, Values[]>;
  /** Services whose `extends` has been followed, by the document they stand in. */
  extended: WeakMap<Values, Map<string, Values>>;
  /** Services that lack something because a file they take from was not given. */
  incomplete: Set<string>;
  budgets: Budgets;
};

/** The top-level sections of a Compose file that name things which are no services. */
export const SECTIONS = ['volumes', 'networks', 'secrets', 'configs'];

/**
 * The documents of a file as layers, variables filled in: each a mapping with `services`; those of version 1, which stand at the top,
 * are put under that key.
 */
export function layersOf(file: SourceFile, variables: Variables, loading: Loading): Values[] {
  const known = loading.layersOf.get(file);
  if (known) return known;
  const { documents, faults, warnings } = yamlDocuments(file);
  loading.faults.push(...faults);
  tellOfTwice(file, documents, warnings, loading);
  const layers: Values[] = [];
  for (const { value, line } of documents) {
    const tell = (unset: Unset) => remarkUnset(unset, loading.remarks);
    const layer = interpolate(value, variables, tell, loading.budgets.text);
    if (isMapping(layer)) layers.push(isVersion1(layer) ? underServices(layer) : layer);
    else
      loading.faults.push({
        message: 'A Compose file must be a mapping with services.',
        file: file.name,
        line,
      });
  }
  loading.layersOf.set(file, layers);
  return layers;
}

/**
 * Of two sections or services that are called the same one would not be counted: a fault. Of two equal keys within a service the last
 * counts, as it did for docker-compose before version 2; real files are full of that, so it is a warning.
 */
function tellOfTwice(
  { name }: SourceFile,
  documents: readonly YamlDocument[],
  warnings: readonly Note[],
  { remarks, faults }: Loading,
): void {
  const wholes = documents.flatMap(({ value }) => (isMapping(value) ? [value, value.services] : []));
  const places = wholes.flatMap((whole) =>
    isMapping(whole) ? Object.keys(whole).map((key) => placeOf(whole, key)) : [],
  );
  const columns = new Map(places.map((place) => [place?.line, place?.column]));
  for (const { message, line } of warnings) {
    if (line !== undefined && columns.has(line)) {
      const what = message.replace(/; the last one was taken\.$/, '');
      const fault = `${what}, which docker compose refuses. Take one of them out.`;
      faults.push({ message: fault, file: name, line, column: columns.get(line) });
    } else {
      const told = `${message} docker compose refuses that since version 2.`;
      remark(remarks, 'warning', told, undefined, { file: name, line });
    }
  }
}

function remarkUnset({ name, place, message }: Unset, remarks: Remarks): void {
  const which = message === undefined ? 'without a value' : 'that must have a value and have none';
  remark(remarks, 'warning', `Variables ${which}, taken as empty`, name, place);
}

function isVersion1(layer: Values): boolean {
  const keys = Object.keys(layer).filter((key) => !key.startsWith('x-'));
  const isNewer = keys.some((key) => key === 'services' || key === 'include' || SECTIONS.includes(key));
  return !isNewer && keys.some((key) => isMapping(layer[key]));
}

function underServices(layer: Values): Values {
  const services: Values = Object.create(null);
  for (const [key, value] of Object.entries(layer)) {
    if (/^(?:version|name|x-.*)$/.test(key)) continue;
    services[key] = value;
    setPlace(services, key, placeOf(layer, key));
  }
  return Object.assign(Object.create(null), { services });
}
