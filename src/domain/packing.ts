/** What one machine has to give, or what stands on it. */
export type Room = { cpuMillicores: number; memoryMib: number };

/** Replica number `replica` (from 0) of the part named `part`. */
export type PlacedReplica = { part: string; replica: number };

/** One machine in use. Everything on it counts: the replicas placed, and one of each per-machine part. */
export type PackedMachine = {
  /** In the order of placing. Per-machine parts are not listed here (see `Packing.perMachineParts`) but are counted in all below. */
  replicas: PlacedReplica[];
  /** Replicas and per-machine parts together: what counts against the machine's container limit. */
  pods: number;
  used: Room;
  /** Allocatable minus used: what is paid for and stands empty. */
  free: Room;
};

/** The reason why no packing can use fewer machines. */
export type BoundRule = 'cpu' | 'memory' | 'big' | 'spread' | 'pods' | 'one-machine' | 'none';

export type LowerBound = {
  machines: number;
  /** The first of these rules that gives `machines`. */
  rule: BoundRule;
  /** Each rule by itself. `big`: replicas that need more than half a machine. `spread`: replicas of one part that must stand apart. */
  byRule: { cpu: number; memory: number; big: number; spread: number; pods: number };
};

/** Which attempt found the packing: first fit or even spreading, ordered by dominant share or by largest spread group. */
export type PackRule = 'ffd-share' | 'ffd-group' | 'spread-share' | 'spread-group';

/** What stands on which machine. */
export type Packing = {
  /** null = unknown, and `reason` says why. Empty = no part runs on machines. */
  machines: PackedMachine[] | null;
  reason: string | null;
  /** Parts one replica of which is larger than an empty machine. */
  tooBigParts: string[];
  rule: PackRule | null;
  /** null when it cannot be told: no machine type, or a part is too big. */
  lowerBound: LowerBound | null;
  /** One machine's room after its own reserve, before per-machine parts. null without a machine type. */
  allocatable: Room | null;
  /** Parts of which one stands on every machine in use. */
  perMachineParts: string[];
  /** Free on all machines in use together. null = unknown. */
  waste: Room | null;
};
