import { MAX_NAME } from '../../domain/limits.js';
import type { Fault, SourceFile } from '../model.js';
import { spend, TooMuch } from '../reading/budget.js';
import { type Place, placeOf, setPlace } from '../reading/places.js';
import { type Remarks, remark } from '../reading/remarks.js';
import { shown, UNWRITABLE } from '../reading/unwritable.js';
import { asText, isMapping, listAt, mappingAt, textAt, type Values, wrongType } from '../reading/values.js';
import { type Budgets, MAX_SERVICES, newBudgets } from './budgets.js';
import { extendedService } from './extends.js';
import { chooseFiles, findFile, folderOf, includedPaths, variablesIn, variablesWithin } from './files.js';
import { type Loading, layersOf, SECTIONS } from './layers.js';
import { mergeService } from './merge.js';
import type { Variables } from './variables.js';
import { weighServices } from './weight.js';

/** The services of all files together: variables filled in, overlays, extends and includes done. */
export type Project = {
  name: string | undefined;
  services: Map<string, Values>;
  /** Where a service is first named. */
  places: Map<string, Place>;
  /** What the sections beside the services name: volumes, networks, secrets, configs. */
  sections: Map<string, Values>;
  variables: Variables;
  /** Services that lack something because a file they take from was not given. */
  incomplete: ReadonlySet<string>;
  /** All files that were given, and those of them that were read. */
  files: readonly SourceFile[];
  filesRead: SourceFile[];
  /** The variables of the files that services name, each read once. */
  environments: Map<SourceFile, Variables>;
  budgets: Budgets;
};

/**
 * Reads the files of one deployment (files.ts says which, and in what order). Wrong types at the top become faults;
 * references to files that were not given become warnings. What comes to more than an import may (budgets.ts) ends it.
 */
export function readProject(files: readonly SourceFile[], remarks: Remarks, faults: Fault[]): Project {
  const budgets = newBudgets();
  const { layers, left, variables, variablesFile } = chooseFiles(files, budgets.text);
  const loading: Loading = {
    files,
    remarks,
    faults,
    layersOf: new Map(),
    extended: new WeakMap(),
    incomplete: new Set(),
    budgets,
  };
  const project: Project = {
    name: undefined,
    services: new Map(),
    places: new Map(),
    sections: new Map(SECTIONS.map((section) => [section, Object.create(null)])),
    variables,
    incomplete: loading.incomplete,
    files,
    filesRead: [],
    environments: new Map(),
    budgets,
  };
  for (const layer of layers) addFile(layer, variables, project, loading, []);
  weighServices(project.services, project.places, budgets);
  project.name ??= variables.get('COMPOSE_PROJECT_NAME');
  project.filesRead = [...loading.layersOf.keys()];

  if (variablesFile) {
    const { name, isExample } = variablesFile;
    const message = isExample ? 'There is no .env; variables were taken from' : 'Variables were taken from';
    remark(remarks, isExample ? 'assumed' : 'read', message, name || 'pasted text', { file: name });
  }
  const whyLeft =
    'Left out, since "docker compose up" does not read it by itself (give it after the main file to lay it over)';
  for (const file of left.filter((each) => !loading.layersOf.has(each)))
    remark(remarks, 'skipped', whyLeft, file.name || 'pasted text', { file: file.name });
  return project;
}

const MAX_INCLUDE_DEPTH = 50;

/** `open`: the files this one is included by, against circles. */
function addFile(
  file: SourceFile,
  variables: Variables,
  project: Project,
  loading: Loading,
  open: SourceFile[],
): void {
  if (open.includes(file) || open.length > MAX_INCLUDE_DEPTH) {
    loading.faults.push({ message: `${file.name} includes itself in the end.`, file: file.name, line: 1 });
    return;
  }
  for (const layer of layersOf(file, variables, loading)) {
    for (const [included, inner] of includes(layer, file, variables, loading))
      addFile(included, inner, project, loading, [...open, file]);
    addServices(layer, file, variables, project, loading);
    addSections(layer, project, loading);
    project.name = textAt(layer, 'name', '', loading.faults) ?? project.name;
  }
}

function addServices(
  layer: Values,
  file: SourceFile,
  variables: Variables,
  project: Project,
  loading: Loading,
): void {
  const services = mappingAt(layer, 'services', '', loading.faults) ?? {};
  for (const [name, service] of Object.entries(services)) {
    if (!isMapping(service)) {
      loading.faults.push(wrongType(services, name, 'services', 'a mapping with an image or a build'));
      continue;
    }
    if (name.trim() === '' || name.length > MAX_NAME || UNWRITABLE.test(name)) {
      const { line, column } = placeOf(services, name) ?? {};
      const message = UNWRITABLE.test(name)
        ? `The name of the service ${shown(name)} holds a character that cannot be shown. Take it out.`
        : `A service must have a name, of at most ${MAX_NAME} characters.`;
      loading.faults.push({ message, file: file.name, line, column });
      continue;
    }
    const under = project.services.get(name) ?? {};
    const over = extendedService(name, { services, file, variables }, loading);
    const place = placeOf(services, name);
    const merged = mergeService(under, over, (values) => spend(loading.budgets.merged, values, place));
    project.services.set(name, merged);
    if (project.services.size > MAX_SERVICES)
      throw new TooMuch(
        `With this service there are more than ${MAX_SERVICES} of them. Import fewer at a time.`,
        place,
      );
    if (place && !project.places.has(name)) project.places.set(name, place);
  }
}

function addSections(layer: Values, { sections }: Project, { remarks, faults, budgets }: Loading): void {
  spend(budgets.merged, Object.keys(layer).length);
  for (const [section, contents] of sections) {
    const added = mappingAt(layer, section, '', faults) ?? {};
    spend(budgets.merged, Object.keys(added).length, placeOf(layer, section));
    for (const [name, content] of Object.entries(added)) {
      contents[name] = content;
      setPlace(contents, name, placeOf(added, name));
    }
  }
  for (const key of Object.keys(layer))
    if (!sections.has(key) && !/^(?:version|name|services|include|models|x-.*)$/.test(key))
      remark(remarks, 'warning', 'No section of a Compose file, left out', key, placeOf(layer, key));
}

/** The files a layer includes, each with the variables that hold there: of its env_file, else of the `.env` beside it; the outer ones win. */
function includes(
  layer: Values,
  file: SourceFile,
  variables: Variables,
  { files, remarks, faults, budgets }: Loading,
): [SourceFile, Variables][] {
  const folder = folderOf(file.name);
  return listAt(layer, 'include', '', faults).flatMap((item) =>
    includedPaths([item]).flatMap((path): [SourceFile, Variables][] => {
      spend(budgets.includes, 1, placeOf(layer, 'include'));
      const included = findFile(files, path, folder, file);
      if (!included) {
        const message = 'Included but not given, so that its services are missing here (add the file)';
        remark(remarks, 'warning', message, path, placeOf(layer, 'include'));
        return [];
      }
      const envFiles = [isMapping(item) ? item.env_file : []].flat();
      const own = envFiles.flatMap((name) => findFile(files, asText(name) ?? '', folder, file) ?? []);
      if (own.length === 0)
        return [[included, variablesIn(files, folderOf(included.name), variables, budgets.text).variables]];
      let inner = variables;
      for (const each of own) inner = variablesWithin(each, inner, budgets.text);
      return [[included, inner]];
    }),
  );
}
