import { z } from 'zod';
import { line, optionalNumber } from '../web/form.js';

export const extraCostForm = z.object({
  label: line('What is paid for'),
  usdPerMonth: optionalNumber('Price', { max: 1e9 }),
  priceBasis: line('Source of the price', { max: 500, required: false }),
});

export type ExtraCostInput = z.infer<typeof extraCostForm>;

/** A record as the form shows it. */
export function extraCostValues(cost: ExtraCostInput): Record<string, string> {
  return { label: cost.label, usdPerMonth: String(cost.usdPerMonth ?? ''), priceBasis: cost.priceBasis };
}
