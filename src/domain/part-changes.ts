import type { Part } from './model.js';

/** What plans and files say of a part. What people add to it (team, links, notes) is no difference between two plans. */
export const PART_FIELDS = [
  'kind',
  'replicas',
  'needed',
  'cpuMillicores',
  'memoryMib',
  'runs',
  'perMachine',
  'spread',
  'availability',
  'usdPerMonth',
  'technology',
  'containersPerReplica',
] as const satisfies readonly (keyof Part)[];
export type PartField = (typeof PART_FIELDS)[number];

/** One field that is another in the second of two parts. */
export type FieldChange = { field: PartField; from: unknown; to: unknown };

/** What the second part has otherwise than the first, in the order of `PART_FIELDS`. */
export function partChanges(before: Part, after: Part): FieldChange[] {
  return PART_FIELDS.map((field) => ({
    field,
    from: fieldOf(before, field),
    to: fieldOf(after, field),
  })).filter(({ field, from, to }) => !isSame(field, from, to));
}

/** CPU as it is stored: in whole millicores. */
export function wholeMillicores({ cpuMillicores }: Part): number | null {
  return cpuMillicores === null ? null : Math.round(cpuMillicores);
}

function fieldOf(part: Part, field: PartField): unknown {
  if (field === 'containersPerReplica') return part.containersPerReplica ?? 1;
  if (field === 'cpuMillicores') return wholeMillicores(part);
  return part[field];
}

/** Technologies are one whatever their case, as the database has them. */
function isSame(field: PartField, from: unknown, to: unknown): boolean {
  return field === 'technology'
    ? String(from ?? '').toLowerCase() === String(to ?? '').toLowerCase()
    : from === to;
}
