import type { Bill } from './bill.js';
import type { ByCommonCause } from './entry-bill.js';
import type { Plan } from './model.js';
import { type FieldChange, partChanges } from './part-changes.js';

/** What a line counts, for how it is written. */
export type Unit = 'count' | 'usd' | 'minutes';

/** One line of two to four bills: a figure of each plan, and who has the least of it. */
export type ComparedLine = {
  label: string;
  unit: Unit;
  values: (number | null)[];
  /** True where the value is a lower limit, because something in it is unknown. */
  atLeast: boolean[];
  /** Plans that win the line: the least, of those that are known. Empty when all are alike, or one could still be less. */
  winners: number[];
};

/** The same entry in every plan that has it; null where a plan has none of that name. */
export type ComparedEntry = { name: string; byShare: Record<keyof ByCommonCause, ComparedLine> };

/** What a plan has otherwise than the first one, by part name. */
export type PartDifference = {
  added: string[];
  removed: string[];
  changed: { name: string; changes: FieldChange[] }[];
};

export type Comparison = {
  lines: ComparedLine[];
  entries: ComparedEntry[];
  /** For each plan its worst entry at each share, so that plans with other entries can be held against each other. */
  worst: Record<keyof ByCommonCause, ComparedLine>;
  differences: PartDifference[];
};

type Compared = { plan: Plan; bill: Bill };

const SHARES = ['onPaper', 'beta5', 'beta10'] as const;

/**
 * Holds bills against each other, line by line. There is no total score: less is better on every line, and which lines matter is for
 * people to say.
 */
export function compare(plans: readonly Compared[]): Comparison {
  const figure = (
    label: string,
    unit: Unit,
    of: (bill: Bill) => { value: number | null; isAtLeast: boolean },
  ) =>
    lineOf(
      label,
      unit,
      plans.map(({ bill }) => of(bill)),
    );
  return {
    lines: [
      figure('Services', 'count', (bill) => bill.services),
      figure('Parts', 'count', (bill) => bill.parts),
      figure('Containers', 'count', (bill) => bill.containers),
      figure('Machines', 'count', (bill) => bill.machines),
      figure('Connections', 'count', (bill) => bill.connections),
      figure('Hard connections', 'count', ({ connections }) => ({
        value: connections.hard,
        isAtLeast: false,
      })),
      figure('Parts we run ourselves', 'count', selfRun),
      figure('Single points of failure', 'count', singlePoints),
      figure('Cost a month', 'usd', (bill) => bill.usdPerMonth),
    ],
    entries: sharedEntries(plans),
    worst: byShare('The entry that is down most', (share) =>
      plans.map(({ bill }) => worstOf(bill.entries.map((entry) => entry.minutesDownPerMonth[share]))),
    ),
    differences: plans.map(({ plan }, i) => (i === 0 ? NO_DIFFERENCE : differenceOf(plans[0]!.plan, plan))),
  };
}

const NO_DIFFERENCE: PartDifference = { added: [], removed: [], changed: [] };

function selfRun({ parts, managedParts, externalParts }: Bill) {
  const known = [parts.value, managedParts.value, externalParts.value];
  const value = known.includes(null) ? null : known[0]! - known[1]! - known[2]!;
  return { value, isAtLeast: false };
}

/** Over all entries, each part and machine once. */
function singlePoints(bill: Bill) {
  const parts = new Set(bill.entries.flatMap((entry) => entry.singlePoints.map((point) => point.part)));
  const machines = new Set(bill.entries.flatMap((entry) => entry.singleMachines ?? []));
  return {
    value: parts.size + machines.size,
    isAtLeast: bill.entries.some((entry) => entry.singleMachines === null),
  };
}

function sharedEntries(plans: readonly Compared[]): ComparedEntry[] {
  const names = [...new Set(plans.flatMap(({ bill }) => bill.entries.map((entry) => entry.name)))];
  const shared = names.filter(
    (name) => plans.filter(({ bill }) => bill.entries.some((entry) => entry.name === name)).length > 1,
  );
  return shared.map((name) => ({
    name,
    byShare: byShare(name, (share) =>
      plans.map(
        ({ bill }) => bill.entries.find((entry) => entry.name === name)?.minutesDownPerMonth[share] ?? null,
      ),
    ),
  }));
}

function byShare(
  label: string,
  of: (share: keyof ByCommonCause) => (number | null)[],
): Record<keyof ByCommonCause, ComparedLine> {
  const line = (share: keyof ByCommonCause) =>
    lineOf(
      label,
      'minutes',
      of(share).map((value) => ({ value, isAtLeast: false })),
    );
  const [onPaper, beta5, beta10] = SHARES.map(line);
  return { onPaper: onPaper!, beta5: beta5!, beta10: beta10! };
}

function worstOf(minutes: (number | null)[]): number | null {
  return minutes.length === 0 || minutes.includes(null) ? null : Math.max(...(minutes as number[]));
}

function lineOf(
  label: string,
  unit: Unit,
  figures: { value: number | null; isAtLeast: boolean }[],
): ComparedLine {
  const values = figures.map((one) => one.value);
  const atLeast = figures.map((one) => one.isAtLeast);
  return { label, unit, values, atLeast, winners: winnersOf(values, atLeast) };
}

/** A plan wins only when nothing unknown could overturn it: what is a lower limit, or unknown, wins nothing and may hide a winner. */
function winnersOf(values: (number | null)[], atLeast: boolean[]): number[] {
  const exact = values.filter((value, i) => value !== null && !atLeast[i]) as number[];
  if (exact.length === 0 || values.includes(null)) return [];
  const least = Math.min(...exact);
  const couldBeLess = values.some((value, i) => atLeast[i] && value! < least);
  if (couldBeLess || values.every((value) => value === least)) return [];
  return values.flatMap((value, i) => (value === least && !atLeast[i] ? [i] : []));
}

function differenceOf(first: Plan, other: Plan): PartDifference {
  const before = new Map(first.parts.map((part) => [part.name, part]));
  const after = new Set(other.parts.map((part) => part.name));
  return {
    added: other.parts.filter((part) => !before.has(part.name)).map((part) => part.name),
    removed: first.parts.filter((part) => !after.has(part.name)).map((part) => part.name),
    changed: other.parts.flatMap((part) => {
      const old = before.get(part.name);
      const changes = old ? partChanges(old, part) : [];
      return changes.length > 0 ? [{ name: part.name, changes }] : [];
    }),
  };
}
