/**
 * Why an import is given up while it is read: a small file can say a great deal (by what it extends, repeats or selects), and what it
 * comes to is only known on the way. `importFiles` makes a refusal of it; no reader catches it.
 */
export class TooMuch extends Error {
  constructor(
    message: string,
    readonly place?: Where,
  ) {
    super(message);
  }
}

type Where = { file: string; line?: number; column?: number };

/** How much of one thing an import may still use. */
export type Budget = { left: number; refusal: string };

/** `refusal`: what there is too much of and what to do, in whole sentences. */
export function budgetOf(most: number, refusal: string): Budget {
  return { left: most, refusal };
}

/** Takes from a budget; where it is used up, the import ends here. */
export function spend(budget: Budget, amount: number, place?: Where): void {
  budget.left -= amount;
  if (budget.left < 0) throw new TooMuch(budget.refusal, place);
}
