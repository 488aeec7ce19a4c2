/** How a figure comes about, in words a page can print as they stand. */
export type Working = {
  /** One plain sentence in the product's words. */
  rule: string;
  /** Where the rule is from, when it is not our own counting. */
  source?: string;
  /** The numbers that went in, formatted for people. */
  inputs: { label: string; value: string }[];
  /** What was taken for granted, one sentence each. */
  assumptions: string[];
  /** What is missing: why the value is null, or what an "at least" leaves out. */
  unknown: string[];
};

/** A figure and its working. `value` null = unknown (never 0). */
export type Figure<T = number> = {
  value: T | null;
  /** True when something unknown is left out of the value, so that the truth is this or more. */
  isAtLeast: boolean;
  working: Working;
};
