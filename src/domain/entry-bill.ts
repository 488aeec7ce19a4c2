import { minutesDown } from './availability/downtime.js';
import { type EntryFailure, entryFailure, type PartWorth, type Worth } from './availability/entry-failure.js';
import { failingParts, whatIsUnknown } from './availability/failing-parts.js';
import { type Ground, groundOf } from './availability/ground.js';
import { hardClosure } from './closure.js';
import { entriesOf, type WiredEntry } from './entries.js';
import { entryWorking } from './entry-working.js';
import { formatted, type Working } from './figure.js';
import type { MachineType, Plan } from './model.js';
import type { Packing } from './packing/packing.js';
import { type SinglePoint, singleMachinesOf, singlePointsOf, twoMachineCutsOf } from './weak-points.js';
import type { Wiring } from './wiring.js';

/** One number at three common-cause shares: 0 (on paper), 5 % and 10 %. null = unknown. */
export type ByCommonCause = { onPaper: number | null; beta5: number | null; beta10: number | null };

/**
 * Parts that the closures of all entries of a plan list together at most. Beyond, an entry is not counted and says so: a
 * thousand entries over a chain of twenty thousand parts would take minutes, gigabytes, and a text longer than there can be,
 * and a quarter of a million, 30 MB as JSON, asked for by a dozen at once, was more than a small process has.
 */
export const MAX_CLOSURE_PARTS = 50_000;

/** Why an entry has no figure although nothing about it is unknown. */
export const NOT_COUNTED = `What it needs: together the entries of the plan hang on more than ${formatted(MAX_CLOSURE_PARTS)} parts, the most that is counted.`;

/** What is told of one entry: how often it fails, and because of what. */
export type EntryBill = {
  name: string;
  /** The parts it calls first, sorted by name (unknown names and jobs left out). */
  parts: string[];
  /** Every part it cannot work without, sorted by name. Empty when it is not counted (`NOT_COUNTED` in its working). */
  closure: string[];
  /** Probability of being down. */
  unavailability: ByCommonCause;
  /** Of a 30-day month, 43,200 minutes. */
  minutesDownPerMonth: ByCommonCause;
  /** `simulated` where machines are too entangled for an exact sum; then `errorBar` is the half width (about 95 %) in unavailability. */
  method: 'exact' | 'simulated';
  errorBar: ByCommonCause | null;
  /** For comparison: as if every replica stood on a machine of its own, on paper. */
  unavailabilityIfIndependent: number | null;
  /** What the managed and external parts alone would cause, on paper. */
  unavailabilityOfProviders: number | null;
  singlePoints: SinglePoint[];
  /** Machines (index into the packing, from 0) whose loss alone stops the entry. null when the packing is unknown. */
  singleMachines: number[] | null;
  /** Pairs of machines whose joint loss stops the entry, neither alone. null when unknown or not counted (see working). */
  twoMachineCuts: [number, number][] | null;
  /** Parts by minutes won, most first; on paper. Empty when the availability is unknown. */
  worth: PartWorth[];
  /** What perfect machines would win, all of them with what stands on each; on paper. null when it needs none or `worth` is not told. */
  worthOfMachines: Worth | null;
  /** `worth` and `worthOfMachines` in one list, most minutes first: what to look at first. */
  weakest: Weakness[];
  working: Working;
};

/** What an entry would win if this part, or (part null) all machines, never failed. */
export type Weakness = { part: string | null; minutesWonPerMonth: number };

/** The bill of every entry of a plan, in the plan's order (see `entriesOf` for a plan that names none). */
export function entryBills(
  plan: Plan,
  wiring: Wiring,
  machineType: MachineType | null,
  packing: Packing,
): EntryBill[] {
  const ground = groundOf(wiring, machineType, packing);
  const entries = entriesOf(plan, wiring);
  // Entries share a budget: who comes first must not hang on the order in the plan.
  const inTurn = [...entries.keys()].sort((a, b) => byNameAndParts(entries[a]!, entries[b]!));
  const known = new Map<string, Counted>();
  const bills: EntryBill[] = [];
  let left = MAX_CLOSURE_PARTS;
  for (const index of inTurn) {
    const entry = entries[index]!;
    const closure = hardClosure(wiring, entry.parts);
    const isCounted = closure.length <= left;
    if (isCounted) left -= closure.length;
    bills[index] = entryBill(entry, isCounted ? closure : null, entries.length, ground, known);
  }
  return bills;
}

function byNameAndParts(a: WiredEntry, b: WiredEntry): number {
  const [first, second] = a.name === b.name ? [String(a.parts), String(b.parts)] : [a.name, b.name];
  return first < second ? -1 : first > second ? 1 : 0;
}

/** What entries with the same closure have in common. */
type Counted = ReturnType<typeof countedOf>;

/** Told of an entry that is not counted. */
const NOTHING = {
  parts: {
    placed: [],
    providers: [],
    called: [],
    agents: [],
    isOnMachines: false,
    isRedundantAtProviders: false,
  },
  unknown: [NOT_COUNTED],
  failure: null,
  singleMachines: null,
  twoMachineCuts: null,
  closure: [],
  singlePoints: [],
} satisfies Counted;

function countedOf(closure: readonly number[], ground: Ground) {
  const { wiring, packing, places } = ground;
  const parts = failingParts(wiring, closure);
  const unknown = whatIsUnknown(parts, ground);
  const failure = unknown.length > 0 ? null : entryFailure(parts, ground);
  const singleMachines = packing.machines && singleMachinesOf(wiring, closure, places);
  const twoMachineCuts = singleMachines && twoMachineCutsOf(wiring, closure, places, singleMachines);
  return {
    parts,
    unknown,
    failure,
    singleMachines,
    twoMachineCuts,
    closure: closure.map((number) => wiring.parts[number]!.name),
    singlePoints: singlePointsOf(wiring, closure),
  };
}

function entryBill(
  entry: WiredEntry,
  numbers: number[] | null,
  entries: number,
  ground: Ground,
  known: Map<string, Counted>,
): EntryBill {
  const { wiring } = ground;
  const key = numbers ? numbers.join() : 'not counted';
  const counted = known.get(key) ?? (numbers ? countedOf(numbers, ground) : NOTHING);
  known.set(key, counted);
  const { parts, unknown, failure, singleMachines, twoMachineCuts, closure, singlePoints } = counted;
  const unavailability = byCommonCause(failure?.unavailability);
  return {
    name: entry.name,
    parts: entry.parts.map((number) => wiring.parts[number]!.name),
    closure,
    unavailability,
    minutesDownPerMonth: {
      onPaper: minutesDown(unavailability.onPaper),
      beta5: minutesDown(unavailability.beta5),
      beta10: minutesDown(unavailability.beta10),
    },
    method: failure && !failure.isExact ? 'simulated' : 'exact',
    errorBar: failure && !failure.isExact ? byCommonCause(failure.errorBar) : null,
    unavailabilityIfIndependent: failure?.ifIndependent ?? null,
    unavailabilityOfProviders: failure?.ofProviders ?? null,
    singlePoints,
    singleMachines,
    twoMachineCuts,
    worth: failure?.worth ?? [],
    worthOfMachines: failure?.worthOfMachines ?? null,
    weakest: weakestOf(failure),
    working: entryWorking({
      entry,
      entries,
      parts,
      machineType: ground.machineType,
      unknown,
      failure,
      twoMachineCuts,
    }),
  };
}

/** The parts are sorted already: machines stand before those that win less, and after those that win as much. */
function weakestOf(failure: EntryFailure | null): Weakness[] {
  if (!failure) return [];
  const weakest: Weakness[] = failure.worth.map(({ part, minutesWonPerMonth }) => ({
    part,
    minutesWonPerMonth,
  }));
  if (!failure.worthOfMachines) return weakest;
  const { minutesWonPerMonth } = failure.worthOfMachines;
  const place = weakest.findIndex((each) => each.minutesWonPerMonth < minutesWonPerMonth);
  return weakest.toSpliced(place < 0 ? weakest.length : place, 0, { part: null, minutesWonPerMonth });
}

function byCommonCause(values: readonly number[] | undefined): ByCommonCause {
  const [onPaper = null, beta5 = null, beta10 = null] = values ?? [];
  return { onPaper, beta5, beta10 };
}
