import type { PartKind, Runs } from '../domain/model.js';
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

const FIELD_LABELS: Record<PartField, string> = {
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

/** The field of a part in the words of people, and what it was and is. */
export function changeInWords({ field, from, to }: FieldChange): { field: string; from: string; to: string } {
  return { field: FIELD_LABELS[field], from: valueInWords(field, from), to: valueInWords(field, to) };
}

function valueInWords(field: PartField, value: unknown): string {
  if (field === 'technology') return value === null ? 'none' : String(value);
  if (value === null) return 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (field === 'cpuMillicores') return cpu(Number(value));
  if (field === 'memoryMib') return memory(Number(value));
  if (field === 'availability') return statedAvailability(Number(value));
  if (field === 'usdPerMonth') return usd(Number(value));
  if (field === 'kind') return KIND_LABELS[value as PartKind].toLowerCase();
  if (field === 'runs') return RUNS_LABELS[value as Runs].toLowerCase();
  return String(value);
}
