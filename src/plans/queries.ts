import type { Author } from '../changes/queries.js';
import { hiding, NAMED, type Named, showing, write } from '../changes/write-queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { containing, keyset, pageOf, type Rows, type SortColumn } from '../db/keyset.js';
import type { Saved } from '../db/saved.js';
import type { MachineType } from '../domain/model.js';
import type { ListRequest, ListShape } from '../web/list.js';
import type { PLAN_STATUSES, PlanInput } from './form.js';

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
  return read<{ id: number; name: string; status: string; updatedAt: Date }[]>`
    SELECT id, name, status::text AS status, updated_at AS "updatedAt" FROM plans
    WHERE system_id = ${systemId} AND deleted_at IS NULL ORDER BY (status = 'current') DESC, id LIMIT 200`;
}

/** A plan without what is in it, or null when there is none, or it or its system is deleted. */
export async function findPlan(id: number): Promise<PlanRecord | null> {
  const [plan] = await findPlans([id]);
  return plan ?? null;
}

/** Several plans by id, those that are there, in the order asked for. */
export async function findPlans(ids: number[]): Promise<PlanRecord[]> {
  // The ids stand behind a SELECT: else Postgres, which sees how few they are, plans the statement anew each time, for longer than it runs.
  return read<PlanRecord[]>`
    SELECT p.id, p.name, p.status::text AS status, p.description, p.import_id AS "importId", p.version, p.revision,
      p.updated_at AS "updatedAt", json_build_object('id', s.id, 'name', s.name) AS system,
      CASE WHEN m.id IS NOT NULL THEN json_build_object('id', m.id, 'name', m.name, 'cpuMillicores', m.cpu_millicores,
        'memoryMib', m.memory_mib, 'reserve', m.reserve, 'maxContainers', m.max_containers, 'usdPerMonth', m.usd_per_month,
        'priceDate', m.price_date, 'priceSource', m.price_source, 'availability', m.availability, 'version', m.version,
        'isDeleted', m.deleted_at IS NOT NULL) END AS "machineType"
    FROM plans p JOIN systems s ON s.id = p.system_id AND s.deleted_at IS NULL LEFT JOIN machine_types m ON m.id = p.machine_type_id
    WHERE p.id = ANY((SELECT ${ids}::int[])::int[]) AND p.deleted_at IS NULL ORDER BY array_position(${ids}::int[], p.id)`;
}

export type PlanRecord = {
  id: number;
  name: string;
  status: (typeof PLAN_STATUSES)[number];
  description: string;
  importId: number | null;
  version: number;
  revision: number;
  updatedAt: Date;
  system: { id: number; name: string };
  machineType:
    | (MachineType & {
        id: number;
        priceDate: string;
        priceSource: string;
        version: number;
        isDeleted: boolean;
      })
    | null;
};

/** Refused where the system has a plan of this name, or a current one already. */
export function createPlan(author: Author, systemId: number, input: PlanInput): Promise<Saved<Named>> {
  return write({ author, action: 'created', noun: 'plans', after: input }, PLAN_REFUSALS, (tx) =>
    tx.plan.create({ data: { ...input, systemId }, select: NAMED }),
  );
}

/** Writes the plan's own fields unless somebody else did since `version`. */
export function updatePlan(
  author: Author,
  plan: PlanRecord,
  version: number,
  input: PlanInput,
): Promise<Saved<Named>> {
  const trace = { author, action: 'updated', noun: 'plans', before: traceOf(plan), after: input } as const;
  return write(trace, PLAN_REFUSALS, async (tx) => {
    const { count } = await tx.plan.updateMany({
      where: { id: plan.id, version, deletedAt: null },
      data: { ...input, version: { increment: 1 }, revision: { increment: 1 }, updatedAt: new Date() },
    });
    return count === 0 ? null : { id: plan.id, name: input.name };
  });
}

/** Hides the plan with all that is in it; `restorePlan` brings it back as it was. */
export async function deletePlan(author: Author, plan: PlanRecord): Promise<void> {
  const { id } = plan;
  await write({ author, action: 'deleted', noun: 'plans', before: traceOf(plan) }, {}, (tx) =>
    tx.plan.updateManyAndReturn({ ...hiding(id), select: NAMED }),
  );
}

/** Null when nothing of this id is deleted, or its system is. */
export async function restorePlan(author: Author, id: number): Promise<Saved<Named> | null> {
  const where = { id, deletedAt: { not: null }, system: { deletedAt: null } };
  if (!(await db.plan.findFirst({ where, select: NAMED }))) return null;
  return write({ author, action: 'restored', noun: 'plans' }, PLAN_REFUSALS, (tx) =>
    tx.plan.updateManyAndReturn({ ...showing(id), select: NAMED }),
  );
}

function traceOf({ id, name, status, description, machineType }: PlanRecord) {
  const type = { machineTypeId: machineType?.id ?? null, machineType: machineType?.name ?? null };
  return { id, name, status, description, ...type };
}

/** Which field of the plan (or of its new system) the database refused. */
export const PLAN_REFUSALS = {
  plans_name_key: { name: 'Another plan of this system has this name.' },
  plans_one_current: { status: 'Another plan of this system is the current one. Retire it first.' },
  systems_name_key: { systemName: 'Another system has this name. Pick it above instead.' },
  plans_machine_type_id_fkey: { machineTypeId: 'This machine type is not there any more. Pick another.' },
  plans_system_id_fkey: { systemId: 'This system is not there any more. Pick another.' },
};

/** What would go with the plan if it were deleted. */
export async function countWithin(
  planId: number,
): Promise<{ parts: number; connections: number; entries: number; extraCosts: number; comments: number }> {
  const where = { planId, deletedAt: null };
  const [parts, connections, entries, extraCosts, comments] = await Promise.all([
    db.part.count({ where }),
    db.connection.count({ where: { ...where, from: { deletedAt: null }, to: { deletedAt: null } } }),
    db.entry.count({ where }),
    db.extraCost.count({ where }),
    db.comment.count({ where }),
  ]);
  return { parts, connections, entries, extraCosts, comments };
}
