import { unknownRequests } from './counting.js';
import { type Figure, figure, formatted } from './figure.js';
import type { MachineType, Part, Plan } from './model.js';
import type { Packing } from './packing/packing.js';
import { isPerMachine, isPlaced } from './wiring.js';

/** One line of the monthly cost. `usdPerMonth` = quantity x each; null = unknown. */
export type CostLine = {
  label: string;
  kind: 'machines' | 'part' | 'extra';
  quantity: number | null;
  eachUsdPerMonth: number | null;
  usdPerMonth: number | null;
};

/** The monthly cost: the sum of the known lines in whole cents, null when there are lines and none is known. */
export type Cost = Figure & {
  lines: CostLine[];
  /** Labels of the lines nobody knows the price of. */
  unknownCosts: string[];
};

/**
 * What a plan costs a month: machines in use, parts with a price of their own, extra costs. Parts on machines are paid for
 * by their machines; a price on one is an extra, a licence say, per replica. Jobs cost nothing by themselves.
 * At least, while a price is unknown, or the cpu or memory of a part whose machines are paid for.
 * `parts` are the plan's sound parts without jobs, in the plan's order.
 */
export function costOf(
  plan: Plan,
  parts: readonly Part[],
  machineType: MachineType | null,
  packing: Packing,
): Cost {
  const machinesUsed = packing.machines?.length ?? null;
  const lines: CostLine[] = [];
  if (machinesUsed !== 0) {
    lines.push(
      line(machineType?.name ?? 'machines', 'machines', machinesUsed, machineType?.usdPerMonth ?? null),
    );
  }
  for (const part of parts) {
    const isPaidByMachine = isPlaced(part) || isPerMachine(part);
    const quantity = isPerMachine(part) ? machinesUsed : part.replicas;
    if (quantity === 0 || (isPaidByMachine && part.usdPerMonth === null)) continue;
    lines.push(line(part.name, 'part', quantity, part.usdPerMonth));
  }
  for (const { label, usdPerMonth } of plan.extraCosts) {
    lines.push(
      line(label, 'extra', 1, usdPerMonth !== null && Number.isFinite(usdPerMonth) ? usdPerMonth : null),
    );
  }

  const known = lines.map(({ usdPerMonth }) => usdPerMonth).filter((usd) => usd !== null);
  const unknownCosts = lines.filter(({ usdPerMonth }) => usdPerMonth === null).map(({ label }) => label);
  const isPaidPerMachine =
    machinesUsed !== null &&
    [machineType, ...parts.filter(isPerMachine)].some((paid) => (paid?.usdPerMonth ?? 0) > 0);
  const total = known.length === 0 && lines.length > 0 ? null : inCents(sumInFixedOrder(known));
  const rule =
    unknownCosts.length > 0 && total !== null
      ? 'At least the sum of the lines whose price is known.'
      : 'The sum of machines, managed and external parts, and extra costs, for a month of 730 hours.';
  return {
    ...figure(total, rule, {
      inputs: KINDS.map(([kind, label]) => ({
        label,
        value: inWords(lines.filter((each) => each.kind === kind)),
      })),
      assumptions: ['List prices: no tax, no discount, no traffic unless it is an extra cost, no people.'],
      unknown: [
        ...unknownCosts.map((label) => `The price of ${label}.`),
        ...(isPaidPerMachine ? unknownRequests(parts) : []),
      ],
    }),
    lines,
    unknownCosts,
  };
}

function line(label: string, kind: CostLine['kind'], quantity: number | null, each: number | null): CostLine {
  const usdPerMonth = quantity === null || each === null ? null : quantity * each;
  return { label, kind, quantity, eachUsdPerMonth: each, usdPerMonth };
}

const KINDS = [
  ['machines', 'machines'],
  ['part', 'parts with a price of their own'],
  ['extra', 'extra costs'],
] as const;

function inWords(lines: readonly CostLine[]): string {
  const known = lines.map(({ usdPerMonth }) => usdPerMonth).filter((usd) => usd !== null);
  const unknown = lines.length - known.length;
  if (lines.length === 0) return 'none';
  return `${formatted(inCents(sumInFixedOrder(known)))} USD${unknown > 0 ? ` and ${unknown} unknown` : ''}`;
}

/** Floating sums depend on their order; sorted ones do not depend on the plan's. */
function sumInFixedOrder(amounts: readonly number[]): number {
  return amounts.toSorted((a, b) => a - b).reduce((sum, amount) => sum + amount, 0);
}

/** Half a cent goes down, in favour of whoever pays; the small correction keeps binary fractions from deciding it. */
function inCents(usd: number): number {
  return Math.max(0, Math.ceil(usd * 100 - 0.5 - 1e-6) / 100);
}
