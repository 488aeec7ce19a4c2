import type { Bill } from './bill.js';
import type { ByCommonCause } from './entry-bill.js';

/** The bill's figures alone, as other programs read them. null = unknown, never 0. */
export type BillJson = {
  parts: number | null;
  services: number | null;
  containers: number | null;
  machines: number | null;
  machinesLowerBound: number | null;
  connections: number | null;
  hardConnections: number;
  softConnections: number;
  managedParts: number | null;
  /** The sum of what is known; `unknownCosts` names what is not in it. */
  usdPerMonth: number | null;
  unknownCosts: string[];
  entries: {
    name: string;
    /** Every part the entry cannot work without, sorted. */
    closure: string[];
    unavailability: ByCommonCause;
    /** Of a 30-day month. */
    minutesDownPerMonth: ByCommonCause;
    /** Parts of the closure with no replica to spare, sorted. */
    singlePoints: string[];
  }[];
  /** For each machine the parts that stand on it, once per replica; parts that stand on every machine are left out. */
  placement: string[][] | null;
};

/** A bill without its workings. */
export function billToJson(bill: Bill): BillJson {
  return {
    parts: bill.parts.value,
    services: bill.services.value,
    containers: bill.containers.value,
    machines: bill.machines.value,
    machinesLowerBound: bill.machinesLowerBound.value,
    connections: bill.connections.value,
    hardConnections: bill.connections.hard,
    softConnections: bill.connections.soft,
    managedParts: bill.managedParts.value,
    usdPerMonth: bill.usdPerMonth.value,
    unknownCosts: bill.usdPerMonth.unknownCosts,
    entries: bill.entries.map(({ name, closure, unavailability, minutesDownPerMonth, singlePoints }) => ({
      name,
      closure,
      unavailability,
      minutesDownPerMonth,
      singlePoints: singlePoints.map(({ part }) => part),
    })),
    placement: bill.packing.machines?.map(({ replicas }) => replicas.map(({ part }) => part)) ?? null,
  };
}
