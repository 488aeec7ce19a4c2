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

/** A figure from its value, its rule and whatever more its working has. At least, when it has a value and something unknown. */
export function figure(
  value: number | null,
  rule: string,
  working: Partial<Omit<Working, 'rule'>> = {},
): Figure {
  const { source, inputs = [], assumptions = [], unknown = [] } = working;
  return {
    value,
    isAtLeast: value !== null && unknown.length > 0,
    working: { rule, ...(source && { source }), inputs, assumptions, unknown },
  };
}

/** "3 parts", "1 part": the plural by s alone. */
export function counted(count: number, noun: string): string {
  return `${formatted(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** 12,345.6: grouped, with at most two digits after the point. */
export function formatted(value: number): string {
  return withDigits(2).format(value);
}

/** An unavailability told as an availability: "99.96437 %". */
export function availabilityInWords(unavailability: number): string {
  return `${withDigits(5).format((1 - unavailability) * 100)} %`;
}

const formats = new Map<number, Intl.NumberFormat>();

/** Made when first asked for, and kept: each takes longer to make than a thousand numbers to format. */
function withDigits(maximumFractionDigits: number): Intl.NumberFormat {
  const format =
    formats.get(maximumFractionDigits) ?? new Intl.NumberFormat('en-US', { maximumFractionDigits });
  formats.set(maximumFractionDigits, format);
  return format;
}
