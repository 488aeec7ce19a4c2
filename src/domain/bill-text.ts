import { minutesDown } from './availability/downtime.js';
import type { Bill } from './bill.js';
import { counted, type Figure, formatted } from './figure.js';

/** Long lists are for the page and for JSON; a table on a terminal is read. */
const MAX_ROWS = 60;
const MAX_NAMES = 12;

type Align = 'left' | 'right';

/** A bill as plain text in aligned tables: the counts, the entries, the costs, the machines. Ends with a line end. */
export function billToText(bill: Bill): string {
  const sections = [oneLine(bill.planName), counts(bill), entries(bill), costs(bill), machines(bill)];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

function counts(bill: Bill): string {
  const { parts, services, managedParts, externalParts, perMachineParts, jobs } = bill;
  const { containers, machines, machinesLowerBound, connections, usdPerMonth, packing } = bill;
  const kinds: [number | null, string][] = [
    [managedParts.value, 'managed'],
    [externalParts.value, 'external'],
    [perMachineParts.value, 'on every machine'],
  ];
  const machineRemark =
    machines.value === 0
      ? 'run by the provider'
      : (packing.reason ??
        inList([
          `no packing can use fewer than ${inWords(machinesLowerBound)}`,
          ...(machines.isAtLeast ? ['some cpu or memory unknown'] : []),
        ]));
  return table(
    ['left', 'right', 'left'],
    [
      ['parts', inWords(parts), inList([counted(services.value ?? 0, 'service'), ...some(kinds)])],
      ...(jobs.value ? [['jobs', inWords(jobs), 'run and end, counted nowhere else']] : []),
      [
        'containers',
        inWords(containers),
        inList(
          containers.perMachine
            ? [`${containers.replicated} replicated`, `${containers.perMachine} on every machine`]
            : [],
        ),
      ],
      ['machines', inWords(machines), parts.value === 0 ? '' : machineRemark],
      [
        'connections',
        inWords(connections),
        inList(
          some([
            [connections.hard, 'hard'],
            [connections.soft, 'soft'],
            [connections.guessed, 'of them guessed'],
          ]),
        ),
      ],
      [
        'USD a month',
        inWords(usdPerMonth, usd),
        usdPerMonth.unknownCosts.length > 0
          ? `${counted(usdPerMonth.unknownCosts.length, 'price')} unknown`
          : '',
      ],
    ],
  );
}

function entries(bill: Bill): string {
  if (bill.entries.length === 0) return '';
  const unknown = bill.entries
    .filter(({ working }) => working.unknown.length > 0)
    .map(({ name, working }) => oneLine(`  ${name}: ${working.unknown.join(' ')}`));
  const rows = table(
    ['left', 'right', 'right', 'right', 'right', 'left'],
    [
      ['entry', 'needs', 'down a month on paper', 'common cause 5 %', '10 %', 'single points of failure'],
      ...bill.entries.map(({ name, closure, minutesDownPerMonth, errorBar, singlePoints }) => [
        name,
        closure.length > 0 ? counted(closure.length, 'part') : UNKNOWN,
        minutes(minutesDownPerMonth.onPaper, errorBar?.onPaper),
        minutes(minutesDownPerMonth.beta5, errorBar?.beta5),
        minutes(minutesDownPerMonth.beta10, errorBar?.beta10),
        closure.length > 0 ? inShort(singlePoints.map(({ part }) => part)) : UNKNOWN,
      ]),
    ],
  );
  return [rows, ...(unknown.length > 0 ? ['not known', ...unknown.slice(0, MAX_ROWS)] : [])].join('\n');
}

function costs({ usdPerMonth: { lines } }: Bill): string {
  if (lines.length === 0) return '';
  return table(
    ['left', 'right', 'right', 'right'],
    [
      ['cost', 'quantity', 'each', 'USD a month'],
      ...lines.map(({ label, quantity, eachUsdPerMonth, usdPerMonth }) => [
        label,
        quantity === null ? UNKNOWN : formatted(quantity),
        eachUsdPerMonth === null ? UNKNOWN : usd(eachUsdPerMonth),
        usdPerMonth === null ? UNKNOWN : usd(usdPerMonth),
      ]),
    ],
  );
}

function machines({ packing: { machines: packed, perMachineParts } }: Bill): string {
  if (!packed || packed.length === 0) return '';
  const everywhere = perMachineParts.length > 0 ? ` (beside ${inList(perMachineParts)} on each)` : '';
  return table(
    ['right', 'left'],
    [
      ['machine', `what stands on it${everywhere}`],
      ...packed.map(({ replicas }, index) => [String(index + 1), inList(replicas.map(({ part }) => part))]),
    ],
  );
}

const UNKNOWN = 'unknown';

function inWords(figure: Figure, words: (value: number) => string = formatted): string {
  if (figure.value === null) return UNKNOWN;
  return `${figure.isAtLeast ? 'at least ' : ''}${words(figure.value)}`;
}

function usd(value: number): string {
  return value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** `errorBar`: in unavailability, where the minutes are no exact sum. */
function minutes(value: number | null, errorBar?: number | null): string {
  if (value === null) return UNKNOWN;
  const short = (amount: number) => (amount >= 10 ? amount.toFixed(1) : Number(amount.toPrecision(2)));
  const spread = errorBar ? ` ± ${short(minutesDown(errorBar) ?? 0)}` : '';
  return `${short(value)}${spread} min`;
}

function some(amounts: [number | null, string][]): string[] {
  return amounts.filter(([amount]) => amount).map(([amount, what]) => `${amount} ${what}`);
}

function inShort(names: string[]): string {
  const left = names.length - MAX_NAMES;
  return inList(left > 0 ? [...names.slice(0, MAX_NAMES), `and ${left} more`] : names) || 'none';
}

function inList(words: string[]): string {
  return words.join(', ');
}

function table(align: Align[], rows: string[][]): string {
  const shown = rows.slice(0, MAX_ROWS).map((row) => row.map(oneLine));
  if (rows.length > MAX_ROWS) shown.push([`and ${rows.length - MAX_ROWS} more`]);
  const widths = align.map((_, column) => Math.max(...shown.map((row) => width(row[column] ?? ''))));
  return shown
    .map((row) =>
      row
        .map((cell, column) => {
          const space = ' '.repeat((widths[column] ?? 0) - width(cell));
          return align[column] === 'right' ? space + cell : cell + space;
        })
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names come from files: no line ends, and nothing that a terminal would obey. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}

/** In characters people see: letters with accents and emoji are one. */
function width(text: string): number {
  return [...text].length;
}
