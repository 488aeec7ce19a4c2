import { tooLargeNow } from '../changes/plan-size-queries.js';
import type { Author, Noun, Trace } from '../changes/queries.js';
import { NAMED, type Named, Refused, write } from '../changes/write-queries.js';
import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import type { Saved } from '../db/saved.js';
import type { MachineType, Plan } from '../domain/model.js';
import { PLAN_REFUSALS } from '../plans/queries.js';
import { createSystemIn } from '../systems/queries.js';
import { HttpError } from '../web/errors.js';
import { addContents, applyMerge } from './contents-queries.js';
import type { DeletedByHand, Merge } from './merge.js';
import type { SourceFile } from './model.js';

const DAY = 24 * 3_600_000;

/** Keeps the files of an import until a plan is made of them, and with the plan from then on. Those that became none go after a week. */
export async function createImport(userId: number, files: SourceFile[]): Promise<{ id: number }> {
  await db.import.deleteMany({
    where: { createdAt: { lt: new Date(Date.now() - 7 * DAY) }, plans: { none: {} } },
  });
  return db.import.create({ data: { createdById: userId, files }, select: { id: true } });
}

/** An import of this person's own, or null. */
export async function findImport(
  userId: number,
  id: number,
): Promise<{ id: number; files: SourceFile[]; createdAt: Date } | null> {
  const found = await db.import.findFirst({
    where: { id, createdById: userId },
    select: { id: true, files: true, createdAt: true },
  });
  return found && { ...found, files: found.files as SourceFile[] };
}

/** The files a plan was made of, for everybody who may see the plan. */
export async function findSource(planId: number): Promise<{ files: SourceFile[]; createdAt: Date } | null> {
  const plan = await db.plan.findFirst({
    where: { id: planId },
    select: { source: { select: { files: true, createdAt: true } } },
  });
  return plan?.source ? { ...plan.source, files: plan.source.files as SourceFile[] } : null;
}

export type NewPlan = {
  importId: number;
  /** An existing system, or the name of a new one. */
  system: { id: number } | { name: string };
  name: string;
  machineTypeId: number | null;
  draft: Plan;
  /** Parts whose availability is assumed, by name. */
  assumed: string[];
  /** Kept with the import where somebody was asked. */
  options?: Options;
};

/** The answers the draft was read with: asked again with the same defaults when newer files come. */
type Options = { assume: string; cluster: string; machineType: number | null };

/** The answers a plan was last imported with; nothing where it was not, or before answers were kept. */
export async function findOptions(planId: number): Promise<Record<string, unknown>> {
  const plan = await db.plan.findFirst({
    where: { id: planId },
    select: { source: { select: { options: true } } },
  });
  return { ...(plan?.source?.options as Record<string, unknown> | undefined) };
}

/**
 * What of the plan came from a file and was deleted by a person: what an import removes leaves no line of its own in the trail. Of
 * several deleted ones with one name the last counts.
 */
export async function findDeletedByHand(planId: number): Promise<DeletedByHand> {
  const isByHand = (noun: Noun) => Prisma.sql`coalesce((
    SELECT action = 'deleted' FROM changes
    WHERE noun = ${noun} AND record_id = d.id AND action IN ('deleted', 'restored') ORDER BY id DESC LIMIT 1), false)`;
  const [parts, connections, entries, extraCosts] = await Promise.all([
    read<{ name: string }[]>`
      SELECT name FROM (SELECT DISTINCT ON (name) id, name FROM parts
        WHERE plan_id = ${planId} AND deleted_at IS NOT NULL AND from_file ORDER BY name, deleted_at DESC, id DESC) d
      WHERE ${isByHand('parts')}`,
    read<{ from: string; to: string }[]>`
      SELECT "from", "to" FROM (SELECT DISTINCT ON (f.name, t.name) c.id, f.name AS "from", t.name AS "to"
        FROM connections c JOIN parts f ON f.id = c.from_part_id JOIN parts t ON t.id = c.to_part_id
        WHERE c.plan_id = ${planId} AND c.deleted_at IS NOT NULL AND c.origin <> 'drawn'
        ORDER BY f.name, t.name, c.deleted_at DESC, c.id DESC) d
      WHERE ${isByHand('connections')}`,
    read<{ name: string }[]>`
      SELECT name FROM (SELECT DISTINCT ON (name) id, name FROM entries
        WHERE plan_id = ${planId} AND deleted_at IS NOT NULL AND from_file ORDER BY name, deleted_at DESC, id DESC) d
      WHERE ${isByHand('entries')}`,
    read<{ label: string }[]>`
      SELECT label FROM (SELECT DISTINCT ON (label) id, label FROM extra_costs
        WHERE plan_id = ${planId} AND deleted_at IS NOT NULL AND from_file ORDER BY label, deleted_at DESC, id DESC) d
      WHERE ${isByHand('extra-costs')}`,
  ]);
  return {
    parts: parts.map(({ name }) => name),
    connections,
    entries: entries.map(({ name }) => name),
    extraCosts: extraCosts.map(({ label }) => label),
  };
}

/** More than this at once change how large the tables are. */
const MANY = 1_000;

/**
 * Tells Postgres how large the tables are now: it would go on planning for the few rows of before, and take half a minute to read a plan of 14,000
 * parts. Where something else is at the tables it is let be: Postgres does so by itself, a minute later.
 */
async function countAnew(rows: number): Promise<void> {
  if (rows <= MANY) return;
  await db
    .$transaction([
      db.$executeRaw`SET LOCAL lock_timeout = '1s'`,
      db.$executeRaw`ANALYZE parts, connections, entries, entry_parts`,
    ])
    .catch(() => {});
}

/** Makes the plan with all its parts, and its system if that is new: all of it or nothing. A system that is gone is a field's error. */
export async function createPlanOf(author: Author, plan: NewPlan): Promise<Saved<Named>> {
  const after = { parts: plan.draft.parts.length, connections: plan.draft.connections.length };
  const trace = { author, action: 'imported', noun: 'plans', after, isLarge: true } as const;
  const saved = await write(trace, PLAN_REFUSALS, async (tx, told) => {
    const systemId =
      'id' in plan.system
        ? await standingSystem(tx, plan.system.id)
        : await createSystemIn(tx, author, plan.system.name, told);
    const machineTypeId =
      plan.machineTypeId ?? (await machineTypeFor(tx, author, plan.draft.machineType, told));
    const record = await tx.plan.create({
      data: { systemId, name: plan.name, machineTypeId, importId: plan.importId },
      select: NAMED,
    });
    await addContents(tx, record.id, plan.draft, plan.assumed);
    if (plan.options) await keepOptions(tx, plan.importId, plan.options);
    return record;
  });
  await countAnew(after.parts + after.connections);
  return saved;
}

/** The system's id, which nobody deletes before this transaction ends. */
async function standingSystem(tx: Prisma.TransactionClient, id: number): Promise<number> {
  const [system] = await tx.$queryRaw<{ id: number }[]>`
    SELECT id FROM systems WHERE id = ${id} AND deleted_at IS NULL FOR SHARE`;
  if (!system) throw new Refused(PLAN_REFUSALS.plans_system_id_fkey);
  return system.id;
}

async function keepOptions(tx: Prisma.TransactionClient, importId: number, options: Options): Promise<void> {
  await tx.import.update({ where: { id: importId }, data: { options }, select: { id: true } });
}

/** Brings a plan in line with newly read files, as the merge says. False when the plan has changed since `revision`: look again first. */
export async function updatePlanBy(
  author: Author,
  plan: { id: number; name: string; revision: number },
  by: {
    importId: number;
    merge: Merge;
    machineTypeId: number | null;
    /** Made, where the plan file brings one along that there is not yet. */
    machineType: MachineType | null;
    assumed: string[];
    options: Options;
  },
): Promise<boolean> {
  const { importId, merge } = by;
  const after = merge as unknown as Prisma.InputJsonObject;
  const before = { id: plan.id, name: plan.name, revision: plan.revision };
  const trace = { author, action: 'imported', noun: 'plans', before, after, isLarge: true } as const;
  const saved = await write(trace, {}, async (tx, told) => {
    const machineTypeId = by.machineTypeId ?? (await machineTypeFor(tx, author, by.machineType, told));
    const { count } = await tx.plan.updateMany({
      where: { id: plan.id, revision: plan.revision, deletedAt: null },
      data: { importId, machineTypeId, revision: { increment: 1 }, updatedAt: new Date() },
    });
    if (count === 0) return null;
    await applyMerge(tx, plan.id, merge, by.assumed);
    const grows = [merge.parts, merge.connections, merge.entries].some(({ added }) => added.length > 0);
    const tooLarge = grows && (await tooLargeNow(tx, plan.id));
    if (tooLarge) throw new HttpError(422, `With these files the plan would be too large. ${tooLarge}`);
    await keepOptions(tx, importId, by.options);
    return plan;
  });
  await countAnew(merge.parts.added.length + merge.connections.added.length);
  return saved.ok;
}

function wholeUnits({ cpuMillicores, memoryMib }: MachineType) {
  return {
    cpuMillicores: Math.max(1, Math.round(cpuMillicores)),
    memoryMib: Math.max(1, Math.floor(memoryMib)),
  };
}

/** The machine type a plan file brings along, made now; its line in the trail goes to those `told` at the end. */
async function machineTypeFor(
  tx: Prisma.TransactionClient,
  author: Author,
  type: MachineType | null,
  told: Trace[],
): Promise<number | null> {
  if (!type) return null;
  const { name, reserve, maxContainers, usdPerMonth, availability } = type;
  const { cpuMillicores, memoryMib } = wholeUnits(type);
  const [made] = await tx.$queryRaw<{ id: number }[]>`
    INSERT INTO machine_types (name, cpu_millicores, memory_mib, reserve, max_containers, usd_per_month, availability, price_source)
    VALUES (${name}, ${cpuMillicores}, ${memoryMib}, ${reserve}, ${maxContainers}::int, ${usdPerMonth}::float8, ${availability}::float8,
      'from an imported plan')
    ON CONFLICT (lower(name)) WHERE deleted_at IS NULL DO NOTHING RETURNING id`;
  if (!made) {
    // Somebody else made it since the preview.
    const [known] = await tx.$queryRaw<{ id: number }[]>`
      SELECT id FROM machine_types WHERE lower(name) = lower(${name}) AND deleted_at IS NULL`;
    return known?.id ?? null;
  }
  told.push({
    ...author,
    action: 'imported',
    noun: 'machine-types',
    recordId: made.id,
    label: type.name,
    after: type,
  });
  return made.id;
}
