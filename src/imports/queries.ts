import { recordChange } from '../changes/queries.js';
import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import type { Saved } from '../db/saved.js';
import type { MachineType, Plan } from '../domain/model.js';
import { planTaken } from '../plans/queries.js';
import { createSystemIn } from '../systems/queries.js';
import { addContents, applyMerge } from './contents-queries.js';
import type { Merge } from './merge.js';
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
  assumedAvailability: number | null;
};

/** Makes the plan with all its parts, and its system if that is new: all of it or nothing. */
export async function createPlanOf(
  userId: number,
  plan: NewPlan,
): Promise<Saved<{ id: number; name: string }>> {
  return planTaken(() =>
    db.$transaction(
      async (tx) => {
        const systemId =
          'id' in plan.system ? plan.system.id : await createSystemIn(tx, userId, plan.system.name);
        const machineTypeId =
          plan.machineTypeId ?? (await machineTypeFor(tx, userId, plan.draft.machineType));
        const record = await tx.plan.create({
          data: { systemId, name: plan.name, machineTypeId, importId: plan.importId },
          select: { id: true, name: true },
        });
        await addContents(tx, record.id, plan.draft, plan.assumedAvailability);
        await recordChange(tx, {
          userId,
          action: 'imported',
          noun: 'plans',
          recordId: record.id,
          label: record.name,
          after: { parts: plan.draft.parts.length, connections: plan.draft.connections.length },
        });
        return record;
      },
      { timeout: 60_000 },
    ),
  );
}

/** Brings a plan in line with newly read files, as the merge says. False when the plan has changed since `revision`: look again first. */
export async function updatePlanBy(
  userId: number,
  plan: { id: number; name: string; revision: number },
  importId: number,
  merge: Merge,
): Promise<boolean> {
  return db.$transaction(
    async (tx) => {
      const { count } = await tx.plan.updateMany({
        where: { id: plan.id, revision: plan.revision, deletedAt: null },
        data: { importId, revision: { increment: 1 }, updatedAt: new Date() },
      });
      if (count === 0) return false;
      await applyMerge(tx, plan.id, merge);
      await recordChange(tx, {
        userId,
        action: 'imported',
        noun: 'plans',
        recordId: plan.id,
        label: plan.name,
        after: merge as unknown as Prisma.InputJsonObject,
      });
      return true;
    },
    { timeout: 60_000 },
  );
}

function wholeUnits({ cpuMillicores, memoryMib }: MachineType) {
  return {
    cpuMillicores: Math.max(1, Math.round(cpuMillicores)),
    memoryMib: Math.max(1, Math.floor(memoryMib)),
  };
}

/** The machine type a plan file brings along: the one of that name, else a new one. */
async function machineTypeFor(
  tx: Prisma.TransactionClient,
  userId: number,
  type: MachineType | null,
): Promise<number | null> {
  if (!type) return null;
  const known = await tx.machineType.findFirst({
    where: { name: { equals: type.name, mode: 'insensitive' }, deletedAt: null },
    select: { id: true },
  });
  if (known) return known.id;
  const made = await tx.machineType.create({
    data: { ...type, ...wholeUnits(type), priceSource: 'from an imported plan' },
    select: { id: true },
  });
  await recordChange(tx, {
    userId,
    action: 'imported',
    noun: 'machine-types',
    recordId: made.id,
    label: type.name,
    after: type,
  });
  return made.id;
}
