import { findFile } from './compose-files.js';
import type { Project } from './compose-project.js';
import { readVariables } from './compose-variables.js';
import type { Fault } from './model.js';
import { type Place, placeOf } from './places.js';
import { type Remarks, remark } from './remarks.js';
import {
  asBoolean,
  asText,
  composeMib,
  countAt,
  isMapping,
  listAt,
  mappingAt,
  textAt,
  type Values,
  wrongType,
} from './values.js';

/** What a Compose service says of itself, read and checked; what it says of others is compose-connections.ts's. */
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

/**
 * A port that is published on the machine, `inner` inside the container (0: not known). `isLocal`: for programs on that machine only.
 * `isFixed`: under a number of its own, so that users can know it; else Docker picks one at each start.
 */
export type Port = { inner: number; isLocal: boolean; isFixed: boolean };

/** Reads a service of a project; every wrong type is a fault with its path and line. */
export function readService(name: string, project: Project, remarks: Remarks, faults: Fault[]): Service {
  const values = project.services.get(name) ?? {};
  const where = `services.${name}`;
  const deploy = mappingAt(values, 'deploy', where, faults) ?? {};
  const mode = textAt(deploy, 'mode', `${where}.deploy`, faults) ?? 'replicated';
  const ports = readPorts(values, where, faults);
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
    innerPorts: [...ports.map(({ inner }) => inner).filter(Boolean), ...exposed(values, where, faults)],
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

/** What placing needs: the reservation, else the limit, which is the most it can take (compose-spec, "deploy.resources"). */
function needsOf(
  name: string,
  values: Values,
  deploy: Values,
  remarks: Remarks,
  faults: Fault[],
): { cpuMillicores: number | null; memoryMib: number | null } {
  const where = `services.${name}`;
  const resources = mappingAt(deploy, 'resources', `${where}.deploy`, faults) ?? {};
  const path = `${where}.deploy.resources`;
  const reserved = mappingAt(resources, 'reservations', path, faults) ?? {};
  const limits = mappingAt(resources, 'limits', path, faults) ?? {};
  const memory = [
    memoryAt(reserved, 'memory', `${path}.reservations`, faults),
    memoryAt(values, 'mem_reservation', where, faults),
    memoryAt(limits, 'memory', `${path}.limits`, faults),
    memoryAt(values, 'mem_limit', where, faults),
  ];
  const cpus = [
    cpusAt(reserved, 'cpus', `${path}.reservations`, faults),
    null,
    cpusAt(limits, 'cpus', `${path}.limits`, faults),
    cpusAt(values, 'cpus', where, faults) ?? quotaOf(values, where, faults),
  ];
  const place =
    placeOf(limits, 'memory') ??
    placeOf(values, 'mem_limit') ??
    placeOf(limits, 'cpus') ??
    placeOf(values, 'cpus');
  const isLimitTaken = [memory, cpus].some(
    ([one, two, ...rest]) => !one && !two && rest.some((limit) => limit),
  );
  if (isLimitTaken)
    remark(remarks, 'assumed', 'Limits were taken as needs, since nothing is reserved', name, place);
  const memoryMib = memory.find((each) => each) ?? null;
  if (memoryMib !== null && memoryMib < 6)
    remark(
      remarks,
      'warning',
      'Less than the 6 MiB of memory that Docker demands (is a unit missing)',
      name,
      place,
    );
  return { cpuMillicores: cpus.find((each) => each) ?? null, memoryMib };
}

function memoryAt(from: Values, key: string, where: string, faults: Fault[]): number | null {
  const value = from[key] ?? '';
  const mib = composeMib(value);
  // A unit alone is what an unset variable leaves of "${SIZE}M".
  if (mib === null && !/^[kmgtp]?i?b?$/i.test(asText(value) ?? '?'))
    faults.push(wrongType(from, key, where, 'a size such as 512M'));
  return mib;
}

function cpusAt(from: Values, key: string, where: string, faults: Fault[]): number | null {
  const value = from[key] ?? '';
  if (value === '') return null;
  const cpus = Number(asText(value)?.trim() || Number.NaN);
  if (cpus >= 0 && cpus <= MAX_CPUS) return Math.round(cpus * 1000);
  faults.push(wrongType(from, key, where, 'a number of processors such as 0.5'));
  return null;
}

const MAX_CPUS = 10_000;

/** Version 2's own way to say a limit: microseconds of processor time in each period, 100 ms if not said. */
function quotaOf(values: Values, where: string, faults: Fault[]): number | null {
  const quota = microsecondsAt(values, 'cpu_quota', where, faults);
  const period = microsecondsAt(values, 'cpu_period', where, faults) || 100_000;
  return quota ? Math.round((quota * 1000) / period) : null;
}

function microsecondsAt(values: Values, key: string, where: string, faults: Fault[]): number {
  const [, amount, unit] = /^(-?\d{1,12})(us|ms|s)?$/.exec(asText(values[key] ?? '0')?.trim() || '0') ?? [];
  if (amount === undefined) faults.push(wrongType(values, key, where, 'a time such as 50ms'));
  return Math.max(0, Number(amount ?? 0)) * (unit === 's' ? 1e6 : unit === 'ms' ? 1000 : 1);
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
      for (const [key, value] of readVariables(file.text, project.variables))
        environment.set(key, { value, place });
  }
  const own = mappingAt(values, 'environment', where, faults, 'a list or a mapping') ?? {};
  for (const [key, value] of Object.entries(own)) {
    const text = asText(value ?? project.variables.get(key) ?? '');
    if (text === undefined) faults.push(wrongType(own, key, `${where}.environment`, 'text'));
    else environment.set(key, { value: text, place: placeOf(own, key) });
  }
  return environment;
}

function folderOf(name: string): string {
  return name.slice(0, name.lastIndexOf('/') + 1);
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

function readPorts(values: Values, where: string, faults: Fault[]): Port[] {
  const ports = listAt(values, 'ports', where, faults);
  return ports.flatMap((port, i) => {
    const read = isMapping(port) ? longPort(port) : shortPort(asText(port) ?? '');
    if (read) return read;
    faults.push(wrongType(ports, i, `${where}.ports`, 'a port such as "8080:80"'));
    return [];
  });
}

function longPort(port: Values): Port[] | null {
  const target = asText(port.target) ?? '';
  if (!/^\d*(?:-\d*)?$/.test(target)) return null;
  const isFixed = (port.published ?? '') !== '';
  return [
    { inner: Number.parseInt(target, 10) || 0, isLocal: isLoopback(asText(port.host_ip) ?? ''), isFixed },
  ];
}

/**
 * `80`, `8080:80`, `127.0.0.1:8001:8001`, `[::1]:80:80`, ranges, `/udp`. Of a range the first port stands for all. Numbers may be
 * missing, as unset variables leave them.
 */
function shortPort(text: string): Port[] | null {
  if (text === '' || text.length > 200) return text === '' ? [] : null;
  const [whole, address = '', outer, inner] =
    /^(?:(\[[\da-f:.]+\]|[^:[\]]*):)?(?:([\d-]*):)?(\d*)(?:-\d*)?(?:\/\w*)?$/i.exec(text) ?? [];
  if (whole === undefined) return null;
  // `8080:80`: with one colon what stands before it is no address but the outer port.
  const isAddress = outer !== undefined || /[.[a-z]/i.test(address);
  const fixed = isAddress ? outer : address;
  return [{ inner: Number(inner), isLocal: isAddress && isLoopback(address), isFixed: (fixed ?? '') !== '' }];
}

function isLoopback(address: string): boolean {
  return /^(?:127\.|localhost$|\[?::1\]?$)/.test(address);
}

function exposed(values: Values, where: string, faults: Fault[]): number[] {
  return listAt(values, 'expose', where, faults).flatMap((port) => {
    const number = Number.parseInt(asText(port) ?? '', 10);
    return Number.isInteger(number) ? [number] : [];
  });
}
