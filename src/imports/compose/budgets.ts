import { type Budget, budgetOf } from '../reading/budget.js';

/** What the files of one deployment may come to once all is filled in, taken over and laid over each other. */
export type Budgets = {
  /** Characters of variables and of what they are filled into, each counted as often as it is copied. */
  text: Budget;
  /** Files that others include, each as often as it is. */
  includes: Budget;
  /** Values copied from one service to another. */
  merged: Budget;
  /** Values of all services together, each counted wherever it stands in the end. */
  values: Budget;
  /** Their characters. */
  characters: Budget;
  /** Variables of all services together, those out of files too. */
  environment: Budget;
};

/** More than one machine runs; each takes a tenth of a millisecond to read. */
export const MAX_SERVICES = 4500;
const MAX_VARIABLE_TEXT = 160_000_000;
const MAX_INCLUDES = 1000;
const MAX_MERGED = 500_000;
const MAX_VALUES = 500_000;
const MAX_CHARACTERS = 8_000_000;
const MAX_ENVIRONMENT = 100_000;

export function newBudgets(): Budgets {
  return {
    text: textBudget(),
    includes: budgetOf(
      MAX_INCLUDES,
      `These files include each other more than ${MAX_INCLUDES} times. Include each file once.`,
    ),
    merged: budgetOf(
      MAX_MERGED,
      `What services take over here from what they extend and from other files comes to more than ${MAX_MERGED} values. Import fewer services at a time.`,
    ),
    values: budgetOf(
      MAX_VALUES,
      `With this service, all services together have more than ${MAX_VALUES} values, those they extend among them. Import fewer services at a time.`,
    ),
    characters: budgetOf(
      MAX_CHARACTERS,
      `With this service, all services together are longer than ${MAX_CHARACTERS} characters, with what they extend and with their variables filled in. Import fewer services at a time.`,
    ),
    environment: budgetOf(
      MAX_ENVIRONMENT,
      `With this service, all services together are given more than ${MAX_ENVIRONMENT} environment variables, those of their env_file among them. Leave the env_file out, or import fewer services at a time.`,
    ),
  };
}

export function textBudget(): Budget {
  return budgetOf(
    MAX_VARIABLE_TEXT,
    `The variables of these files, filled in, come to more than ${MAX_VARIABLE_TEXT} characters. Leave out those that hold others many times over.`,
  );
}
