import type { Part, PartKind, Runs } from '../domain/model.js';
import type { FieldChange, PartField } from '../domain/part-changes.js';
import { cpu, memory, statedAvailability, usd } from '../web/format.js';

/** The kinds in the words of people. */
export const KIND_LABELS: Record<PartKind, string> = {
  web: 'Web process',
  service: 'Service',
  worker: 'Worker',
  job: 'Job',
  database: 'Database',
  cache: 'Cache',
  queue: 'Queue',
  'load-balancer': 'Load balancer',
  'cluster-control': 'Cluster control',
  platform: 'Platform',
  external: 'External service',
};

export const RUNS_LABELS: Record<Runs, string> = {
  machine: 'On the plan’s machines',
  managed: 'Managed by a provider',
  external: 'Outside, run by others',
};

/** The source of an availability that nobody stated: an import assumed it. */
export const ASSUMED = 'assumed at import';

/** The parts whose availability is assumed, by name. */
export function assumedAmong(parts: { name: string; availabilityBasis?: string }[]): string[] {
  return parts.filter((part) => part.availabilityBasis === ASSUMED).map((part) => part.name);
}

/** Who runs a part and where, as short as a table's column needs it. */
export function runsInWords({
  runs,
  perMachine,
  spread,
}: Pick<Part, 'runs' | 'perMachine' | 'spread'>): string {
  if (runs !== 'machine') return runs === 'managed' ? 'Managed' : 'External';
  if (perMachine) return 'On every machine';
  return spread ? 'On machines, apart' : 'On machines';
}

export const FIELD_LABELS: Record<PartField, string> = {
  kind: 'kind',
  replicas: 'replicas',
  needed: 'needed',
  cpuMillicores: 'CPU each',
  memoryMib: 'memory each',
  runs: 'runs',
  perMachine: 'one on every machine',
  spread: 'each replica on a different machine',
  availability: 'availability of one',
  usdPerMonth: 'price each',
  technology: 'technology',
  containersPerReplica: 'containers per replica',
};

/** The fields of a part in the words of people, and what they were and are. */
export function changesInWords(changes: FieldChange[]): { field: string; from: string; to: string }[] {
  const runs = changes.find(({ field }) => field === 'runs');
  return changes.map(({ field, from, to }) => ({
    field: FIELD_LABELS[field],
    from: valueInWords(field, from, runs?.from),
    to: valueInWords(field, to, runs?.to),
  }));
}

/** `runs` is where the part runs, if that is among the changes: there nobody has to know what only counts elsewhere. */
function valueInWords(field: PartField, value: unknown, runs: unknown): string {
  if (field === 'technology') return value === null ? 'none' : String(value);
  if (value === null) return isElsewhere(field, runs) ? 'none' : 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (field === 'cpuMillicores') return cpu(Number(value));
  if (field === 'memoryMib') return memory(Number(value));
  if (field === 'availability') return statedAvailability(Number(value));
  if (field === 'usdPerMonth') return usd(Number(value));
  if (field === 'kind') return KIND_LABELS[value as PartKind].toLowerCase();
  if (field === 'runs') return RUNS_LABELS[value as Runs].toLowerCase();
  return String(value);
}

/** Only what runs on machines takes their cpu and memory, and they pay for it. */
function isElsewhere(field: PartField, runs: unknown): boolean {
  if (runs === undefined) return false;
  return field === 'usdPerMonth'
    ? runs === 'machine'
    : (field === 'cpuMillicores' || field === 'memoryMib') && runs !== 'machine';
}
