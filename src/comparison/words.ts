import type { ComparedLine, Comparison } from '../domain/comparison.js';
import { count, minutes, usd } from '../web/format.js';

/**
 * What the plan at `i` is against the first one, in two sentences: what there is less or more of, and how long its worst entry is down.
 * What is unknown, or only a lower limit, is left to the table. '' where nothing can be said.
 */
export function inShort({ lines, worst }: Comparison, names: string[], i: number): string {
  const differences = ['Containers', 'Machines', 'Connections', 'Cost a month'].flatMap((label) => {
    const line = lines.find((one) => one.label === label);
    return line && isKnown(line, 0) && isKnown(line, i) ? differenceInWords(line, i) : [];
  });
  const counted = differences.length > 0 ? `${names[i]} means ${listed(differences)} than ${names[0]}.` : '';
  const [paper, common] = [worst.onPaper, worst.beta10];
  const down = [0, i].every((at) => isKnown(paper, at) && isKnown(common, at))
    ? `Its worst entry is down ${downInWords(paper, common, i)}, against ${downInWords(paper, common, 0)}.`
    : '';
  return [counted, down].filter(Boolean).join(' ');
}

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
  plans: { name: string; system: { id: number }; parts: number; connections: number }[],
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
  ];
}

function differenceInWords({ label, unit, values }: ComparedLine, i: number): string[] {
  const difference = values[i]! - values[0]!;
  if (difference === 0) return [];
  const word = difference < 0 ? (unit === 'usd' ? 'less' : 'fewer') : 'more';
  if (unit === 'usd') return [`${usd(Math.abs(difference))} ${word} a month`];
  return [count(Math.abs(difference), `${word} ${label.toLowerCase().replace(/s$/, '')}`)];
}

/** The same on paper and at 10 % where nothing has copies; then it is said once. */
function downInWords(paper: ComparedLine, common: ComparedLine, i: number): string {
  const [least, most] = [minutes(paper.values[i]!), minutes(common.values[i]!)];
  return least === most ? `${least} a month` : `${least} a month on paper and ${most} at 10 % common cause`;
}

function isKnown(line: ComparedLine, i: number): boolean {
  return line.values[i] !== null && !line.atLeast[i];
}

function listed(words: string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
