import type { Author } from '../changes/queries.js';
import { NAMED, type Named, write } from '../changes/write-queries.js';
import type { Prisma } from '../db/generated/client.js';
import { PLAN_REFUSALS, type PlanRecord } from './queries.js';

const NAME_TAKEN = { plans_name_key: PLAN_REFUSALS.plans_name_key };

/** Copies a plan with all that is in it, as a draft beside it. The copy is named after it: “One dyno, copy”, “One dyno, copy 2”. */
export async function copyPlan(author: Author, plan: PlanRecord): Promise<Named> {
  for (let attempt = 1; ; attempt += 1) {
    const start = plan.name.slice(0, 105).replace(/\p{Surrogate}$/u, '');
    const name = `${start}, copy${attempt === 1 ? '' : ` ${attempt}`}`;
    const trace = { author, action: 'copied', noun: 'plans', after: { copyOf: plan.id } } as const;
    const saved = await write({ ...trace, isLarge: true }, NAME_TAKEN, (tx) => copyAs(tx, plan, name));
    if (saved.ok) return saved.record;
  }
}

async function copyAs(tx: Prisma.TransactionClient, plan: PlanRecord, name: string): Promise<Named> {
  const { description, importId, machineType, system } = plan;
  const copy = await tx.plan.create({
    data: { name, description, importId, machineTypeId: machineType?.id ?? null, systemId: system.id },
    select: NAMED,
  });
  // A part of the copy is found by its original's name: alive, names are unique within a plan.
  await tx.$executeRaw`
    INSERT INTO parts (plan_id, name, kind, replicas, needed, cpu_millicores, memory_mib, runs, per_machine, spread, availability,
      availability_basis, usd_per_month, price_basis, containers_per_replica, repository_url, runbook_url, notes, checked_on,
      technology_id, team_id, from_file, set_by_hand)
    SELECT ${copy.id}, name, kind, replicas, needed, cpu_millicores, memory_mib, runs, per_machine, spread, availability,
      availability_basis, usd_per_month, price_basis, containers_per_replica, repository_url, runbook_url, notes, checked_on,
      technology_id, team_id, from_file, set_by_hand
    FROM parts WHERE plan_id = ${plan.id} AND deleted_at IS NULL ORDER BY id`;
  await tx.$executeRaw`
    INSERT INTO connections (plan_id, from_part_id, to_part_id, strength, origin, evidence, set_by_hand)
    SELECT ${copy.id}, newf.id, newt.id, c.strength, c.origin, c.evidence, c.set_by_hand
    FROM connections c
    JOIN parts f ON f.id = c.from_part_id AND f.deleted_at IS NULL JOIN parts newf ON newf.plan_id = ${copy.id} AND newf.name = f.name AND newf.deleted_at IS NULL
    JOIN parts t ON t.id = c.to_part_id AND t.deleted_at IS NULL JOIN parts newt ON newt.plan_id = ${copy.id} AND newt.name = t.name AND newt.deleted_at IS NULL
    WHERE c.plan_id = ${plan.id} AND c.deleted_at IS NULL ORDER BY c.id`;
  await tx.$executeRaw`
    INSERT INTO entries (plan_id, name, from_file)
    SELECT ${copy.id}, name, from_file FROM entries WHERE plan_id = ${plan.id} AND deleted_at IS NULL ORDER BY id`;
  await tx.$executeRaw`
    INSERT INTO entry_parts (plan_id, entry_id, part_id)
    SELECT ${copy.id}, newe.id, newp.id FROM entry_parts ep
    JOIN entries e ON e.id = ep.entry_id AND e.plan_id = ${plan.id} AND e.deleted_at IS NULL
    JOIN entries newe ON newe.plan_id = ${copy.id} AND newe.name = e.name AND newe.deleted_at IS NULL
    JOIN parts p ON p.id = ep.part_id AND p.deleted_at IS NULL JOIN parts newp ON newp.plan_id = ${copy.id} AND newp.name = p.name AND newp.deleted_at IS NULL`;
  await tx.$executeRaw`
    INSERT INTO extra_costs (plan_id, label, usd_per_month, price_basis, from_file)
    SELECT ${copy.id}, label, usd_per_month, price_basis, from_file FROM extra_costs WHERE plan_id = ${plan.id} AND deleted_at IS NULL ORDER BY id`;
  return copy;
}
