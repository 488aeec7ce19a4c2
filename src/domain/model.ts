/**
 * The words of the product as plain data: what a plan is made of. Everything in `domain/` takes and gives these.
 * Units stand in the names; `null` always means "unknown" (never 0), and the bill says so by name.
 */

/** What a part is. `web`, `service` and `worker` are the team's own code: they are what the bill counts as services. */
export const PART_KINDS = [
  'web',
  'service',
  'worker',
  'job',
  'database',
  'cache',
  'queue',
  'load-balancer',
  'cluster-control',
  'platform',
  'external',
] as const;
export type PartKind = (typeof PART_KINDS)[number];

/** Where a part runs: on the plan's own machines, at a provider that runs it for the team, or outside the team's reach. */
export const RUNS = ['machine', 'managed', 'external'] as const;
export type Runs = (typeof RUNS)[number];

export const STRENGTHS = ['hard', 'soft'] as const;
export type Strength = (typeof STRENGTHS)[number];

/** Where a connection is known from: written in a file, guessed from a file, or drawn by a person. */
export const ORIGINS = ['stated', 'guessed', 'drawn'] as const;
export type Origin = (typeof ORIGINS)[number];

/** What a machine keeps for itself before it takes containers. Rules and sources: `allocatable.ts`. */
export const RESERVE_RULES = ['none', 'gke', 'eks'] as const;
export type ReserveRule = (typeof RESERVE_RULES)[number];

/** A thing that must run. Everything with a unit is per replica. */
export type Part = {
  /** Unique within its plan. */
  name: string;
  kind: PartKind;
  /** n: how many copies run (a whole number, 0 = switched off). On a per-machine part this is ignored: it is one per machine. */
  replicas: number;
  /** k: how many of them must be up for the part to be up, 0..n. It is a claim about capacity as much as about failure. */
  needed: number;
  cpuMillicores: number | null;
  memoryMib: number | null;
  runs: Runs;
  /** One on every machine (a DaemonSet, `mode: global`). */
  perMachine: boolean;
  /** Its replicas must stand on different machines. */
  spread: boolean;
  /** Of one replica, 0..1, without its machine. */
  availability: number | null;
  /** Of one replica. Parts on machines are paid for by their machines; a price here is then an extra, a licence say. */
  usdPerMonth: number | null;
  /** Where the price is from and of when, for people. */
  priceBasis?: string;
  technology: string | null;
  /** Containers in one replica: more than 1 where a pod carries sidecars. Absent = 1. */
  containersPerReplica?: number;
};

/** `from` calls `to`. Hard: `from` stops when `to` stops. Soft: `from` is degraded. */
export type Connection = {
  from: string;
  to: string;
  strength: Strength;
  origin?: Origin;
  /** What it is known from, for people: `depends_on`, `env DATABASE_URL`. */
  evidence?: string;
};

/** Something users do, and the parts it calls first. */
export type Entry = { name: string; parts: string[] };

/** A line the plan pays for that is no part. */
export type ExtraCost = { label: string; usdPerMonth: number | null };

export type MachineType = {
  name: string;
  cpuMillicores: number;
  memoryMib: number;
  reserve: ReserveRule;
  /** Containers (pods) one machine takes at most; null = 110, the limit Kubernetes is tested to. */
  maxContainers: number | null;
  usdPerMonth: number | null;
  availability: number | null;
};

/** One complete way to run a system. Part names are unique; connections and entries name parts of the same plan. */
export type Plan = {
  name: string;
  machineType: MachineType | null;
  parts: Part[];
  connections: Connection[];
  entries: Entry[];
  extraCosts: ExtraCost[];
};
