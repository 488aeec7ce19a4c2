import type { Fault, SourceFile } from '../model.js';
import { spend } from '../reading/budget.js';
import { type Place, placeOf } from '../reading/places.js';
import { type Remarks, remark } from '../reading/remarks.js';
import {
  asBoolean,
  asText,
  countAt,
  isMapping,
  listAt,
  mappingAt,
  textAt,
  type Values,
  wrongType,
} from '../reading/values.js';
import { findFile, folderOf } from './files.js';
import { needsOf } from './needs.js';
import { exposedPorts, type Port, publishedPorts } from './ports.js';
import type { Project } from './project.js';
import { readVariables, type Variables } from './variables.js';

/** What a Compose service says of itself, read and checked; what it says of others is connections.ts's. */
export type Service = {
  name: string;
  place: Place | undefined;
  values: Values;
  /** '' where it is built from source and has no name. */
  image: string;
  /** The command with its entrypoint, as one text. */
  command: string;
  replicas: number;
  perMachine: boolean;
  spread: boolean;
  /** One task that ends, by swarm's own word for it. */
  isJobByMode: boolean;
  restart: string;
  cpuMillicores: number | null;
  memoryMib: number | null;
  environment: Map<string, { value: string; place: Place | undefined }>;
  /** Names others reach it by, beside its own. */
  aliases: string[];
  ports: Port[];
  /** Ports inside its network: published, or only exposed. */
  innerPorts: number[];
};

/** Reads a service of a project; every wrong type is a fault with its path and line. */
export function readService(name: string, project: Project, remarks: Remarks, faults: Fault[]): Service {
  const values = project.services.get(name) ?? {};
  const where = `services.${name}`;
  const deploy = mappingAt(values, 'deploy', where, faults) ?? {};
  const mode = textAt(deploy, 'mode', `${where}.deploy`, faults) ?? 'replicated';
  const ports = publishedPorts(values, where, faults);
  const placement = mappingAt(deploy, 'placement', `${where}.deploy`, faults) ?? {};
  return {
    name,
    place: project.places.get(name),
    values,
    image: textAt(values, 'image', where, faults)?.trim() ?? '',
    command: [words(values, 'entrypoint', where, faults), words(values, 'command', where, faults)]
      .join(' ')
      .trim(),
    replicas: replicasOf(values, deploy, where, remarks, faults),
    perMachine: mode === 'global',
    spread: countAt(placement, 'max_replicas_per_node', `${where}.deploy.placement`, faults) === 1,
    isJobByMode: mode === 'replicated-job' || mode === 'global-job',
    restart: restartOf(values, deploy, where, faults),
    ...needsOf(name, values, deploy, remarks, faults),
    environment: environmentOf(name, values, project, remarks, faults),
    aliases: aliasesOf(values, where, faults),
    ports,
    innerPorts: [...ports.map(({ inner }) => inner).filter(Boolean), ...exposedPorts(values, where, faults)],
  };
}

function words(values: Values, key: string, where: string, faults: Fault[]): string {
  const value = values[key];
  return Array.isArray(value)
    ? value.map((word) => asText(word) ?? '').join(' ')
    : (textAt(values, key, where, faults) ?? '');
}

/** `deploy.replicas` and `scale` must agree (compose-spec, "scale"); where they do not, what runs is up to the tool. */
function replicasOf(
  values: Values,
  deploy: Values,
  where: string,
  remarks: Remarks,
  faults: Fault[],
): number {
  const replicas = countAt(deploy, 'replicas', `${where}.deploy`, faults);
  const scale = countAt(values, 'scale', where, faults);
  if (replicas !== undefined && scale !== undefined && replicas !== scale)
    remark(
      remarks,
      'warning',
      'deploy.replicas and scale say different numbers; deploy.replicas was taken',
      where,
      placeOf(values, 'scale'),
    );
  return replicas ?? scale ?? 1;
}

function restartOf(values: Values, deploy: Values, where: string, faults: Fault[]): string {
  const policy = mappingAt(deploy, 'restart_policy', `${where}.deploy`, faults) ?? {};
  const condition = textAt(policy, 'condition', `${where}.deploy.restart_policy`, faults);
  // YAML 1.1 read a bare `no` as false; either spelling means the word.
  const restart = asBoolean(values.restart) === false ? 'no' : textAt(values, 'restart', where, faults);
  return (
    restart ?? ({ none: 'no', any: 'always' } as Record<string, string>)[condition ?? ''] ?? condition ?? ''
  );
}

/** The variables a service is given: of its env_files, in order, then its own. A name alone takes its value from outside. */
function environmentOf(
  name: string,
  values: Values,
  project: Project,
  remarks: Remarks,
  faults: Fault[],
): Service['environment'] {
  const where = `services.${name}`;
  const environment: Service['environment'] = new Map();
  for (const item of listAt(values, 'env_file', where, faults)) {
    const path = asText(isMapping(item) ? item.path : item) ?? '';
    const place = placeOf(values, 'env_file');
    const file = findFile(project.files, path, folderOf(place?.file ?? ''));
    const message = 'Files of variables that were not given; a host that only they name is not seen';
    if (!file) remark(remarks, 'skipped', message, path, place);
    else
      for (const [key, value] of variablesOf(file, project)) {
        spend(project.budgets.environment, 1, place);
        spend(project.budgets.characters, key.length + value.length, place);
        environment.set(key, { value, place });
      }
  }
  const own = mappingAt(values, 'environment', where, faults, 'a list or a mapping') ?? {};
  spend(project.budgets.environment, Object.keys(own).length, placeOf(values, 'environment'));
  for (const [key, value] of Object.entries(own)) {
    const text = asText(value ?? project.variables.get(key) ?? '');
    if (text === undefined) {
      const expected = key.startsWith('[') ? 'text such as A=1' : 'text';
      faults.push(wrongType(own, key, `${where}.environment`, expected));
    } else environment.set(key, { value: text, place: placeOf(own, key) });
  }
  return environment;
}

function variablesOf(file: SourceFile, { environments, variables, budgets }: Project): Variables {
  const read = environments.get(file) ?? readVariables(file.text, variables, budgets.text);
  environments.set(file, read);
  return read;
}

function aliasesOf(values: Values, where: string, faults: Fault[]): string[] {
  const networks = Object.values(mappingAt(values, 'networks', where, faults, 'a list or a mapping') ?? {});
  const aliases = networks.flatMap((network) =>
    isMapping(network) ? listAt(network, 'aliases', `${where}.networks`, faults) : [],
  );
  const names = [
    textAt(values, 'container_name', where, faults),
    textAt(values, 'hostname', where, faults),
    ...aliases.map(asText),
  ];
  return names.flatMap((name) => (name ? [name.toLowerCase()] : []));
}
