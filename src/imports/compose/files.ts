import type { SourceFile } from '../model.js';
import { type Budget, spend } from '../reading/budget.js';
import { asText, isMapping } from '../reading/values.js';
import { yamlDocuments } from '../reading/yaml-documents.js';
import { textBudget } from './budgets.js';
import { isVariablesFile } from './shape.js';
import { readVariables, type Variables } from './variables.js';

export type ComposeFiles = {
  /** What is laid over each other, in this order. */
  layers: SourceFile[];
  /** Compose files that take no part by themselves: another file may extend or include them. */
  left: SourceFile[];
  variables: Variables;
  /** Where the variables come from, and whether that is only an example. */
  variablesFile: { name: string; isExample: boolean } | null;
};

/**
 * Which files make the deployment, as `docker compose up` chooses them: the one with the standard name that lies highest, its override,
 * and the files given after it, those of other folders where somebody named them; a file given before it (as a folder's listing has
 * `compose.prod.yaml` before `compose.yaml`) is left.
 * Without a standard name: all, in the order given. COMPOSE_FILE of the `.env` beside them decides if it is there. Files that others
 * extend or include are no layers.
 */
export function chooseFiles(files: readonly SourceFile[], room: Budget = textBudget()): ComposeFiles {
  const composeFiles = files.filter((file) => !isVariablesFile(file));
  const base = standardFile(composeFiles);
  const folder = folderOf((base ?? composeFiles[0])?.name ?? '');
  const { variables, file } = variablesIn(files, folder, new Map(), room);
  const variablesFile = file && { name: file.name, isExample: !isDotEnv(file) };

  const listed = variables
    .get('COMPOSE_FILE')
    ?.split(/[:;,]/)
    .map((name) => findFile(composeFiles, name, folder));
  const named = listed?.every((each) => each !== undefined) ? listed : null;
  const layers = named ?? defaultLayers(composeFiles, base, folder);
  return { layers, left: composeFiles.filter((each) => !layers.includes(each)), variables, variablesFile };
}

/**
 * The file a reference in a file of `folder` means: by its path, or, where folders were lost on the way here, by a name that only one
 * other than the file itself (`from`) has.
 */
export function findFile(
  files: readonly SourceFile[],
  reference: string,
  folder: string,
  from?: SourceFile,
): SourceFile | undefined {
  const path = normalisedPath(`${folder}${reference}`);
  const { byPath, byBase } = indexOf(files);
  const exact = byPath.get(path);
  if (exact) return exact;
  const sameName = byBase.get(baseOf(path)) ?? [];
  if (sameName.length > 2) return undefined;
  const others = sameName.filter((file) => file !== from);
  return others.length === 1 ? others[0] : undefined;
}

type Index = { byPath: Map<string, SourceFile>; byBase: Map<string, SourceFile[]> };

const indexes = new WeakMap<readonly SourceFile[], Index>();

/** Services name files thousands of times; the files are gone through once. */
function indexOf(files: readonly SourceFile[]): Index {
  const known = indexes.get(files);
  if (known) return known;
  const index: Index = { byPath: new Map(), byBase: new Map() };
  for (const file of files) {
    const path = normalisedPath(file.name);
    if (!index.byPath.has(path)) index.byPath.set(path, file);
    const base = baseOf(file.name);
    index.byBase.set(base, [...(index.byBase.get(base) ?? []), file]);
  }
  indexes.set(files, index);
  return index;
}

/** With its slash; '' at the top. */
export function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
}

/** The variables beside a file: its folder's `.env`, else one pasted without a name, else an example of one. */
export function variablesIn(
  files: readonly SourceFile[],
  folder: string,
  outer: Variables = new Map(),
  room: Budget = textBudget(),
): { variables: Variables; file: SourceFile | null } {
  const inFolder = files.filter((file) => isVariablesFile(file) && folderOf(file.name) === folder);
  const file =
    inFolder.find(isDotEnv) ??
    inFolder.find(({ name }) => name === '') ??
    inFolder.find(({ name }) => /^\.env[.-](?:example|sample|dist|template)$/.test(baseOf(name))) ??
    null;
  return { variables: file ? variablesWithin(file, outer, room) : outer, file };
}

/** The variables of a file and those around it, which win. */
export function variablesWithin(file: SourceFile, outer: Variables, room: Budget): Variables {
  const own = readVariables(file.text, outer, room);
  for (const [name, value] of outer) {
    spend(room, COST_OF_INHERITED);
    own.set(name, value);
  }
  return own;
}

/** In characters: an inherited variable is only copied. */
const COST_OF_INHERITED = 160;

function isDotEnv({ name }: SourceFile): boolean {
  return baseOf(name) === '.env';
}

/** In the order Compose looks for them. */
const STANDARD_NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];

function standardFile(files: readonly SourceFile[]): SourceFile | undefined {
  const standard = files.filter(({ name }) => STANDARD_NAMES.includes(baseOf(name)));
  const depth = ({ name }: SourceFile) => normalisedPath(name).split('/').length;
  const rank = ({ name }: SourceFile) => STANDARD_NAMES.indexOf(baseOf(name));
  return standard.sort((a, b) => depth(a) - depth(b) || rank(a) - rank(b))[0];
}

function defaultLayers(
  files: readonly SourceFile[],
  base: SourceFile | undefined,
  folder: string,
): SourceFile[] {
  const referenced = new Set(
    files.flatMap((file) => references(file).map((name) => findFile(files, name, folderOf(file.name), file))),
  );
  const free = files.filter((file) => !referenced.has(file));
  if (!base) return free.length > 0 ? free : files.slice(0, 1);
  const isBeside = (file: SourceFile) => folderOf(file.name) === folder;
  const isOverride = (file: SourceFile) =>
    isBeside(file) && /^(?:docker-)?compose\.override\.ya?ml$/.test(baseOf(file.name));
  const isFurther = (file: SourceFile) =>
    file !== base &&
    !isOverride(file) &&
    (isBeside(file) || file.isNamed) &&
    files.indexOf(file) > files.indexOf(base) &&
    // A swarm's own file stands beside the one for Compose: another deployment, not more of this one.
    !/(?:^|[-.])stack\.ya?ml$/.test(baseOf(file.name)) &&
    !(isBeside(file) && STANDARD_NAMES.includes(baseOf(file.name)));
  return [base, ...free.filter(isOverride), ...free.filter(isFurther)];
}

/** The paths a file's `extends` and `include` name. */
function references(file: SourceFile): string[] {
  return yamlDocuments(file).documents.flatMap(({ value }) => {
    if (!isMapping(value)) return [];
    const services = isMapping(value.services) ? value.services : value;
    const extended = Object.values(services).flatMap((service) =>
      isMapping(service) && isMapping(service.extends) ? [asText(service.extends.file) ?? ''] : [],
    );
    return [...extended.filter(Boolean), ...includedPaths(value.include)];
  });
}

/** `include: [a.yml, { path: b.yml }, { path: [c.yml, d.yml] }]` -> all the paths. */
export function includedPaths(include: unknown): string[] {
  return (Array.isArray(include) ? include : []).flatMap((item) => {
    const paths: unknown = isMapping(item) ? item.path : item;
    return (Array.isArray(paths) ? paths : [paths]).flatMap((path) => asText(path) ?? []);
  });
}

function normalisedPath(name: string): string {
  const steps: string[] = [];
  for (const step of name.split('/')) {
    if (step === '..' && steps.length > 0 && steps.at(-1) !== '..') steps.pop();
    else if (step !== '.' && step !== '') steps.push(step);
  }
  return steps.join('/');
}

function baseOf(name: string): string {
  return name.split('/').at(-1) ?? '';
}
