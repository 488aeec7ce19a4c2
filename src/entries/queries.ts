import type { Author } from '../changes/queries.js';
import { hiding, NAMED, type Named, Refused, showing, write } from '../changes/write-queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { EntryInput } from './form.js';

export const entriesList = { sorts: ['name', 'updated'], filters: [] } as const satisfies ListShape<string>;

const columns: Record<string, SortColumn> = {
  name: { by: Prisma.sql`lower(e.name)`, type: 'text' },
  updated: { by: Prisma.sql`e.updated_at`, type: 'timestamptz' },
};

const REFUSALS = { entries_name_key: { name: 'Another entry of this plan has this name.' } };

export type EntryRow = {
  id: number;
  name: string;
  /** How many parts it calls first, and the names of the first few. */
  count: number;
  parts: string[];
  updatedAt: Date;
};

/** One stretch of a plan's entries, as searched and sorted. */
export async function listEntries(planId: number, list: ListRequest<never>): Promise<Rows<EntryRow>> {
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`e.id`, list, list.size);
  const rows = await read<(EntryRow & { cursor: string })[]>`
    SELECT e.id, e.name, e.updated_at AS "updatedAt",
      (SELECT count(*)::int FROM entry_parts x JOIN parts p ON p.id = x.part_id AND p.deleted_at IS NULL
        WHERE x.entry_id = e.id) AS count,
      ARRAY(SELECT p.name FROM entry_parts x JOIN parts p ON p.id = x.part_id AND p.deleted_at IS NULL
        WHERE x.entry_id = e.id ORDER BY lower(p.name), p.id LIMIT 8) AS parts,
      ${cursor} AS cursor
    FROM entries e
    WHERE e.plan_id = ${planId} AND e.deleted_at IS NULL AND ${where}
      ${list.search ? Prisma.sql`AND e.name ILIKE ${containing(list.search)}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size);
}

/** An entry with the parts it calls first, or null when there is none, or it or what it is in is deleted. */
export async function findEntry(id: number) {
  const entry = await db.entry.findFirst({
    where: { id, deletedAt: null, plan: { deletedAt: null, system: { deletedAt: null } } },
    select: {
      id: true,
      name: true,
      fromFile: true,
      version: true,
      createdAt: true,
      updatedAt: true,
      plan: { select: { id: true, name: true, system: { select: { id: true, name: true } } } },
      parts: {
        where: { part: { deletedAt: null } },
        select: { part: { select: { id: true, name: true, kind: true } } },
        orderBy: { part: { name: 'asc' } },
      },
    },
  });
  return entry && { ...entry, parts: entry.parts.map(({ part }) => part) };
}

export type EntryRecord = NonNullable<Awaited<ReturnType<typeof findEntry>>>;

export function createEntry(author: Author, planId: number, input: EntryInput): Promise<Saved<Named>> {
  return write({ author, action: 'created', noun: 'entries', after: input, planId }, REFUSALS, async (tx) => {
    const parts = (await partIdsOf(tx, planId, input.parts)).map((partId) => ({ partId }));
    return tx.entry.create({
      data: { planId, name: input.name, parts: { createMany: { data: parts } } },
      select: NAMED,
    });
  });
}

/** Writes the entry unless somebody else did since `version`. It is a person's own from then on: no import changes it. */
export function updateEntry(
  author: Author,
  entry: EntryRecord,
  version: number,
  input: EntryInput,
): Promise<Saved<Named>> {
  const trace = { author, action: 'updated', noun: 'entries', before: traceOf(entry), after: input } as const;
  return write({ ...trace, planId: entry.plan.id }, REFUSALS, async (tx) => {
    const partIds = await partIdsOf(tx, entry.plan.id, input.parts);
    const { count } = await tx.entry.updateMany({
      where: { id: entry.id, version, deletedAt: null },
      data: { name: input.name, fromFile: false, version: { increment: 1 }, updatedAt: new Date() },
    });
    if (count === 0) return null;
    await setParts(tx, entry, partIds);
    return { id: entry.id, name: input.name };
  });
}

/** Hides the entry; `restoreEntry` brings it back. */
export async function deleteEntry(author: Author, entry: EntryRecord): Promise<void> {
  const { id, plan } = entry;
  const trace = { author, action: 'deleted', noun: 'entries', before: traceOf(entry) } as const;
  await write({ ...trace, planId: plan.id }, {}, (tx) =>
    tx.entry.updateManyAndReturn({ ...hiding(id), select: NAMED }),
  );
}

/** Null when nothing of this id is deleted, or what it was in is. */
export async function restoreEntry(author: Author, id: number): Promise<Saved<Named> | null> {
  const deleted = await db.entry.findFirst({
    where: { id, deletedAt: { not: null }, plan: { deletedAt: null, system: { deletedAt: null } } },
    select: { planId: true },
  });
  if (!deleted) return null;
  return write({ author, action: 'restored', noun: 'entries', planId: deleted.planId }, REFUSALS, (tx) =>
    tx.entry.updateManyAndReturn({ ...showing(id), select: NAMED }),
  );
}

/** The ids of the parts of these names, looked for in this plan only. */
async function partIdsOf(tx: Prisma.TransactionClient, planId: number, names: string[]): Promise<number[]> {
  const parts = await tx.$queryRaw<{ id: number; name: string }[]>`
    SELECT id, name FROM parts WHERE plan_id = ${planId} AND deleted_at IS NULL AND name = ANY(${names}::text[])`;
  const known = new Set(parts.map((part) => part.name));
  const unknown = names.filter((name) => !known.has(name));
  if (unknown.length === 0) return parts.map((part) => part.id);
  const listed = `${unknown.slice(0, 10).join(', ')}${unknown.length > 10 ? ` and ${unknown.length - 10} more` : ''}`;
  throw new Refused({ parts: `No part of this plan is called: ${listed}.` });
}

/** Leaves the places of deleted parts alone: who restores such a part finds it in the entry again. */
async function setParts(
  tx: Prisma.TransactionClient,
  { id, plan }: EntryRecord,
  partIds: number[],
): Promise<void> {
  await tx.$executeRaw`
    DELETE FROM entry_parts x USING parts p
    WHERE x.entry_id = ${id} AND p.id = x.part_id AND p.deleted_at IS NULL AND NOT p.id = ANY(${partIds}::int[])`;
  await tx.$executeRaw`
    INSERT INTO entry_parts (plan_id, entry_id, part_id) SELECT ${plan.id}, ${id}, unnest(${partIds}::int[])
    ON CONFLICT DO NOTHING`;
}

function traceOf({ id, name, parts }: EntryRecord) {
  return { id, name, parts: parts.map((part) => part.name) };
}
