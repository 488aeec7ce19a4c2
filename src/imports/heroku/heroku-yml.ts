import type { Fault, SourceFile } from '../model.js';
import { asText, isMapping, listAt, mappingAt, textAt, type Values, wrongType } from '../reading/values.js';
import { lineOf, type YamlDocument, yamlDocuments } from '../reading/yaml-documents.js';
import { type AddOn, planOf } from './app-json.js';
import type { ProcessType } from './lines.js';

export type HerokuYml = {
  /** The types of the `run` section. */
  processes: ProcessType[];
  /** Types whose image is built here and whose command stands in the Dockerfile, since `run` gives none; the command is ''. */
  built: ProcessType[];
  /** null where `setup` says nothing about them. */
  addOns: AddOn[] | null;
  faults: Fault[];
};

/**
 * Reads what a heroku.yml (devcenter "Building Docker Images with heroku.yml") says about what runs: the types and commands of `run`, the
 * types `build.docker` has an image for, which run the command of their Dockerfile where `run` names no other, `release`, which is a
 * type of the Procfile too, and the add-ons of `setup`.
 */
export function readHerokuYml(file: SourceFile): HerokuYml {
  const { documents, faults: wrongYaml } = yamlDocuments(file);
  const read: HerokuYml = { processes: [], built: [], addOns: null, faults: [...wrongYaml] };
  const [document] = documents;
  if (document === undefined || !isMapping(document.value)) return read;
  const root = document.value;

  const run = mappingAt(root, 'run', '', read.faults) ?? {};
  read.processes = Object.entries(run).map(([type, value]) => ({
    type,
    command: commandOf(value),
    line: lineOf(document, 'run', type),
  }));
  if (root.release !== undefined && !Object.hasOwn(run, 'release'))
    read.processes.push({
      type: 'release',
      command: commandOf(root.release),
      line: lineOf(document, 'release'),
    });

  const build = mappingAt(root, 'build', '', read.faults) ?? {};
  const docker = mappingAt(build, 'docker', 'build', read.faults) ?? {};
  read.built = Object.keys(docker)
    .filter((type) => !Object.hasOwn(run, type))
    .map((type) => ({ type, command: '', line: lineOf(document, 'build', 'docker', type) }));

  const setup = mappingAt(root, 'setup', '', read.faults) ?? {};
  if (setup.addons !== undefined && setup.addons !== null)
    read.addOns = addOnsOf(setup, document, read.faults);
  return read;
}

function addOnsOf(setup: Values, document: YamlDocument, faults: Fault[]): AddOn[] {
  const list = listAt(setup, 'addons', 'setup', faults);
  return list.flatMap((value, i) => {
    const written = isMapping(value) ? value.plan : value;
    const plan = typeof written === 'string' ? planOf(written) : null;
    if (plan === null) {
      faults.push(wrongType(list, i, 'setup.addons', '"name:plan" or a mapping with such a plan'));
      return [];
    }
    const as = isMapping(value) ? (textAt(value, 'as', `setup.addons[${i}]`, faults) ?? null) : null;
    return [{ plan, as, line: lineOf(document, 'setup', 'addons', i) }];
  });
}

function commandOf(value: unknown): string {
  const command = isMapping(value) ? value.command : value;
  return Array.isArray(command)
    ? command.map((word) => asText(word) ?? '').join(' ')
    : (asText(command) ?? '');
}
