import type { Figure } from './figure.js';

/** One line of the monthly cost. `usdPerMonth` = quantity x each; null = unknown. */
export type CostLine = {
  label: string;
  kind: 'machines' | 'part' | 'extra';
  quantity: number | null;
  eachUsdPerMonth: number | null;
  usdPerMonth: number | null;
};

/** The monthly cost: the sum of the known lines in whole cents, null when no line is known. */
export type Cost = Figure & {
  lines: CostLine[];
  /** Names of the lines nobody knows the price of. */
  unknownCosts: string[];
};
