import type { Cost } from './cost.js';
import type { EntryBill } from './entry-bill.js';
import type { Figure } from './figure.js';
import type { Packing } from './packing.js';

/** Everything the product counts of one plan. Lists of parts are in the plan's order unless they say otherwise. */
export type Bill = {
  planName: string;
  /** Distinct parts without jobs. */
  parts: Figure;
  /** Parts of the team's own code: web, service, worker. */
  services: Figure;
  /** Parts that run and end; in no other figure. */
  jobs: Figure & { names: string[] };
  /** All containers the team runs or has run for it. At least, when per-machine parts stand on an unknown number of machines. */
  containers: Figure & {
    /** Without the per-machine parts. */
    replicated: number;
    /** Of per-machine parts, on all machines in use. null when the machines are unknown. */
    perMachine: number | null;
    byPart: { part: string; containers: number | null }[];
  };
  machines: Figure;
  machinesLowerBound: Figure;
  /** Connections between known parts, jobs left out. */
  connections: Figure & { hard: number; soft: number; guessed: number; leftOut: number };
  managedParts: Figure;
  externalParts: Figure;
  perMachineParts: Figure;
  packing: Packing;
  usdPerMonth: Cost;
  /** In the plan's order; one named "the whole system" when the plan names none. */
  entries: EntryBill[];
};
