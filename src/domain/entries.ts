import { partsNobodyCalls } from './closure.js';
import type { Plan } from './model.js';
import { isPerMachine, type Wiring } from './wiring.js';

/** The name of the one entry of a plan that names none. */
export const WHOLE_SYSTEM = 'the whole system';

/** An entry with its parts as numbers, sorted; what is no part that keeps running is left out. */
export type WiredEntry = { name: string; parts: number[]; isImplied: boolean };

/**
 * The plan's entries in its order. A plan that names none gets one, "the whole system", over the parts that nobody else
 * calls; per-machine parts are not what users come in by, so they stand there only when there is nothing else. A plan
 * without parts has no entry.
 */
export function entriesOf(plan: Plan, wiring: Wiring): WiredEntry[] {
  if (plan.entries.length > 0) {
    return plan.entries.map(({ name, parts }) => {
      const numbers = new Set(
        parts.map((part) => wiring.numberOf.get(part)).filter((part) => part !== undefined),
      );
      return { name, parts: [...numbers].sort((a, b) => a - b), isImplied: false };
    });
  }
  const uncalled = partsNobodyCalls(wiring);
  if (uncalled.length === 0) return [];
  const withoutPerMachine = uncalled.filter((part) => !isPerMachine(wiring.parts[part]!));
  return [
    {
      name: WHOLE_SYSTEM,
      parts: withoutPerMachine.length > 0 ? withoutPerMachine : uncalled,
      isImplied: true,
    },
  ];
}
