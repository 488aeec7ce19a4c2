import type { Author, Trace } from '../changes/queries.js';
import { hiding, NAMED, type Named, showing, write } from '../changes/write-queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import { teamNamed } from '../teams/queries.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { Link, SystemInput } from './form.js';

export const systemsList = {
  sorts: ['name', 'updated', 'created'],
  filters: ['lifecycle', 'team', 'tag'],
} as const satisfies ListShape<string>;

const columns: Record<string, SortColumn> = {
  name: { by: Prisma.sql`lower(s.name)`, type: 'text' },
  updated: { by: Prisma.sql`s.updated_at`, type: 'timestamptz' },
  created: { by: Prisma.sql`s.created_at`, type: 'timestamptz' },
};

const REFUSALS = { systems_name_key: { name: 'Another system has this name.' } };

export type SystemRow = {
  id: number;
  name: string;
  lifecycle: string;
  tags: string[];
  team: string | null;
  updatedAt: Date;
  plans: number;
  currentPlan: { id: number; name: string } | null;
};

type Listed = Omit<SystemRow, 'currentPlan'> & {
  /** A system has at most one. */
  currentId: number | null;
  currentName: string | null;
  cursor: string;
};

/** One stretch of the systems, as searched, filtered and sorted. */
export async function listSystems(list: ListRequest<'lifecycle' | 'team' | 'tag'>): Promise<Rows<SystemRow>> {
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`s.id`, list, list.size);
  const { lifecycle, team, tag } = list.filters;
  const wanted = [
    list.search &&
      Prisma.sql`(s.name ILIKE ${containing(list.search)} OR s.description ILIKE ${containing(list.search)})`,
    lifecycle && Prisma.sql`s.lifecycle::text = ${lifecycle}`,
    team && Prisma.sql`lower(t.name) = lower(${team})`,
    tag && Prisma.sql`s.tags @> ARRAY[${tag.toLowerCase()}::text]`,
  ].filter((condition) => condition !== '');
  const rows = await read<Listed[]>`
    SELECT s.id, s.name, s.lifecycle::text AS lifecycle, s.tags, t.name AS team, s.updated_at AS "updatedAt",
      p.plans, p."currentId", p."currentName", ${cursor} AS cursor
    FROM systems s LEFT JOIN teams t ON t.id = s.team_id, LATERAL (
      SELECT count(*)::int AS plans, min(id) FILTER (WHERE status = 'current') AS "currentId",
        min(name) FILTER (WHERE status = 'current') AS "currentName"
      FROM plans WHERE system_id = s.id AND deleted_at IS NULL) p
    WHERE s.deleted_at IS NULL AND ${where} ${wanted.length ? Prisma.sql`AND ${Prisma.join(wanted, ' AND ')}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size, systemRow);
}

/** Written out, as copying what is left of an object is slow. */
function systemRow({
  id,
  name,
  lifecycle,
  tags,
  team,
  updatedAt,
  plans,
  currentId,
  currentName,
}: Listed): SystemRow {
  const currentPlan = currentId === null ? null : { id: currentId, name: currentName ?? '' };
  return { id, name, lifecycle, tags, team, updatedAt, plans, currentPlan };
}

/** A system with its owner's name, or null when there is none or it is deleted. */
export async function findSystem(id: number): Promise<System | null> {
  const [system] = await read<System[]>`
    SELECT s.id, s.name, s.lifecycle::text AS lifecycle, s.description, s.links, s.tags, s.version, s.created_at AS "createdAt",
      s.updated_at AS "updatedAt", t.name AS team
    FROM systems s LEFT JOIN teams t ON t.id = s.team_id WHERE s.id = ${id} AND s.deleted_at IS NULL`;
  return system ?? null;
}

export type System = {
  id: number;
  name: string;
  lifecycle: string;
  description: string;
  links: Link[];
  tags: string[];
  version: number;
  createdAt: Date;
  updatedAt: Date;
  team: string | null;
};

/** The twelve systems changed last, each with how many plans it has and the first of them. */
export async function listLatestSystems() {
  return read<
    {
      id: number;
      name: string;
      lifecycle: string;
      team: string | null;
      plans: number;
      /** The current one first, then the newest: as many as can be compared. */
      planIds: number[];
    }[]
  >`
    SELECT s.id, s.name, s.lifecycle::text AS lifecycle, t.name AS team,
      (SELECT count(*)::int FROM plans p WHERE p.system_id = s.id AND p.deleted_at IS NULL) AS plans,
      ARRAY(SELECT p.id FROM plans p WHERE p.system_id = s.id AND p.deleted_at IS NULL
        ORDER BY (p.status = 'current') DESC, p.id DESC LIMIT 4) AS "planIds"
    FROM systems s LEFT JOIN teams t ON t.id = s.team_id
    WHERE s.deleted_at IS NULL ORDER BY s.updated_at DESC, s.id DESC LIMIT 12`;
}

/** Refused where another system has the name. */
export function createSystem(author: Author, input: SystemInput): Promise<Saved<Named>> {
  return write({ author, action: 'created', noun: 'systems', after: input }, REFUSALS, async (tx) =>
    tx.system.create({ data: await rowOf(tx, input), select: NAMED }),
  );
}

/** A system of which only the name is known yet, within somebody else's transaction; its line in the trail goes to those `told` at the end. Gives its id. */
export async function createSystemIn(
  tx: Prisma.TransactionClient,
  author: Author,
  name: string,
  told: Trace[],
): Promise<number> {
  const { id } = await tx.system.create({ data: { name }, select: { id: true } });
  told.push({ ...author, action: 'created', noun: 'systems', recordId: id, label: name, after: { name } });
  return id;
}

/** Writes the system unless somebody else did since `version`. */
export function updateSystem(
  author: Author,
  system: System,
  version: number,
  input: SystemInput,
): Promise<Saved<Named>> {
  const trace = { author, action: 'updated', noun: 'systems', before: system, after: input } as const;
  return write(trace, REFUSALS, async (tx) => {
    const { count } = await tx.system.updateMany({
      where: { id: system.id, version, deletedAt: null },
      data: { ...(await rowOf(tx, input)), version: { increment: 1 }, updatedAt: new Date() },
    });
    return count === 0 ? null : { id: system.id, name: input.name };
  });
}

/** Hides the system with all its plans. Nothing is lost: `restoreSystem` brings it back as it was. */
export async function deleteSystem(author: Author, system: System): Promise<void> {
  const { id } = system;
  await write({ author, action: 'deleted', noun: 'systems', before: system }, {}, (tx) =>
    tx.system.updateManyAndReturn({ ...hiding(id), select: NAMED }),
  );
}

/** Null when nothing of this id is deleted. */
export async function restoreSystem(author: Author, id: number): Promise<Saved<Named> | null> {
  const deleted = await db.system.findFirst({ where: { id, deletedAt: { not: null } }, select: NAMED });
  if (!deleted) return null;
  return write({ author, action: 'restored', noun: 'systems' }, REFUSALS, (tx) =>
    tx.system.updateManyAndReturn({ ...showing(id), select: NAMED }),
  );
}

/** What would go with the system if it were deleted. */
export async function countWithin(
  systemId: number,
): Promise<{ plans: number; parts: number; comments: number }> {
  const inPlans = { plan: { systemId, deletedAt: null } };
  const [plans, parts, comments] = await Promise.all([
    db.plan.count({ where: { systemId, deletedAt: null } }),
    db.part.count({ where: { ...inPlans, deletedAt: null } }),
    db.comment.count({ where: { OR: [{ systemId }, inPlans], deletedAt: null } }),
  ]);
  return { plans, parts, comments };
}

/** Names for a form to pick from, the latest first. */
export async function listSystemNames(): Promise<{ id: number; name: string }[]> {
  return db.system.findMany({
    where: { deletedAt: null },
    select: { id: true, name: true },
    orderBy: { updatedAt: 'desc' },
    take: 200,
  });
}

async function rowOf(tx: Prisma.TransactionClient, { team, ...input }: SystemInput) {
  return { ...input, teamId: await teamNamed(tx, team) };
}
