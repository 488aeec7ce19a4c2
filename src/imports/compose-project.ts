import { chooseFiles, findFile, folderOf, includedPaths, variablesIn } from './compose-files.js';
import { mergeService } from './compose-merge.js';
import { interpolate, readVariables, type Unset, type Variables } from './compose-variables.js';
import type { Fault, SourceFile } from './model.js';
import { type Place, placeOf, setPlace } from './places.js';
import { type Remarks, remark } from './remarks.js';
import { asText, isMapping, listAt, mappingAt, textAt, type Values, wrongType } from './values.js';
import { yamlDocuments } from './yaml-documents.js';

/** The services of all files together: variables filled in, overlays, extends and includes done. */
export type Project = {
  name: string | undefined;
  services: Map<string, Values>;
  /** Where a service is first named. */
  places: Map<string, Place>;
  /** What the top-level sections beside the services name: volumes, networks, secrets, configs. */
  sections: Map<string, Values>;
  variables: Variables;
  /** Services that lack something because a file they take from was not given. */
  incomplete: Set<string>;
  /** All that were given, and those of them that were read. */
  files: readonly SourceFile[];
  filesRead: SourceFile[];
};

/**
 * Reads the files of one deployment (compose-files.ts says which, and in what order). Wrong types at the top become faults;
 * references to files that were not given become warnings.
 */
export function readProject(files: readonly SourceFile[], remarks: Remarks, faults: Fault[]): Project {
  const { layers, left, variables, variablesFile } = chooseFiles(files);
  const project: Project = {
    name: undefined,
    services: new Map(),
    places: new Map(),
    sections: new Map(SECTIONS.map((section) => [section, Object.create(null)])),
    variables,
    incomplete: new Set(),
    files,
    filesRead: [],
  };
  const loading: Loading = {
    project,
    remarks,
    faults,
    layersOf: new Map(),
    resolved: new WeakMap(),
    open: [],
  };
  for (const layer of layers) addFile(layer, variables, loading);
  project.name ??= variables.get('COMPOSE_PROJECT_NAME');

  if (variablesFile) {
    const { name, isExample } = variablesFile;
    const message = isExample ? 'There is no .env; variables were taken from' : 'Variables were taken from';
    remark(remarks, isExample ? 'assumed' : 'read', message, name || 'pasted text', { file: name });
  }
  for (const file of left.filter((each) => !loading.layersOf.has(each)))
    remark(
      remarks,
      'skipped',
      'Left out, since "docker compose up" does not read it by itself (give it after the main file to lay it over)',
      file.name,
      { file: file.name },
    );
  project.filesRead = [...loading.layersOf.keys()];
  return project;
}

const SECTIONS = ['volumes', 'networks', 'secrets', 'configs'];
const MAX_CHAIN = 50;

type Loading = {
  project: Project;
  remarks: Remarks;
  faults: Fault[];
  /** Documents of the files read so far, with variables filled in. */
  layersOf: Map<SourceFile, Values[]>;
  /** Services of a document whose `extends` has been followed. */
  resolved: WeakMap<Values, Map<string, Values>>;
  /** Included files being read, against circles. */
  open: SourceFile[];
};

function addFile(file: SourceFile, variables: Variables, loading: Loading): void {
  const { project, remarks, faults, open } = loading;
  if (open.includes(file) || open.length > MAX_CHAIN) {
    faults.push({ message: `${file.name} includes itself.`, file: file.name, line: 1 });
    return;
  }
  open.push(file);
  for (const layer of layersOf(file, variables, loading)) {
    addIncluded(layer, file, variables, loading);
    const services = mappingAt(layer, 'services', '', faults) ?? {};
    for (const [name, service] of Object.entries(services)) {
      if (!isMapping(service)) {
        faults.push(wrongType(services, name, 'services', 'a mapping with an image or a build'));
        continue;
      }
      const known = project.services.get(name) ?? {};
      const place = placeOf(services, name);
      if (place && !project.places.has(name)) project.places.set(name, place);
      project.services.set(name, mergeService(known, resolve(name, services, file, variables, loading, [])));
    }
    for (const [section, contents] of project.sections)
      for (const [name, content] of Object.entries(mappingAt(layer, section, '', faults) ?? {})) {
        contents[name] = content;
        setPlace(contents, name, placeOf(layer[section] as Values, name));
      }
    project.name = textAt(layer, 'name', '', faults) ?? project.name;
    for (const key of Object.keys(layer))
      if (!/^(?:version|name|services|include|models|x-.*)$/.test(key) && !SECTIONS.includes(key))
        remark(remarks, 'warning', 'No section of a Compose file, left out', key, placeOf(layer, key));
  }
  open.pop();
}

/** The documents of a file as layers: each a mapping with `services`, those of version 1 put under that key. */
function layersOf(file: SourceFile, variables: Variables, loading: Loading): Values[] {
  const known = loading.layersOf.get(file);
  if (known) return known;
  const { documents, faults, warnings } = yamlDocuments(file);
  loading.faults.push(...faults);
  for (const { message, line } of warnings)
    loading.faults.push({ message: `${message} docker compose refuses that.`, file: file.name, line });
  const layers = documents.flatMap(({ value, line }) => {
    if (!isMapping(value)) {
      loading.faults.push({
        message: 'A Compose file must be a mapping with services.',
        file: file.name,
        line,
      });
      return [];
    }
    const layer = interpolate(value, variables, (unset) => remarkUnset(unset, loading.remarks)) as Values;
    return [isVersion1(layer) ? underServices(layer) : layer];
  });
  loading.layersOf.set(file, layers);
  return layers;
}

function remarkUnset({ name, place, message }: Unset, remarks: Remarks): void {
  if (message === undefined)
    remark(remarks, 'warning', 'Variables without a value, taken as empty', name, place);
  else
    remark(
      remarks,
      'warning',
      'Variables the files insist on but that have no value, taken as empty',
      name,
      place,
    );
}

function isVersion1(layer: Values): boolean {
  const keys = Object.keys(layer).filter((key) => !key.startsWith('x-'));
  return (
    !keys.some((key) => /^(?:services|include)$/.test(key) || SECTIONS.includes(key)) &&
    keys.some((key) => isMapping(layer[key]))
  );
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

function addIncluded(layer: Values, file: SourceFile, variables: Variables, loading: Loading): void {
  const { files } = loading.project;
  for (const item of listAt(layer, 'include', '', loading.faults)) {
    const envFiles = isMapping(item) ? [item.env_file].flat() : [];
    for (const path of includedPaths([item])) {
      const included = findFile(files, path, folderOf(file.name), file);
      if (!included) {
        const message = 'Included but not given, so that its services are missing here (add the file)';
        remark(loading.remarks, 'warning', message, path, placeOf(layer, 'include'));
        continue;
      }
      const own = envFiles.flatMap((name) => findFile(files, asText(name) ?? '', folderOf(file.name)) ?? []);
      let inner =
        own.length > 0 ? variables : variablesIn(files, folderOf(included.name), variables).variables;
      for (const { text } of own) inner = new Map([...readVariables(text, inner), ...inner]);
      addFile(included, inner, loading);
    }
  }
}

/** A service with what it extends under it (compose-spec, "extends"): from the same document or another file, and on from there. */
function resolve(
  name: string,
  services: Values,
  file: SourceFile,
  variables: Variables,
  loading: Loading,
  chain: string[],
): Values {
  const done = loading.resolved.get(services) ?? new Map<string, Values>();
  loading.resolved.set(services, done);
  const known = done.get(name);
  if (known) return known;
  const service = services[name] as Values;
  // Without a base it stays as it is: what it resets (`!reset`) may stand in the layer below.
  const result =
    (service.extends ?? null) === null
      ? service
      : mergeService(baseOf(name, services, file, variables, loading, chain), service);
  done.set(name, result);
  return result;
}

function baseOf(
  name: string,
  services: Values,
  file: SourceFile,
  variables: Variables,
  loading: Loading,
  chain: string[],
): Values {
  const { project, remarks, faults } = loading;
  const service = services[name] as Values;
  const where = `services.${name}`;
  const reference =
    typeof service.extends === 'string'
      ? { service: service.extends }
      : mappingAt(service, 'extends', where, faults);
  if (!reference) return {};
  const from = textAt(reference, 'file', `${where}.extends`, faults);
  const extended = textAt(reference, 'service', `${where}.extends`, faults) ?? '';
  const place = placeOf(service, 'extends');

  const source = from === undefined ? file : findFile(project.files, from, folderOf(file.name), file);
  const candidates =
    from === undefined || source === file
      ? [services]
      : source
        ? layersOf(source, variables, loading).map((layer) => layer.services)
        : [];
  const there = candidates.filter(isMapping).find((each) => isMapping(each[extended])) as Values | undefined;
  if (!source || !there) {
    project.incomplete.add(name);
    const message = source
      ? 'Extended but not there'
      : 'Extended but not given, so that what stands there is missing here (add the file)';
    remark(
      remarks,
      'warning',
      message,
      source ? `${extended} in ${source.name || 'the pasted text'}` : (from ?? ''),
      place,
    );
    return {};
  }
  const step = `${source.name}\n${extended}`;
  if (chain.includes(step) || chain.length > MAX_CHAIN) {
    faults.push({
      message: `${where} extends itself in the end.`,
      file: file.name,
      line: place?.line,
      column: place?.column,
    });
    return {};
  }
  return resolve(extended, there, source, variables, loading, [...chain, step]);
}
