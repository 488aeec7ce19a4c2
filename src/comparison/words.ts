import type { ComparedLine, Comparison } from '../domain/comparison.js';
import { count, integer, minutesAlike, usd } from '../web/format.js';

/** The figures of a line, one for each plan. Times are written alike, so that they can be held against each other. */
export function figuresInWords({ unit, values, atLeast }: ComparedLine): string[] {
  const words = unit === 'minutes' ? minutesAlike(values) : values.map(unit === 'usd' ? usd : integer);
  return words.map((word, i) => (atLeast[i] ? `at least ${word}` : word));
}

/** What the plan at `i` has more or less of a line than the first one; '' where that is nothing, or unknown. */
export function differenceInWords(line: ComparedLine, i: number): string {
  const difference = differenceOf(line, i);
  if (difference === null) return '';
  const { amount, isMore, limit } = difference;
  const words = (line.unit === 'usd' ? usd : integer)(amount);
  return limit === '' ? `${isMore ? '+' : '−'}${words}` : `${limit} ${words} ${isMore ? 'more' : 'less'}`;
}

/**
 * What the plan at `i` is against the first one, in two sentences: what there is less or more of, and how long its worst entry is down.
 * A lower limit is told as one. What is unknown, or could still turn, is left to the table. '' where nothing can be said.
 */
export function inShort({ lines, worst }: Comparison, names: string[], i: number): string {
  const told = TOLD.map((label) => lines.find((line) => line.label === label)!);
  const differences = told.flatMap((line) => clauseOf(line, i));
  const isSame = told.every(
    ({ values, atLeast }) => values[i] !== null && values[i] === values[0] && !atLeast[i],
  );
  const counted =
    differences.length > 0
      ? `${names[i]} means ${listed(differences)} than ${names[0]}.`
      : isSame
        ? `${names[i]} counts the same as ${names[0]}.`
        : '';
  const down = downInWords(worst, names, i);
  if (down === '') return counted;
  return counted === ''
    ? `The worst entry of ${names[i]} is down ${down}.`
    : `${counted} Its worst entry is down ${down}.`;
}

/** The lines of the bill that the first sentence tells of. */
const TOLD = ['Containers', 'Machines', 'Connections', 'Cost a month'];

/** Whether common cause changes who is down least, as far as it is known. */
export function orderInWords({ worst }: Comparison, names: string[]): string {
  const least = ({ winners }: ComparedLine) => winners.map((at) => names[at]).join(' and ');
  const [paper, common] = [least(worst.onPaper), least(worst.beta10)];
  if (paper === '' || common === '') return '';
  return paper === common
    ? `Here the order stays: ${paper} is down least on paper and at 10 % alike.`
    : `Here the order changes: on paper ${paper} is down least, at 10 % ${common}.`;
}

/** What makes a comparison less than fair, to be said beside it. */
export function cautions(
  plans: { name: string; system: { id: number }; parts: number; connections: number; assumed: number }[],
): string[] {
  const systems = new Set(plans.map((plan) => plan.system.id));
  const bare = plans.filter((plan) => plan.parts > 0 && plan.connections === 0).map((plan) => plan.name);
  return [
    ...(systems.size > 1
      ? ['These are plans of different systems: fewer parts may only mean that less is done.']
      : []),
    ...bare.map(
      (name) => `${name} has no connections: it may not be finished, and its lines are the lower for it.`,
    ),
    ...plans
      .filter((plan) => plan.assumed > 0)
      .map(
        ({ name, assumed, parts }) =>
          `${name} has an availability that is assumed for ${integer(assumed)} of its ${count(parts, 'part')}: its minutes are as good as that.`,
      ),
  ];
}

type Difference = { amount: number; isMore: boolean; limit: '' | 'at least' | 'at most' };

/** What is only a lower limit makes the difference a limit, too: the one side may still grow. Null where both may, or nothing differs. */
function differenceOf({ values, atLeast }: ComparedLine, i: number): Difference | null {
  const [base, value] = [values[0]!, values[i]!];
  if (i === 0 || base === null || value === null || value === base || (atLeast[0] && atLeast[i])) return null;
  const isMore = value > base;
  const isOpen = atLeast[0] || atLeast[i];
  const limit = isOpen ? (isMore === atLeast[i] ? 'at least' : 'at most') : '';
  return { amount: Math.abs(value - base), isMore, limit };
}

function clauseOf(line: ComparedLine, i: number): string[] {
  const difference = differenceOf(line, i);
  if (difference === null || difference.limit === 'at most') return [];
  const { amount, isMore } = difference;
  const limit = difference.limit ? `${difference.limit} ` : '';
  if (line.unit === 'usd') return [`${limit}${usd(amount)} ${isMore ? 'more' : 'less'} a month`];
  const one = line.label.toLowerCase().replace(/s$/, '');
  return [limit + count(amount, `${isMore ? 'more' : 'fewer'} ${one}`)];
}

function downInWords({ onPaper, beta10 }: Comparison['worst'], names: string[], i: number): string {
  const values = [i, 0].flatMap((at) => [onPaper.values[at] ?? null, beta10.values[at] ?? null]);
  if (values.includes(null)) return '';
  const [paper, common, basePaper, baseCommon] = minutesAlike(values) as [string, string, string, string];
  const [own, base] = [both(paper, common), both(basePaper, baseCommon)];
  return own === base ? `${own}, as that of ${names[0]}` : `${own}, against ${base}`;
}

/** The same on paper and at 10 % where nothing has copies; then it is said once. */
function both(paper: string, common: string): string {
  return paper === common
    ? `${paper} a month`
    : `${paper} a month on paper and ${common} at 10 % common cause`;
}

function listed(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
