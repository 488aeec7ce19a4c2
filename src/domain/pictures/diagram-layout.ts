import type { BlastRadius } from '../blast-radius.js';
import type { Connection, Part, Plan } from '../model.js';
import { CARD_HEIGHT, type Card, type CardState, cardOf, cardWidthFor, inState } from './diagram-cards.js';
import { type DrawnLine, type EntryFlag, islandPicture, islandsOf } from './diagram-island.js';
import { kindsOverview, listOverview, type Overview } from './diagram-overview.js';

const PAGE_WIDTH = 1000;
const MARGIN = 10;
const GAP = 24;
/** Above these a drawing of every line is slow to make and says nothing; measured on a plan of random connections. */
const LAYERED_PARTS = 100;
/** Connections, and the parts that entries call first: each is a line. */
const LAYERED_LINES = 200;
/** Above this even a list of names is too long to be a picture. */
const LISTED_PARTS = 2000;

/** What is taken as down (a part, or everything a machine takes with it), and what that does. */
export type Down = BlastRadius & { parts: string[] };

export type LineState = 'plain' | 'lost' | 'dimmed';
export type EntryState = 'plain' | 'lost' | 'degraded' | 'dimmed';

/** Everything a view needs to draw a plan, in pixels from the top left corner. Views do no sums. */
export type Diagram = {
  /** `layered`: every part and line. `list`: every part, no lines. `kinds`: one card per kind. */
  form: 'layered' | 'list' | 'kinds';
  title: string;
  description: string;
  width: number;
  height: number;
  /** Too wide to be shrunk to a page and still be read: it scrolls in its own box instead. */
  isWide: boolean;
  entries: (EntryFlag & { state: EntryState; description: string })[];
  cards: (Card & { lines: number[] })[];
  lines: (DrawnLine & { state: LineState })[];
  captions: { text: string; x: number; y: number; ruleWidth: number }[];
};

type Options = {
  /** Names of parts to ring as single points of failure. */
  weak?: Iterable<string>;
  down?: Down;
};

/**
 * Lays a plan out as a picture: callers above what they call, entries at the top, stores at the bottom, parts that hang together side
 * by side, the unconnected in rows below, jobs apart. Deterministic. A part appended to the plan with one connection leaves the others
 * in their order. Very large plans come as a list of all parts, or of all kinds, and say how many connections are not drawn.
 */
export function diagramOf(plan: Plan, options: Options = {}): Diagram {
  const drawn = laidOut(plan);
  const stateOf = cardStates(options);
  const gone = new Set([...(options.down?.parts ?? []), ...(options.down?.stopped ?? [])]);
  // Lines share trunks: what is lost lies on top, or it would not be seen there.
  const lines = drawn.lines
    .map((line) => ({ ...line, state: lineState(line, options.down, gone) }))
    .sort((a, b) => Number(a.state === 'lost') - Number(b.state === 'lost'));
  const at = new Map<string, number[]>();
  lines.forEach(({ kind, from, to }, i) => {
    for (const end of kind === 'entry' ? [to] : [from, to]) at.set(end, [...(at.get(end) ?? []), i]);
  });
  return {
    ...drawn,
    isWide: drawn.width > PAGE_WIDTH * 1.2,
    title: options.down ? `${plan.name}, with ${options.down.parts.join(', ')} down` : plan.name,
    description: descriptionOf(plan, options),
    entries: drawn.entries.map((entry) => ({ ...entry, ...entryState(entry.name, options.down) })),
    // From the top down, as the eye goes: it is the order in which Tab goes through them.
    cards: drawn.cards
      .map((card) => ({
        ...(card.part === null ? card : inState(card, stateOf(card.part))),
        lines: at.get(card.part ?? card.kind) ?? [],
      }))
      .sort((a, b) => a.y - b.y || a.x - b.x),
    lines,
  };
}

type LaidOut = Overview & { form: Diagram['form'] };

/** A plan looks the same whatever is down: where its cards and lines stand is found once, as that is what takes the time. */
const known = new WeakMap<Plan, LaidOut>();

function laidOut(plan: Plan): LaidOut {
  const before = known.get(plan);
  if (before) return before;
  const layout = layoutOf(plan);
  known.set(plan, layout);
  return layout;
}

function layoutOf(plan: Plan): LaidOut {
  if (plan.parts.length > LISTED_PARTS) return { form: 'kinds', ...kindsOverview(plan) };
  const lines = plan.entries.reduce((sum, { parts }) => sum + parts.length, plan.connections.length);
  if (plan.parts.length > LAYERED_PARTS || lines > LAYERED_LINES) {
    return { form: 'list', ...listOverview(plan, PAGE_WIDTH) };
  }
  return { form: 'layered', ...layeredDiagram(plan) };
}

function layeredDiagram(plan: Plan): Overview {
  const drawn: Overview = { width: 320, height: 0, entries: [], cards: [], lines: [], captions: [] };
  const cardWidth = cardWidthFor(plan.parts);
  const islands = islandsOf(
    plan,
    plan.parts.filter((part) => part.kind !== 'job'),
  );
  const isConnected = (island: (typeof islands)[number]) =>
    island.connections.length + island.entries.length > 0;

  let [x, y, shelfHeight] = [MARGIN, MARGIN, 0];
  for (const island of islands.filter(isConnected)) {
    const picture = islandPicture(island, cardWidth);
    if (x > MARGIN && x + picture.width > PAGE_WIDTH) {
      [x, y, shelfHeight] = [MARGIN, y + shelfHeight + 44, 0];
    }
    const at = <T extends { x: number; y: number }>(thing: T): T => ({
      ...thing,
      x: thing.x + x,
      y: thing.y + y,
    });
    drawn.entries.push(...picture.entries.map(at));
    drawn.cards.push(...picture.cards.map(at));
    drawn.lines.push(...picture.lines.map(at));
    drawn.width = Math.max(drawn.width, x + picture.width + MARGIN);
    x += picture.width + 48;
    shelfHeight = Math.max(shelfHeight, picture.height);
  }
  drawn.height = y + shelfHeight + 2 * MARGIN;
  const alone = islands.filter((island) => !isConnected(island)).flatMap((island) => island.parts);
  addRow(
    drawn,
    'Connected to nothing that we know of',
    alone.map((part) => cardOf(part, cardWidth)),
  );
  const jobs = plan.parts.filter((part) => part.kind === 'job');
  addRow(
    drawn,
    'Jobs: they run and end',
    jobs.map((job) => cardOf(job, cardWidth, jobNote(job, plan.connections))),
  );
  return drawn;
}

/** Adds cards below what is there, in as many rows as they need, under a heading. */
function addRow(drawn: Overview, heading: string, cards: Card[]): void {
  if (cards.length === 0) return;
  const step = { x: cards[0]!.width + GAP, y: CARD_HEIGHT + GAP };
  const perRow = Math.floor((PAGE_WIDTH - 2 * MARGIN + GAP) / step.x);
  const y = drawn.height + 36;
  const ruleWidth = Math.min(cards.length, perRow) * step.x - GAP;
  drawn.captions.push({ text: heading, x: MARGIN, y, ruleWidth: Math.max(ruleWidth, 240) });
  cards.forEach((card, i) => {
    drawn.cards.push({
      ...card,
      x: MARGIN + (i % perRow) * step.x,
      y: y + 12 + Math.floor(i / perRow) * step.y,
    });
  });
  drawn.width = Math.max(drawn.width, ruleWidth + 2 * MARGIN + 9);
  drawn.height = y + 12 + Math.ceil(cards.length / perRow) * step.y - GAP + MARGIN + 9;
}

function jobNote(job: Part, connections: Connection[]): string {
  const calls = connections.filter(({ from }) => from === job.name).map(({ to }) => to);
  const callers = connections.filter(({ to }) => to === job.name).map(({ from }) => from);
  if (calls.length > 0) return `calls ${calls.join(', ')}`;
  return callers.length > 0 ? `before ${callers.join(', ')}` : '';
}

function cardStates({ weak, down }: Options): (part: string) => CardState {
  const states = new Map<string, CardState>();
  for (const part of down ? [] : (weak ?? [])) states.set(part, 'weak');
  for (const part of down?.degraded ?? []) states.set(part, 'degraded');
  for (const part of down?.stopped ?? []) states.set(part, 'stopped');
  for (const part of down?.parts ?? []) states.set(part, 'down');
  return (part) => states.get(part) ?? (down ? 'dimmed' : 'plain');
}

function entryState(name: string, down: Down | undefined): { state: EntryState; description: string } {
  if (!down) return { state: 'plain', description: `Entry: users ${name}` };
  if (down.entriesLost.includes(name)) return { state: 'lost', description: `Entry ${name}: lost` };
  if (down.entriesDegraded.includes(name))
    return { state: 'degraded', description: `Entry ${name}: goes on with less` };
  return { state: 'dimmed', description: `Entry ${name}: not affected` };
}

/** A line carries the failure when what it leads to is gone and what it comes from cannot do without. */
function lineState({ kind, to }: DrawnLine, down: Down | undefined, gone: Set<string>): LineState {
  if (!down) return 'plain';
  return kind !== 'soft' && gone.has(to) ? 'lost' : 'dimmed';
}

function descriptionOf(plan: Plan, { weak, down }: Options): string {
  const hard = plan.connections.filter(({ strength }) => strength === 'hard').length;
  const sentences = [
    `${plan.parts.length} parts, ${plan.connections.length} connections: ${hard} hard, ${plan.connections.length - hard} soft.`,
    'Callers stand above what they call.',
  ];
  if (plan.entries.length > 0) sentences.push(`Entries: ${plan.entries.map(({ name }) => name).join(', ')}.`);
  const weakNames = [...(weak ?? [])];
  if (!down && weakNames.length > 0) sentences.push(`Single points of failure: ${weakNames.join(', ')}.`);
  if (down) {
    sentences.push(`Stopped: ${down.stopped.join(', ') || 'no other part'}.`);
    sentences.push(`Degraded: ${down.degraded.join(', ') || 'none'}.`);
    sentences.push(`Entries lost: ${down.entriesLost.join(', ') || 'none'}.`);
  }
  return sentences.join(' ');
}
