import { commonCauseUnavailability } from './availability.js';

/** A part whose replicas stand on machines. `machines` and `replicasOn` run in parallel; each machine once. */
export type PlacedPart = {
  needed: number;
  /** Of one replica, without its machine. */
  replicaUnavailability: number;
  machines: readonly number[];
  replicasOn: readonly number[];
};

/** What parts that must all be up do together, for each common-cause share asked for. */
export type JointFailure = {
  unavailability: number[];
  /** Half width of the interval (about 95 %) around each unavailability; 0 where the sum is exact. */
  errorBar: number[];
  isExact: boolean;
  /** Only bounds are known: `errorBar` spans them, and the gains say little. Absent = false. */
  isBounded?: boolean;
  /** For each part, at the first share: how much less the unavailability would be if that part never failed. */
  gainIfPerfect: number[];
};

/** One connected set of machines and the parts on it, ready for summing. Machines are numbered from 0 here. */
export type Component = {
  machines: number;
  /** For each common-cause share, the unavailability of one machine apart from what takes all machines at once. */
  machineDown: readonly number[];
  parts: PlacedPart[];
  /** Of each part, on all machines together. */
  replicas: number[];
  /** Unavailability of a part when only `present` of its replicas stand on machines that are up. */
  partDown: (share: number, part: number, present: number) => number;
  /** For each share, the unavailability of a part by the state of its machines: bit i is set when its i-th machine is up. */
  downByState: (part: number) => Float64Array[];
};

/** Groups of part indices that are linked through machines, in the order of their first part. */
export function componentsOf(parts: readonly PlacedPart[]): number[][] {
  const leader = parts.map((_, index) => index);
  const find = (index: number): number => {
    let root = index;
    while (leader[root] !== root) root = leader[root]!;
    leader[index] = root;
    return root;
  };
  const firstOn = new Map<number, number>();
  for (const [index, part] of parts.entries()) {
    for (const machine of part.machines) {
      const other = firstOn.get(machine);
      if (other === undefined) firstOn.set(machine, index);
      else leader[find(index)] = find(other);
    }
  }
  const groups = new Map<number, number[]>();
  for (const index of parts.keys()) {
    const root = find(index);
    const group = groups.get(root);
    if (group) group.push(index);
    else groups.set(root, [index]);
  }
  return [...groups.values()];
}

/** What a part does in each state of its machines is the same for all parts alike: kept for as long as one plan is counted. */
export type FailureTables = Map<
  string,
  { byPresent: Float64Array[]; byState: Float64Array[] | null; alone: Alone | null }
>;

/** A part's unavailability by itself at each share, and the unavailability of a machine it was counted with. */
type Alone = { machineDown: readonly number[]; down: number[] };

const tableKeys = new WeakMap<PlacedPart, string>();

/** Where a part's tables are kept: parts with the same key fail alike. Long for a part on many machines: written once. */
export function tableKeyOf(part: PlacedPart): string {
  const known = tableKeys.get(part);
  if (known !== undefined) return known;
  const key = `${part.needed} ${part.replicaUnavailability} ${part.replicasOn}`;
  tableKeys.set(part, key);
  return key;
}

/** The parts given as one component, for these common-cause shares (and `machineDown` for each). */
export function componentFor(
  parts: PlacedPart[],
  machineDown: readonly number[],
  commonCauseShares: readonly number[],
  tables: FailureTables,
): Component {
  const number = new Map<number, number>();
  for (const part of parts) {
    for (const machine of part.machines) if (!number.has(machine)) number.set(machine, number.size);
  }
  const replicas = parts.map((part) => part.replicasOn.reduce((sum, count) => sum + count, 0));
  const tablesOf = parts.map((part, index) => {
    const key = tableKeyOf(part);
    const known = tables.get(key);
    if (known) return known;
    const byPresent = commonCauseShares.map(() => new Float64Array(replicas[index]! + 1).fill(Number.NaN));
    const made = { byPresent, byState: null, alone: null };
    tables.set(key, made);
    return made;
  });

  function partDown(share: number, index: number, present: number): number {
    const table = tablesOf[index]!.byPresent[share]!;
    if (Number.isNaN(table[present]!)) {
      const { needed, replicaUnavailability } = parts[index]!;
      const commonCause = commonCauseShares[share]!;
      table[present] = commonCauseUnavailability(present, needed, replicaUnavailability, commonCause);
    }
    return table[present]!;
  }

  function downByState(index: number): Float64Array[] {
    const known = tablesOf[index]!;
    if (!known.byState) {
      const present = presentByState(parts[index]!.replicasOn);
      known.byState = commonCauseShares.map((_, share) =>
        Float64Array.from(present, (count) => partDown(share, index, count)),
      );
    }
    return known.byState;
  }

  return {
    machines: number.size,
    machineDown,
    parts: parts.map((part) => ({ ...part, machines: part.machines.map((machine) => number.get(machine)!) })),
    replicas,
    partDown,
    downByState,
  };
}

/** How many replicas stand on machines that are up, for every state of a part's machines. */
function presentByState(replicasOn: readonly number[]): Int32Array {
  const present = new Int32Array(2 ** replicasOn.length);
  for (let bit = 0, size = 1; bit < replicasOn.length; bit++, size *= 2) {
    for (let state = 0; state < size; state++) present[size + state] = present[state]! + replicasOn[bit]!;
  }
  return present;
}
