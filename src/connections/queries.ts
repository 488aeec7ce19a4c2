import type { Author } from '../changes/queries.js';
import { hiding, type Named, Refused, showing, write } from '../changes/write-queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { ConnectionInput } from './form.js';

export const connectionsList = {
  sorts: ['from', 'to', 'updated'],
  filters: ['strength', 'origin', 'part'],
} as const satisfies ListShape<string>;

const columns: Record<string, SortColumn> = {
  from: { by: Prisma.sql`lower(f.name)`, type: 'text' },
  to: { by: Prisma.sql`lower(t.name)`, type: 'text' },
  updated: { by: Prisma.sql`c.updated_at`, type: 'timestamptz' },
};

const REFUSALS = {
  connections_pair_key: { to: 'These two are connected already: edit that connection instead.' },
};

export type ConnectionRow = {
  id: number;
  fromId: number;
  from: string;
  toId: number;
  to: string;
  strength: string;
  origin: string;
  evidence: string;
  updatedAt: Date;
};

/** One stretch of a plan's connections between parts that are there, as searched, filtered and sorted. */
export async function listConnections(
  planId: number,
  list: ListRequest<'strength' | 'origin' | 'part'>,
): Promise<Rows<ConnectionRow>> {
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`c.id`, list, list.size);
  const { strength, origin, part } = list.filters;
  const words = containing(list.search);
  const end = Prisma.sql`(SELECT id FROM parts WHERE plan_id = ${planId} AND name = ${part} AND deleted_at IS NULL)`;
  const wanted = [
    list.search && Prisma.sql`(f.name ILIKE ${words} OR t.name ILIKE ${words} OR c.evidence ILIKE ${words})`,
    strength && Prisma.sql`c.strength = ${strength}`,
    origin && Prisma.sql`c.origin = ${origin}`,
    part && Prisma.sql`(c.from_part_id = ${end} OR c.to_part_id = ${end})`,
  ].filter((condition) => condition !== '');
  const rows = await read<(ConnectionRow & { cursor: string })[]>`
    SELECT c.id, f.id AS "fromId", f.name AS "from", t.id AS "toId", t.name AS "to", c.strength, c.origin, c.evidence,
      c.updated_at AS "updatedAt", ${cursor} AS cursor
    FROM connections c JOIN parts f ON f.id = c.from_part_id AND f.deleted_at IS NULL
      JOIN parts t ON t.id = c.to_part_id AND t.deleted_at IS NULL
    WHERE c.plan_id = ${planId} AND f.plan_id = ${planId} AND t.plan_id = ${planId} AND c.deleted_at IS NULL AND ${where}
      ${wanted.length ? Prisma.sql`AND ${Prisma.join(wanted, ' AND ')}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size);
}

/** A connection with its plan and system, or null when there is none, or it, one of its parts or what it is in is deleted. */
export async function findConnection(id: number) {
  const connection = await db.connection.findFirst({
    where: {
      id,
      deletedAt: null,
      from: { deletedAt: null },
      to: { deletedAt: null },
      plan: { deletedAt: null, system: { deletedAt: null } },
    },
    select: {
      id: true,
      from: { select: { id: true, name: true } },
      to: { select: { id: true, name: true } },
      strength: true,
      origin: true,
      evidence: true,
      setByHand: true,
      version: true,
      createdAt: true,
      updatedAt: true,
      plan: { select: { id: true, name: true, system: { select: { id: true, name: true } } } },
    },
  });
  return connection && { ...connection, name: nameOf(connection.from.name, connection.to.name) };
}

export type ConnectionRecord = NonNullable<Awaited<ReturnType<typeof findConnection>>>;

export function createConnection(
  author: Author,
  planId: number,
  input: ConnectionInput,
): Promise<Saved<Named>> {
  const trace = { author, action: 'created', noun: 'connections', after: input, planId } as const;
  return write(trace, REFUSALS, async (tx) => {
    const ends = await endsOf(tx, planId, input);
    const data = { planId, ...ends, strength: input.strength, origin: 'drawn' };
    const { id } = await tx.connection.create({ data, select: { id: true } });
    return { id, name: nameOf(input.from, input.to) };
  });
}

/** Writes the connection unless somebody else did since `version`. A later import keeps a strength that differs now. */
export function updateConnection(
  author: Author,
  connection: ConnectionRecord,
  version: number,
  input: ConnectionInput,
): Promise<Saved<Named>> {
  const name = nameOf(input.from, input.to);
  const { id, plan } = connection;
  const trace = { author, action: 'updated', noun: 'connections', before: connection, after: input } as const;
  return write({ ...trace, planId: plan.id }, REFUSALS, async (tx) => {
    const { count } = await tx.connection.updateMany({
      where: { id, version, deletedAt: null },
      data: {
        ...(await endsOf(tx, plan.id, input)),
        strength: input.strength,
        ...knownFrom(connection, name, input),
        version: { increment: 1 },
        updatedAt: new Date(),
      },
    });
    return count === 0 ? null : { id, name };
  });
}

/** Hides the connection; `restoreConnection` brings it back. */
export async function deleteConnection(author: Author, connection: ConnectionRecord): Promise<void> {
  const { id, name, plan } = connection;
  const trace = { author, action: 'deleted', noun: 'connections', before: connection } as const;
  await write({ ...trace, planId: plan.id }, {}, async (tx) => {
    const { count } = await tx.connection.updateMany(hiding(id));
    return count === 0 ? null : { id, name };
  });
}

/** Null when nothing of this id is deleted, or one of its parts or what it was in is. */
export async function restoreConnection(author: Author, id: number): Promise<Saved<Named> | null> {
  const deleted = await db.connection.findFirst({
    where: {
      id,
      deletedAt: { not: null },
      from: { deletedAt: null },
      to: { deletedAt: null },
      plan: { deletedAt: null, system: { deletedAt: null } },
    },
    select: { planId: true, from: { select: { name: true } }, to: { select: { name: true } } },
  });
  if (!deleted) return null;
  const { planId, from, to } = deleted;
  return write({ author, action: 'restored', noun: 'connections', planId }, REFUSALS, async (tx) => {
    const { count } = await tx.connection.updateMany(showing(id));
    return count === 0 ? null : { id, name: nameOf(from.name, to.name) };
  });
}

/** The ids of the two parts, looked for in this plan only. */
async function endsOf(
  tx: Prisma.TransactionClient,
  planId: number,
  { from, to }: ConnectionInput,
): Promise<{ fromPartId: number; toPartId: number }> {
  const parts = await tx.part.findMany({
    where: { planId, name: { in: [from, to] }, deletedAt: null },
    select: { id: true, name: true },
  });
  const fromPartId = parts.find((part) => part.name === from)?.id;
  const toPartId = parts.find((part) => part.name === to)?.id;
  if (fromPartId !== undefined && toPartId !== undefined) return { fromPartId, toPartId };
  throw new Refused({
    ...(fromPartId === undefined && { from: `No part of this plan is called “${from}”.` }),
    ...(toPartId === undefined && { to: `No part of this plan is called “${to}”.` }),
  });
}

/** Between other parts than the file says it is a person's own connection; of another strength it is still the file's. */
function knownFrom(connection: ConnectionRecord, name: string, { strength }: ConnectionInput) {
  if (connection.name !== name) return { origin: 'drawn', evidence: '' };
  const isNew = connection.strength !== strength && !connection.setByHand.includes('strength');
  return isNew ? { setByHand: [...connection.setByHand, 'strength'] } : {};
}

function nameOf(from: string, to: string): string {
  return `${from} → ${to}`;
}
