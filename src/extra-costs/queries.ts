import { lastChangeOf, recordChange } from '../changes/queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import { touchPlan } from '../plans/queries.js';
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
  return pageOf(rows, list, list.size);
}

/** An extra cost with its plan and system, or null when there is none, or it or what it is in is deleted. */
export async function findExtraCost(id: number) {
  return db.extraCost.findFirst({
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
}

export type ExtraCostRecord = NonNullable<Awaited<ReturnType<typeof findExtraCost>>>;

export async function createExtraCost(
  userId: number,
  planId: number,
  input: ExtraCostInput,
): Promise<{ id: number; label: string }> {
  return db.$transaction(async (tx) => {
    const record = await tx.extraCost.create({
      data: { ...input, planId },
      select: { id: true, label: true },
    });
    await touchPlan(tx, planId);
    await recordChange(tx, {
      userId,
      action: 'created',
      noun: 'extra-costs',
      recordId: record.id,
      label: record.label,
      after: input,
    });
    return record;
  });
}

/** Writes the extra cost unless somebody else did since `version`. */
export async function updateExtraCost(
  userId: number,
  cost: ExtraCostRecord,
  version: number,
  input: ExtraCostInput,
): Promise<Saved<{ id: number; label: string }>> {
  const saved = await db.$transaction(async (tx) => {
    const { count } = await tx.extraCost.updateMany({
      where: { id: cost.id, version, deletedAt: null },
      data: { ...input, version: { increment: 1 }, updatedAt: new Date() },
    });
    if (count === 0) return null;
    await touchPlan(tx, cost.plan.id);
    await recordChange(tx, {
      userId,
      action: 'updated',
      noun: 'extra-costs',
      recordId: cost.id,
      label: cost.label,
      before: cost,
      after: input,
    });
    return { id: cost.id, label: input.label };
  });
  return saved
    ? { ok: true, record: saved }
    : { ok: false, stale: await lastChangeOf('extra-costs', cost.id, cost.plan.id) };
}

/** Hides the extra cost; `restoreExtraCost` brings it back. */
export async function deleteExtraCost(userId: number, cost: ExtraCostRecord): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.extraCost.update({
      where: { id: cost.id },
      data: { deletedAt: new Date() },
      select: { id: true },
    });
    await touchPlan(tx, cost.plan.id);
    await recordChange(tx, {
      userId,
      action: 'deleted',
      noun: 'extra-costs',
      recordId: cost.id,
      label: cost.label,
      before: cost,
    });
  });
}

/** Null when nothing of this id is deleted, or what it was in is. */
export async function restoreExtraCost(
  userId: number,
  id: number,
): Promise<{ id: number; label: string } | null> {
  const deleted = await db.extraCost.findFirst({
    where: { id, deletedAt: { not: null }, plan: { deletedAt: null, system: { deletedAt: null } } },
    select: { id: true, label: true, planId: true },
  });
  if (!deleted) return null;
  return db.$transaction(async (tx) => {
    await tx.extraCost.update({ where: { id }, data: { deletedAt: null }, select: { id: true } });
    await touchPlan(tx, deleted.planId);
    await recordChange(tx, {
      userId,
      action: 'restored',
      noun: 'extra-costs',
      recordId: id,
      label: deleted.label,
    });
    return deleted;
  });
}
