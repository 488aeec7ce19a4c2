import type { Working } from './figure.js';
import type { Runs } from './model.js';

/** One number at three common-cause shares: 0 (on paper), 5 % and 10 %. null = unknown. */
export type ByCommonCause = { onPaper: number | null; beta5: number | null; beta10: number | null };

/** A part whose every needed replica must be up: it has none to spare. */
export type SinglePoint = { part: string; runs: Runs };

/** What an entry would win if one part never failed. */
export type PartWorth = { part: string; minutesWonPerMonth: number; unavailabilityIfPerfect: number };

/** What is told of one entry: how often it fails, and because of what. */
export type EntryBill = {
  name: string;
  /** The parts it calls first, as the plan names them (unknown names and jobs left out). */
  parts: string[];
  /** Every part it cannot work without, sorted by name. */
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
  working: Working;
};
