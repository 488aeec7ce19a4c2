import { read } from '../db/client.js';
import type { Connection, ExtraCost, MachineType, Part } from '../domain/model.js';
import { priceBasisOf } from '../machine-types/queries.js';
import type { PlanRecord } from '../plans/queries.js';

/** A plan with all that is in it, in the domain's own shape; every row with its id beside. In the order in which things were added. */
export type WholePlan = {
  name: string;
  machineType: (MachineType & { priceBasis: string }) | null;
  parts: (Part & PartExtras)[];
  connections: (Connection & { id: number; setByHand: string[] })[];
  entries: { id: number; name: string; parts: string[]; fromFile: boolean }[];
  extraCosts: (ExtraCost & { id: number; priceBasis: string; fromFile: boolean })[];
};

type PartExtras = {
  id: number;
  availabilityBasis: string;
  priceBasis: string;
  team: string | null;
  fromFile: boolean;
  setByHand: string[];
};

/** Everything in the plan that is not deleted. Four queries, whatever its size. */
export async function findWhole(record: PlanRecord): Promise<WholePlan> {
  const planId = record.id;
  const [parts, joined, entries, extraCosts] = await Promise.all([
    read<WholePlan['parts']>`
      SELECT p.id, p.name, p.kind, p.replicas, p.needed, p.cpu_millicores AS "cpuMillicores", p.memory_mib AS "memoryMib",
        p.runs, p.per_machine AS "perMachine", p.spread, p.availability, p.availability_basis AS "availabilityBasis",
        p.usd_per_month AS "usdPerMonth", p.price_basis AS "priceBasis", t.name AS technology, o.name AS team,
        p.containers_per_replica AS "containersPerReplica", p.from_file AS "fromFile", p.set_by_hand AS "setByHand"
      FROM parts p LEFT JOIN technologies t ON t.id = p.technology_id LEFT JOIN teams o ON o.id = p.team_id
      WHERE p.plan_id = ${planId} AND p.deleted_at IS NULL ORDER BY p.id`,
    read<Joined[]>`
      SELECT id, from_part_id AS "fromId", to_part_id AS "toId", strength, origin, evidence, set_by_hand AS "setByHand"
      FROM connections WHERE plan_id = ${planId} AND deleted_at IS NULL ORDER BY id`,
    read<WholePlan['entries']>`
      SELECT e.id, e.name, e.from_file AS "fromFile",
        coalesce(array_agg(p.name ORDER BY p.id) FILTER (WHERE p.id IS NOT NULL), '{}') AS parts
      FROM entries e LEFT JOIN entry_parts ep ON ep.entry_id = e.id
        LEFT JOIN parts p ON p.id = ep.part_id AND p.deleted_at IS NULL
      WHERE e.plan_id = ${planId} AND e.deleted_at IS NULL GROUP BY e.id ORDER BY e.id`,
    read<WholePlan['extraCosts']>`
      SELECT id, label, usd_per_month AS "usdPerMonth", price_basis AS "priceBasis", from_file AS "fromFile"
      FROM extra_costs WHERE plan_id = ${planId} AND deleted_at IS NULL ORDER BY id`,
  ]);
  const connections = connectionsBetween(parts, joined);
  return { name: record.name, machineType: machineTypeOf(record), parts, connections, entries, extraCosts };
}

type Joined = Omit<WholePlan['connections'][number], 'from' | 'to'> & { fromId: number; toId: number };

/** Connections by the names of their parts, without those of deleted ones. A part's name is one text, however many connections it has. */
function connectionsBetween(parts: WholePlan['parts'], joined: Joined[]): WholePlan['connections'] {
  const nameOf = new Map(parts.map(({ id, name }) => [id, name]));
  return joined.flatMap(({ id, fromId, toId, strength, origin, evidence, setByHand }) => {
    const [from, to] = [nameOf.get(fromId), nameOf.get(toId)];
    return from === undefined || to === undefined
      ? []
      : { id, from, to, strength, origin, evidence, setByHand };
  });
}

/** The plan's machine type as the domain knows it, and where its price is from; none once it is deleted. */
function machineTypeOf({ machineType }: PlanRecord): WholePlan['machineType'] {
  if (!machineType || machineType.isDeleted) return null;
  const { name, cpuMillicores, memoryMib, reserve, maxContainers, usdPerMonth, availability } = machineType;
  const priceBasis = priceBasisOf(machineType);
  return { name, cpuMillicores, memoryMib, reserve, maxContainers, usdPerMonth, availability, priceBasis };
}
