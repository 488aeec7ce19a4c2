import { lastChangeOf, recordChange } from '../changes/queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import { violates } from '../db/violations.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { PlanInput } from './form.js';

export const plansList = {
  sorts: ['name', 'updated', 'system'],
  filters: ['status'],
} as const satisfies ListShape<string>;

const columns: Record<string, SortColumn> = {
  name: { by: Prisma.sql`lower(p.name)`, type: 'text' },
  updated: { by: Prisma.sql`p.updated_at`, type: 'timestamptz' },
  system: { by: Prisma.sql`lower(s.name)`, type: 'text' },
};

export type PlanRow = {
  id: number;
  name: string;
  status: string;
  updatedAt: Date;
  systemId: number;
  system: string;
  parts: number;
};

/** One stretch of all the plans there are. */
export async function listPlans(list: ListRequest<'status'>): Promise<Rows<PlanRow>> {
  const { where, orderBy, cursor, limit } = keyset(columns, Prisma.sql`p.id`, list, list.size);
  const search = containing(list.search);
  const rows = await read<(PlanRow & { cursor: string })[]>`
    SELECT p.id, p.name, p.status::text AS status, p.updated_at AS "updatedAt", s.id AS "systemId", s.name AS system,
      (SELECT count(*)::int FROM parts WHERE plan_id = p.id AND deleted_at IS NULL) AS parts,
      ${cursor} AS cursor
    FROM plans p JOIN systems s ON s.id = p.system_id AND s.deleted_at IS NULL
    WHERE p.deleted_at IS NULL AND ${where}
      ${list.search ? Prisma.sql`AND (p.name ILIKE ${search} OR s.name ILIKE ${search})` : Prisma.empty}
      ${list.filters.status ? Prisma.sql`AND p.status::text = ${list.filters.status}` : Prisma.empty}
    ORDER BY ${orderBy} LIMIT ${limit}`;
  return pageOf(rows, list, list.size);
}

/** The plans of one system, the current one first. */
export async function listPlansOf(systemId: number) {
  return db.plan.findMany({
    where: { systemId, deletedAt: null },
    select: { id: true, name: true, status: true, description: true, updatedAt: true },
    orderBy: { id: 'asc' },
    take: 200,
  });
}

const alive = { deletedAt: null, system: { deletedAt: null } };

const shape = {
  id: true,
  name: true,
  status: true,
  description: true,
  importId: true,
  version: true,
  revision: true,
  updatedAt: true,
  system: { select: { id: true, name: true } },
  machineType: {
    select: {
      id: true,
      name: true,
      cpuMillicores: true,
      memoryMib: true,
      reserve: true,
      maxContainers: true,
      usdPerMonth: true,
      priceDate: true,
      priceSource: true,
      availability: true,
      availabilityBasis: true,
      version: true,
      deletedAt: true,
    },
  },
} satisfies Prisma.PlanSelect;

/** A plan without what is in it, or null when there is none, or it or its system is deleted. */
export async function findPlan(id: number) {
  return db.plan.findFirst({ where: { id, ...alive }, select: shape });
}

export type PlanRecord = NonNullable<Awaited<ReturnType<typeof findPlan>>>;

export async function createPlan(
  userId: number,
  systemId: number,
  input: PlanInput,
): Promise<Saved<{ id: number; name: string }>> {
  return planTaken(() =>
    db.$transaction(async (tx) => {
      const record = await tx.plan.create({ data: { ...input, systemId }, select: { id: true, name: true } });
      await recordChange(tx, {
        userId,
        action: 'created',
        noun: 'plans',
        recordId: record.id,
        label: record.name,
        after: input,
      });
      return record;
    }),
  );
}

/** Writes the plan's own fields unless somebody else did since `version`. */
export async function updatePlan(
  userId: number,
  plan: PlanRecord,
  version: number,
  input: PlanInput,
): Promise<Saved<{ id: number; name: string }>> {
  const saved = await planTaken(() =>
    db.$transaction(async (tx) => {
      const { count } = await tx.plan.updateMany({
        where: { id: plan.id, version, deletedAt: null },
        data: { ...input, version: { increment: 1 }, revision: { increment: 1 }, updatedAt: new Date() },
      });
      if (count === 0) return null;
      const { id: recordId, name: label } = plan;
      await recordChange(tx, {
        userId,
        action: 'updated',
        noun: 'plans',
        recordId,
        label,
        before: traceOf(plan),
        after: input,
      });
      return { id: plan.id, name: input.name };
    }),
  );
  if (!saved.ok) return saved;
  return saved.record
    ? { ok: true, record: saved.record }
    : { ok: false, stale: await lastChangeOf('plans', plan.id) };
}

/** Hides the plan with all that is in it; `restorePlan` brings it back as it was. */
export async function deletePlan(userId: number, plan: PlanRecord): Promise<void> {
  await db.$transaction(async (tx) => {
    await tx.plan.update({ where: { id: plan.id }, data: { deletedAt: new Date() }, select: { id: true } });
    const { id: recordId, name: label } = plan;
    await recordChange(tx, {
      userId,
      action: 'deleted',
      noun: 'plans',
      recordId,
      label,
      before: traceOf(plan),
    });
  });
}

/** Null when nothing of this id is deleted, or its system is. */
export async function restorePlan(
  userId: number,
  id: number,
): Promise<Saved<{ id: number; name: string }> | null> {
  const deleted = await db.plan.findFirst({
    where: { id, deletedAt: { not: null }, system: { deletedAt: null } },
    select: { id: true, name: true },
  });
  if (!deleted) return null;
  return planTaken(() =>
    db.$transaction(async (tx) => {
      await tx.plan.update({ where: { id }, data: { deletedAt: null }, select: { id: true } });
      await recordChange(tx, {
        userId,
        action: 'restored',
        noun: 'plans',
        recordId: id,
        label: deleted.name,
      });
      return deleted;
    }),
  );
}

/** Says that something in the plan changed: bills remembered for the old revision are no longer its bill. */
export async function touchPlan(tx: Prisma.TransactionClient, planId: number): Promise<void> {
  await tx.plan.update({
    where: { id: planId },
    data: { revision: { increment: 1 }, updatedAt: new Date() },
    select: { id: true },
  });
}

function traceOf(plan: PlanRecord): Prisma.InputJsonValue {
  const { name, status, description, machineType } = plan;
  return { name, status, description, machineType: machineType?.name ?? null };
}

/** The write, or which field of the plan (or of its new system) the database refused. */
export async function planTaken<T>(write: () => Promise<T>): Promise<Saved<T>> {
  try {
    return { ok: true, record: await write() };
  } catch (error) {
    if (violates(error, 'plans_name_key'))
      return { ok: false, errors: { name: 'Another plan of this system has this name.' } };
    if (violates(error, 'plans_one_current')) {
      return {
        ok: false,
        errors: { status: 'Another plan of this system is the current one. Retire it first.' },
      };
    }
    if (violates(error, 'systems_name_key'))
      return { ok: false, errors: { systemName: 'Another system has this name. Pick it above instead.' } };
    throw error;
  }
}

/** What would go with the plan if it were deleted. */
export async function countWithin(
  planId: number,
): Promise<{ parts: number; connections: number; entries: number; extraCosts: number }> {
  const where = { planId, deletedAt: null };
  const [parts, connections, entries, extraCosts] = await Promise.all([
    db.part.count({ where }),
    db.connection.count({ where: { ...where, from: { deletedAt: null }, to: { deletedAt: null } } }),
    db.entry.count({ where }),
    db.extraCost.count({ where }),
  ]);
  return { parts, connections, entries, extraCosts };
}

/** Several plans by id, those that are there, in the order asked for. */
export async function findPlans(ids: number[]): Promise<PlanRecord[]> {
  const plans = await db.plan.findMany({ where: { id: { in: ids }, ...alive }, select: shape });
  return ids.flatMap((id) => plans.find((plan) => plan.id === id) ?? []);
}
