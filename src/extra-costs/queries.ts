import type { Author } from '../changes/queries.js';
import { hiding, type Named, showing, write } from '../changes/write-queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { ExtraCostInput } from './form.js';

export const extraCostsList = {
  sorts: ['label', 'price', 'updated'],
  filters: [],
} as const satisfies ListShape<string>;

// A price that is not known sorts below the least that is.
const columns: Record<string, SortColumn> = {
  label: { by: Prisma.sql`lower(x.label)`, type: 'text' },
  price: { by: Prisma.sql`coalesce(x.usd_per_month, -1)`, type: 'float' },
  updated: { by: Prisma.sql`x.updated_at`, type: 'timestamptz' },
};

export type ExtraCostRow = {
  id: number;
  label: string;
  usdPerMonth: number | null;
  priceBasis: string;
  updatedAt: Date;
};

/** One stretch of a plan's extra costs, as searched and sorted. */
export async function listExtraCosts(planId: number, list: ListRequest<never>): Promise<Rows<ExtraCostRow>> {
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`x.id`, list, list.size);
  const words = containing(list.search);
  const rows = await read<(ExtraCostRow & { cursor: string })[]>`
    SELECT x.id, x.label, x.usd_per_month AS "usdPerMonth", x.price_basis AS "priceBasis", x.updated_at AS "updatedAt",
      ${cursor} AS cursor
    FROM extra_costs x
    WHERE x.plan_id = ${planId} AND x.deleted_at IS NULL AND ${where}
      ${list.search ? Prisma.sql`AND (x.label ILIKE ${words} OR x.price_basis ILIKE ${words})` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size, ({ cursor: _cursor, ...cost }) => named(cost));
}

/** An extra cost with its plan and system, or null when there is none, or it or what it is in is deleted. */
export async function findExtraCost(id: number) {
  const cost = await db.extraCost.findFirst({
    where: { id, deletedAt: null, plan: { deletedAt: null, system: { deletedAt: null } } },
    select: {
      id: true,
      label: true,
      usdPerMonth: true,
      priceBasis: true,
      version: true,
      createdAt: true,
      updatedAt: true,
      plan: { select: { id: true, name: true, system: { select: { id: true, name: true } } } },
    },
  });
  return cost && named(cost);
}

export type ExtraCostRecord = NonNullable<Awaited<ReturnType<typeof findExtraCost>>>;

export function createExtraCost(
  author: Author,
  planId: number,
  input: ExtraCostInput,
): Promise<Saved<Named>> {
  const trace = { author, action: 'created', noun: 'extra-costs', after: input, planId } as const;
  return write(trace, {}, async (tx) =>
    named(await tx.extraCost.create({ data: { ...input, planId }, select: LABELLED })),
  );
}

/** Writes the extra cost unless somebody else did since `version`. It is a person's own from then on: no import changes it. */
export function updateExtraCost(
  author: Author,
  cost: ExtraCostRecord,
  version: number,
  input: ExtraCostInput,
): Promise<Saved<Named>> {
  const trace = { author, action: 'updated', noun: 'extra-costs', before: cost, after: input } as const;
  return write({ ...trace, planId: cost.plan.id }, {}, async (tx) => {
    const { count } = await tx.extraCost.updateMany({
      where: { id: cost.id, version, deletedAt: null },
      data: { ...input, fromFile: false, version: { increment: 1 }, updatedAt: new Date() },
    });
    return count === 0 ? null : { id: cost.id, name: input.label };
  });
}

/** Hides the extra cost; `restoreExtraCost` brings it back. */
export async function deleteExtraCost(author: Author, cost: ExtraCostRecord): Promise<void> {
  const { id, plan } = cost;
  const trace = { author, action: 'deleted', noun: 'extra-costs', before: cost } as const;
  await write({ ...trace, planId: plan.id }, {}, async (tx) => {
    const { count } = await tx.extraCost.updateMany(hiding(id));
    return count === 0 ? null : { id, name: cost.label };
  });
}

/** Null when nothing of this id is deleted, or what it was in is. */
export async function restoreExtraCost(author: Author, id: number): Promise<Saved<Named> | null> {
  const deleted = await db.extraCost.findFirst({
    where: { id, deletedAt: { not: null }, plan: { deletedAt: null, system: { deletedAt: null } } },
    select: { planId: true },
  });
  if (!deleted) return null;
  return write(
    { author, action: 'restored', noun: 'extra-costs', planId: deleted.planId },
    {},
    async (tx) => {
      const restored = await tx.extraCost.updateManyAndReturn({ ...showing(id), select: LABELLED });
      return restored.map(named);
    },
  );
}

const LABELLED = { id: true, label: true } as const;

/** What other records call their name is a label here. */
function named<T extends { label: string }>(cost: T): T & { name: string } {
  return { ...cost, name: cost.label };
}
