import type { Prisma } from '../db/generated/client.js';
import type { Connection, Entry, ExtraCost, Part, Plan } from '../domain/model.js';
import { PART_FIELDS, type PartField, wholeMillicores } from '../domain/part-changes.js';
import { ASSUMED } from '../parts/words.js';
import type { Merge } from './merge.js';

type Tx = Prisma.TransactionClient;

/** Puts all that a draft holds into a plan; `assumed` are the parts whose availability is. One statement for each kind of thing, whatever its size. */
export async function addContents(
  tx: Tx,
  planId: number,
  draft: Plan,
  assumed: string[] = [],
): Promise<void> {
  await addParts(tx, planId, draft.parts, assumed);
  await addConnections(tx, planId, draft.connections);
  await addEntries(tx, planId, draft.entries);
  await addExtraCosts(tx, planId, draft.extraCosts);
}

/** Does to the plan what the merge says. What is removed can be restored. The availability of the parts that are `assumed`, by name, is marked as such. */
export async function applyMerge(
  tx: Tx,
  planId: number,
  { parts, connections, entries, extraCosts }: Merge,
  assumed: string[],
): Promise<void> {
  await removeParts(tx, planId, parts.removed);
  await changeParts(tx, planId, parts.changed, assumed);
  await addParts(tx, planId, parts.added, assumed);
  await removeConnections(tx, planId, connections.removed);
  await changeStrengths(tx, planId, connections.changed);
  await addConnections(tx, planId, connections.added);
  await removeEntries(tx, planId, entries.removed);
  await changeEntries(tx, planId, entries.changed);
  await addEntries(tx, planId, entries.added);
  await removeExtraCosts(tx, planId, extraCosts.removed);
  await changePrices(tx, planId, extraCosts.changed);
  await addExtraCosts(tx, planId, extraCosts.added);
}

async function addParts(tx: Tx, planId: number, parts: Part[], assumed: string[]): Promise<void> {
  if (parts.length === 0) return;
  const rows = JSON.stringify(parts.map((part) => ({ ...part, cpuMillicores: wholeMillicores(part) })));
  await tx.$executeRaw`
    INSERT INTO technologies (name)
    SELECT DISTINCT ON (lower(technology)) technology FROM jsonb_to_recordset(${rows}::jsonb) AS r(technology text)
    WHERE technology <> '' ON CONFLICT (lower(name)) DO NOTHING`;
  await tx.$executeRaw`
    INSERT INTO parts (plan_id, name, kind, replicas, needed, cpu_millicores, memory_mib, runs, per_machine, spread, availability,
      availability_basis, usd_per_month, price_basis, technology_id, containers_per_replica, from_file)
    SELECT ${planId}, r.name, r.kind, r.replicas, r.needed, r."cpuMillicores", r."memoryMib", r.runs, r."perMachine", r.spread,
      r.availability, CASE WHEN r.name = ANY(${assumed}::text[]) THEN ${ASSUMED} ELSE '' END, r."usdPerMonth",
      coalesce(r."priceBasis", ''), t.id,
      coalesce(r."containersPerReplica", 1), true
    FROM ROWS FROM (jsonb_to_recordset(${rows}::jsonb) AS (name text, kind text, replicas int, needed int, "cpuMillicores" int,
      "memoryMib" float8, runs text, "perMachine" boolean, spread boolean, availability float8, "usdPerMonth" float8, "priceBasis" text, technology text,
      "containersPerReplica" int)) WITH ORDINALITY AS r
    LEFT JOIN technologies t ON lower(t.name) = lower(r.technology) ORDER BY r.ordinality`;
}

async function addConnections(tx: Tx, planId: number, connections: Connection[]): Promise<void> {
  if (connections.length === 0) return;
  await tx.$executeRaw`
    INSERT INTO connections (plan_id, from_part_id, to_part_id, strength, origin, evidence)
    SELECT ${planId}, f.id, t.id, r.strength, coalesce(r.origin, 'stated'), coalesce(r.evidence, '')
    FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(connections)}::jsonb) AS ("from" text, "to" text, strength text, origin text, evidence text)) WITH ORDINALITY AS r
    JOIN parts f ON f.plan_id = ${planId} AND f.name = r."from" AND f.deleted_at IS NULL
    JOIN parts t ON t.plan_id = ${planId} AND t.name = r."to" AND t.deleted_at IS NULL
    ORDER BY r.ordinality`;
}

async function addEntries(tx: Tx, planId: number, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = JSON.stringify(entries);
  await tx.$executeRaw`
    INSERT INTO entries (plan_id, name, from_file)
    SELECT ${planId}, r.name, true FROM ROWS FROM (jsonb_to_recordset(${rows}::jsonb) AS (name text)) WITH ORDINALITY AS r ORDER BY r.ordinality`;
  await addEntryParts(tx, planId, rows);
}

/** Deleted parts keep their place in the entry, for the day they are restored. */
async function changeEntries(tx: Tx, planId: number, entries: Entry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = JSON.stringify(entries);
  await tx.$executeRaw`
    DELETE FROM entry_parts USING jsonb_to_recordset(${rows}::jsonb) AS r(name text, parts jsonb), entries e, parts p
    WHERE e.plan_id = ${planId} AND e.name = r.name AND e.deleted_at IS NULL AND e.id = entry_id AND p.id = part_id
      AND p.deleted_at IS NULL AND NOT r.parts @> to_jsonb(p.name)`;
  await addEntryParts(tx, planId, rows);
  await tx.$executeRaw`
    UPDATE entries SET version = version + 1, updated_at = now() FROM jsonb_to_recordset(${rows}::jsonb) AS r(name text)
    WHERE plan_id = ${planId} AND entries.name = r.name AND deleted_at IS NULL`;
}

async function addEntryParts(tx: Tx, planId: number, rows: string): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO entry_parts (plan_id, entry_id, part_id)
    SELECT ${planId}, e.id, p.id FROM jsonb_to_recordset(${rows}::jsonb) AS r(name text, parts jsonb)
    JOIN entries e ON e.plan_id = ${planId} AND e.name = r.name AND e.deleted_at IS NULL
    CROSS JOIN LATERAL jsonb_array_elements_text(r.parts) AS part(name)
    JOIN parts p ON p.plan_id = ${planId} AND p.name = part.name AND p.deleted_at IS NULL
    ON CONFLICT DO NOTHING`;
}

async function addExtraCosts(tx: Tx, planId: number, costs: ExtraCost[]): Promise<void> {
  await tx.extraCost.createMany({
    data: costs.map(({ label, usdPerMonth }) => ({ planId, label, usdPerMonth, fromFile: true })),
  });
}

async function removeParts(tx: Tx, planId: number, names: string[]): Promise<void> {
  await tx.part.updateMany({
    where: { planId, name: { in: names }, deletedAt: null },
    data: { deletedAt: new Date() },
  });
}

async function changeParts(
  tx: Tx,
  planId: number,
  changed: Merge['parts']['changed'],
  assumed: string[],
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(({ name, changes }) => ({
    name,
    set: Object.fromEntries(changes.map(({ field, to }) => [field, to])),
  }));
  // One statement a field, not a part: a dozen at the most.
  for (const field of PART_FIELDS) {
    const of = rows
      .filter(({ set }) => field in set)
      .map(({ name, set }) => ({ name, value: set[field] ?? null }));
    if (of.length === 0) continue;
    await changeField(tx, planId, field, JSON.stringify(of));
    if (field === 'availability') await sayBasis(tx, planId, JSON.stringify(of), assumed);
  }
}

/** A new availability makes the old one's basis untrue. */
async function sayBasis(tx: Tx, planId: number, rows: string, assumed: string[]): Promise<void> {
  await tx.$executeRaw`
    UPDATE parts SET availability_basis = CASE WHEN r.name = ANY(${assumed}::text[]) THEN ${ASSUMED} ELSE '' END
    FROM jsonb_to_recordset(${rows}::jsonb) AS r(name text, value float8)
    WHERE plan_id = ${planId} AND parts.name = r.name AND deleted_at IS NULL`;
}

async function changeField(tx: Tx, planId: number, field: PartField, rows: string): Promise<void> {
  if (field === 'technology') {
    await tx.$executeRaw`
      INSERT INTO technologies (name)
      SELECT DISTINCT ON (lower(value)) value FROM jsonb_to_recordset(${rows}::jsonb) AS r(value text)
      WHERE value <> '' ON CONFLICT (lower(name)) DO NOTHING`;
    await tx.$executeRaw`
      UPDATE parts SET technology_id = (SELECT id FROM technologies WHERE lower(technologies.name) = lower(r.value)),
        version = version + 1, updated_at = now()
      FROM jsonb_to_recordset(${rows}::jsonb) AS r(name text, value text)
      WHERE plan_id = ${planId} AND parts.name = r.name AND deleted_at IS NULL`;
    return;
  }
  if (field === 'usdPerMonth') {
    // Where the old price was from says nothing of the new one.
    await tx.$executeRaw`
      UPDATE parts SET price_basis = '' FROM jsonb_to_recordset(${rows}::jsonb) AS r(name text)
      WHERE plan_id = ${planId} AND parts.name = r.name AND deleted_at IS NULL`;
  }
  const { column, type } = COLUMNS[field];
  await tx.$executeRawUnsafe(
    `UPDATE parts SET ${column} = r.value, version = version + 1, updated_at = now()
     FROM jsonb_to_recordset($2::jsonb) AS r(name text, value ${type})
     WHERE plan_id = $1 AND parts.name = r.name AND deleted_at IS NULL`,
    planId,
    rows,
  );
}

const COLUMNS: Record<Exclude<PartField, 'technology'>, { column: string; type: string }> = {
  kind: { column: 'kind', type: 'text' },
  replicas: { column: 'replicas', type: 'int' },
  needed: { column: 'needed', type: 'int' },
  cpuMillicores: { column: 'cpu_millicores', type: 'float8' },
  memoryMib: { column: 'memory_mib', type: 'float8' },
  runs: { column: 'runs', type: 'text' },
  perMachine: { column: 'per_machine', type: 'boolean' },
  spread: { column: 'spread', type: 'boolean' },
  availability: { column: 'availability', type: 'float8' },
  usdPerMonth: { column: 'usd_per_month', type: 'float8' },
  containersPerReplica: { column: 'containers_per_replica', type: 'int' },
};

/** Those of parts that go too are left to them: who restores the part has its connections back. */
async function removeConnections(
  tx: Tx,
  planId: number,
  pairs: { from: string; to: string }[],
): Promise<void> {
  if (pairs.length === 0) return;
  await tx.$executeRaw`
    UPDATE connections SET deleted_at = now()
    FROM jsonb_to_recordset(${JSON.stringify(pairs)}::jsonb) AS r("from" text, "to" text), parts f, parts t
    WHERE connections.plan_id = ${planId} AND connections.deleted_at IS NULL AND f.id = from_part_id AND t.id = to_part_id
      AND f.deleted_at IS NULL AND t.deleted_at IS NULL AND f.name = r."from" AND t.name = r."to"`;
}

async function changeStrengths(
  tx: Tx,
  planId: number,
  changed: Merge['connections']['changed'],
): Promise<void> {
  if (changed.length === 0) return;
  const rows = changed.map(({ from, to, strength }) => ({ from, to, strength }));
  await tx.$executeRaw`
    UPDATE connections SET strength = r.strength, version = connections.version + 1, updated_at = now()
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r("from" text, "to" text, strength text), parts f, parts t
    WHERE connections.plan_id = ${planId} AND connections.deleted_at IS NULL AND f.id = from_part_id AND t.id = to_part_id
      AND f.name = r."from" AND t.name = r."to"`;
}

async function removeEntries(tx: Tx, planId: number, names: string[]): Promise<void> {
  await tx.entry.updateMany({
    where: { planId, name: { in: names }, deletedAt: null },
    data: { deletedAt: new Date() },
  });
}

async function removeExtraCosts(tx: Tx, planId: number, labels: string[]): Promise<void> {
  await tx.extraCost.updateMany({
    where: { planId, label: { in: labels }, fromFile: true, deletedAt: null },
    data: { deletedAt: new Date() },
  });
}

async function changePrices(tx: Tx, planId: number, changed: Merge['extraCosts']['changed']): Promise<void> {
  for (const { label, to } of changed) {
    await tx.extraCost.updateMany({
      where: { planId, label, fromFile: true, deletedAt: null },
      data: { usdPerMonth: to, priceBasis: '', version: { increment: 1 }, updatedAt: new Date() },
    });
  }
}
