import type { Author } from '../changes/queries.js';
import { hiding, NAMED, type Named, showing, write } from '../changes/write-queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import { teamNamed } from '../teams/queries.js';
import { technologyNamed } from '../technologies/queries.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { PartInput } from './form.js';
import { ASSUMED } from './words.js';

export const partsList = {
  sorts: ['name', 'kind', 'replicas', 'memory', 'price', 'updated'],
  filters: ['kind', 'runs', 'technology', 'team'],
} as const satisfies ListShape<string>;

// Unknown sorts below the least that is known.
const columns: Record<string, SortColumn> = {
  name: { by: Prisma.sql`lower(p.name)`, type: 'text' },
  kind: { by: Prisma.sql`p.kind`, type: 'text' },
  replicas: { by: Prisma.sql`p.replicas`, type: 'int' },
  memory: { by: Prisma.sql`coalesce(p.memory_mib, -1)`, type: 'float' },
  price: { by: Prisma.sql`coalesce(p.usd_per_month, -1)`, type: 'float' },
  updated: { by: Prisma.sql`p.updated_at`, type: 'timestamptz' },
};

const REFUSALS = { parts_name_key: { name: 'Another part of this plan has this name.' } };

export type PartRow = {
  id: number;
  name: string;
  kind: string;
  runs: string;
  replicas: number;
  needed: number;
  perMachine: boolean;
  spread: boolean;
  cpuMillicores: number | null;
  memoryMib: number | null;
  availability: number | null;
  availabilityBasis: string;
  usdPerMonth: number | null;
  priceBasis: string;
  containersPerReplica: number;
  technology: string | null;
  team: string | null;
  checkedOn: string | null;
  updatedAt: Date;
};

/** What a plan's parts can be filtered by: their technologies and teams, by name. */
export async function listChoices(planId: number): Promise<{ technologies: string[]; teams: string[] }> {
  const [choices] = await read<{ technologies: string[]; teams: string[] }[]>`
    SELECT coalesce(array_agg(DISTINCT k.name) FILTER (WHERE k.name IS NOT NULL), '{}') AS technologies,
      coalesce(array_agg(DISTINCT t.name) FILTER (WHERE t.name IS NOT NULL), '{}') AS teams
    FROM parts p LEFT JOIN technologies k ON k.id = p.technology_id LEFT JOIN teams t ON t.id = p.team_id
    WHERE p.plan_id = ${planId} AND p.deleted_at IS NULL`;
  return choices ?? { technologies: [], teams: [] };
}

/** One stretch of a plan's parts, as searched, filtered and sorted. */
export async function listParts(
  planId: number,
  list: ListRequest<'kind' | 'runs' | 'technology' | 'team'>,
): Promise<Rows<PartRow>> {
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`p.id`, list, list.size);
  const { kind, runs, technology, team } = list.filters;
  const wanted = [
    list.search &&
      Prisma.sql`(p.name ILIKE ${containing(list.search)} OR p.notes ILIKE ${containing(list.search)})`,
    kind && Prisma.sql`p.kind = ${kind}`,
    runs && Prisma.sql`p.runs = ${runs}`,
    technology && Prisma.sql`lower(k.name) = lower(${technology})`,
    team && Prisma.sql`lower(t.name) = lower(${team})`,
  ].filter((condition) => condition !== '');
  const rows = await read<(PartRow & { cursor: string })[]>`
    SELECT p.id, p.name, p.kind, p.runs, p.replicas, p.needed, p.per_machine AS "perMachine", p.spread,
      p.cpu_millicores AS "cpuMillicores", p.memory_mib AS "memoryMib", p.availability, p.availability_basis AS "availabilityBasis",
      p.usd_per_month AS "usdPerMonth", p.price_basis AS "priceBasis", p.containers_per_replica AS "containersPerReplica",
      k.name AS technology, t.name AS team, p.checked_on::text AS "checkedOn", p.updated_at AS "updatedAt", ${cursor} AS cursor
    FROM parts p LEFT JOIN technologies k ON k.id = p.technology_id LEFT JOIN teams t ON t.id = p.team_id
    WHERE p.plan_id = ${planId} AND p.deleted_at IS NULL AND ${where}
      ${wanted.length ? Prisma.sql`AND ${Prisma.join(wanted, ' AND ')}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size);
}

/** The names of a plan's parts, for a form to pick from; null when there are more than `most`. */
export async function listPartNames(planId: number, most: number): Promise<string[] | null> {
  const parts = await db.part.findMany({
    where: { planId, deletedAt: null },
    select: { name: true },
    orderBy: { name: 'asc' },
    take: most + 1,
  });
  return parts.length > most ? null : parts.map((part) => part.name);
}

/** A part with its plan and system, or null when there is none, or it or what it is in is deleted. */
export async function findPart(id: number) {
  const part = await db.part.findFirst({
    where: { id, deletedAt: null, plan: { deletedAt: null, system: { deletedAt: null } } },
    select: {
      id: true,
      name: true,
      kind: true,
      runs: true,
      replicas: true,
      needed: true,
      containersPerReplica: true,
      perMachine: true,
      spread: true,
      cpuMillicores: true,
      memoryMib: true,
      availability: true,
      availabilityBasis: true,
      usdPerMonth: true,
      priceBasis: true,
      technology: { select: { name: true } },
      team: { select: { name: true } },
      repositoryUrl: true,
      runbookUrl: true,
      checkedOn: true,
      notes: true,
      fromFile: true,
      setByHand: true,
      version: true,
      createdAt: true,
      updatedAt: true,
      plan: { select: { id: true, name: true, system: { select: { id: true, name: true } } } },
    },
  });
  return (
    part && {
      ...part,
      technology: part.technology?.name ?? null,
      team: part.team?.name ?? null,
      checkedOn: part.checkedOn?.toISOString().slice(0, 10) ?? null,
    }
  );
}

export type PartRecord = NonNullable<Awaited<ReturnType<typeof findPart>>>;

export type Neighbour = {
  connectionId: number;
  id: number;
  name: string;
  strength: string;
  origin: string;
  evidence: string;
};

const NEIGHBOURS_SHOWN = 100;

/** What the part calls, what calls it and the entries that begin at it: the first hundred of each, and how many there are. */
export async function listNeighbours(partId: number) {
  const [calls, calledBy, entries, count] = await Promise.all([
    read<Neighbour[]>`
      SELECT c.id AS "connectionId", p.id, p.name, c.strength, c.origin, c.evidence
      FROM connections c JOIN parts p ON p.id = c.to_part_id AND p.deleted_at IS NULL
      WHERE c.from_part_id = ${partId} AND c.deleted_at IS NULL ORDER BY lower(p.name), p.id LIMIT ${NEIGHBOURS_SHOWN}`,
    read<Neighbour[]>`
      SELECT c.id AS "connectionId", p.id, p.name, c.strength, c.origin, c.evidence
      FROM connections c JOIN parts p ON p.id = c.from_part_id AND p.deleted_at IS NULL
      WHERE c.to_part_id = ${partId} AND c.deleted_at IS NULL ORDER BY lower(p.name), p.id LIMIT ${NEIGHBOURS_SHOWN}`,
    db.entry.findMany({
      where: { deletedAt: null, parts: { some: { partId } } },
      select: { id: true, name: true },
      orderBy: { name: 'asc' },
      take: NEIGHBOURS_SHOWN,
    }),
    countAround(partId),
  ]);
  return { calls, calledBy, entries, count };
}

/** How many connections and entries the part stands in: what deleting it takes it out of. */
export async function countAround(
  partId: number,
): Promise<{ calls: number; calledBy: number; entries: number }> {
  const [calls, calledBy, entries] = await Promise.all([
    db.connection.count({ where: { fromPartId: partId, deletedAt: null, to: { deletedAt: null } } }),
    db.connection.count({ where: { toPartId: partId, deletedAt: null, from: { deletedAt: null } } }),
    db.entry.count({ where: { deletedAt: null, parts: { some: { partId } } } }),
  ]);
  return { calls, calledBy, entries };
}

export function createPart(author: Author, planId: number, input: PartInput): Promise<Saved<Named>> {
  return write({ author, action: 'created', noun: 'parts', after: input, planId }, REFUSALS, async (tx) =>
    tx.part.create({ data: { ...(await rowOf(tx, input)), planId }, select: NAMED }),
  );
}

/** Writes the part unless somebody else did since `version`. A later import keeps the fields that differ now. */
export function updatePart(
  author: Author,
  part: PartRecord,
  version: number,
  input: PartInput,
): Promise<Saved<Named>> {
  const trace = { author, action: 'updated', noun: 'parts', before: part, after: input } as const;
  return write({ ...trace, planId: part.plan.id }, REFUSALS, async (tx) => {
    const { count } = await tx.part.updateMany({
      where: { id: part.id, version, deletedAt: null },
      data: {
        ...(await rowOf(tx, input)),
        setByHand: setByHand(part, input),
        availabilityBasis: basisOf(part, input),
        // Under a name of its own no file speaks of it any longer, so no import may take it away.
        fromFile: part.fromFile && part.name === input.name,
        version: { increment: 1 },
        updatedAt: new Date(),
      },
    });
    return count === 0 ? null : { id: part.id, name: input.name };
  });
}

/** Hides the part and with it its connections and its place in entries; `restorePart` brings all of it back. */
export async function deletePart(author: Author, part: PartRecord): Promise<void> {
  const { id, plan } = part;
  await write({ author, action: 'deleted', noun: 'parts', before: part, planId: plan.id }, {}, (tx) =>
    tx.part.updateManyAndReturn({ ...hiding(id), select: NAMED }),
  );
}

/** Null when nothing of this id is deleted, or what it was in is. */
export async function restorePart(author: Author, id: number): Promise<Saved<Named> | null> {
  const deleted = await db.part.findFirst({
    where: { id, deletedAt: { not: null }, plan: { deletedAt: null, system: { deletedAt: null } } },
    select: { planId: true },
  });
  if (!deleted) return null;
  return write({ author, action: 'restored', noun: 'parts', planId: deleted.planId }, REFUSALS, (tx) =>
    tx.part.updateManyAndReturn({ ...showing(id), select: NAMED }),
  );
}

async function rowOf(tx: Prisma.TransactionClient, { technology, team, checkedOn, ...input }: PartInput) {
  return {
    ...input,
    technologyId: await technologyNamed(tx, technology),
    teamId: await teamNamed(tx, team),
    checkedOn: checkedOn === null ? null : new Date(checkedOn),
  };
}

/** Whoever sets an availability and leaves the basis as it is has not assumed it. */
function basisOf(part: PartRecord, { availability, availabilityBasis }: PartInput): string {
  const isLeft = availabilityBasis === ASSUMED && availability !== part.availability;
  return isLeft ? '' : availabilityBasis;
}

/** The fields that people have set, with those that this input changes. */
function setByHand(part: PartRecord, input: PartInput): string[] {
  const fields = Object.keys(input) as (keyof PartInput)[];
  const changed = fields.filter((field) => (part[field] ?? '') !== (input[field] ?? ''));
  return [...new Set([...part.setByHand, ...changed])];
}
