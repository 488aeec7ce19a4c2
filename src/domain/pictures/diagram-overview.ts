import { type Connection, PART_KINDS, type Part, type PartKind, type Plan } from '../model.js';
import { type Card, cardWidthFor, SMALL_CARD_HEIGHT, smallCardOf } from './diagram-cards.js';
import { type EntryFlag, islandPicture, islandsOf } from './diagram-island.js';

/** Drawn instead of every part and line, where those are too many: as `Diagram`, without what is said of states. */
export type Overview = {
  width: number;
  height: number;
  entries: EntryFlag[];
  cards: Card[];
  lines: ReturnType<typeof islandPicture>['lines'];
  captions: { text: string; x: number; y: number; ruleWidth: number }[];
};

const MARGIN = 10;
const GAP = 10;

/** Every part as a small card under the heading of its kind, with the number of its connections instead of their lines. */
export function listOverview(plan: Plan, pageWidth: number): Overview {
  const calls = counted(plan.connections.map((connection) => connection.from));
  const callers = counted(plan.connections.map((connection) => connection.to));
  const width = cardWidthFor(plan.parts);
  const perRow = Math.floor((pageWidth - 2 * MARGIN + GAP) / (width + GAP));
  const ruleWidth = perRow * (width + GAP) - GAP;
  const overview: Overview = {
    width: ruleWidth + 2 * MARGIN,
    height: 0,
    entries: [],
    cards: [],
    lines: [],
    captions: [],
  };
  let y = 22;
  const caption = (text: string) => overview.captions.push({ text, x: MARGIN, y, ruleWidth });
  const entries =
    plan.entries.length > 0
      ? ` and ${numbered(plan.entries.length)} ${plan.entries.length === 1 ? 'entry' : 'entries'}`
      : '';
  caption(
    `${numbered(plan.connections.length)} connections${entries} not drawn: so many lines would hide the parts. In: called by so many others. Out: calls so many.`,
  );
  for (const kind of PART_KINDS) {
    const parts = plan.parts.filter((part) => part.kind === kind);
    if (parts.length === 0) continue;
    y += 34;
    caption(`${kind.replace('-', ' ')}: ${numbered(parts.length)}`);
    y += 12;
    parts.forEach((part, i) => {
      const note = [
        part.replicas > 1 ? `×${part.replicas}` : '',
        callers.has(part.name) ? `in ${callers.get(part.name)}` : '',
        calls.has(part.name) ? `out ${calls.get(part.name)}` : '',
      ];
      overview.cards.push({
        ...smallCardOf(part, width, note.filter((word) => word !== '').join(' · ')),
        x: MARGIN + (i % perRow) * (width + GAP),
        y: y + Math.floor(i / perRow) * (SMALL_CARD_HEIGHT + GAP),
      });
    });
    y += Math.ceil(parts.length / perRow) * (SMALL_CARD_HEIGHT + GAP) - GAP;
  }
  return { ...overview, height: y + MARGIN };
}

/** One card per kind, and one line where parts of one kind call parts of another. */
export function kindsOverview(plan: Plan): Overview {
  const kindOf = new Map(plan.parts.map((part) => [part.name, part.kind]));
  const strengths = new Map<string, Connection>();
  for (const { from, to, strength } of plan.connections) {
    const [caller, called] = [kindOf.get(from), kindOf.get(to)];
    if (!caller || !called || caller === called) continue;
    const key = `${caller} ${called}`;
    if (strength === 'hard' || !strengths.has(key))
      strengths.set(key, { from: caller, to: called, strength });
  }
  const connections = [...strengths.values()];
  const parts = PART_KINDS.flatMap((kind) => kindPart(kind, plan.parts) ?? []);
  const [x, y] = [MARGIN, 44];
  const overview: Overview = { width: 0, height: 0, entries: [], cards: [], lines: [], captions: [] };
  let left = x;
  for (const island of islandsOf({ ...plan, parts, connections, entries: [] }, parts)) {
    const picture = islandPicture(island, cardWidthFor(parts));
    for (const card of picture.cards) overview.cards.push(kindCard(card, plan.parts, left, y));
    for (const line of picture.lines) overview.lines.push({ ...line, x: left, y });
    left += picture.width + 24;
    overview.height = Math.max(overview.height, y + picture.height + MARGIN + 9);
  }
  overview.width = Math.max(left, 480);
  const text = `Too many to draw one by one: ${numbered(plan.parts.length)} parts by kind, ${numbered(plan.connections.length)} connections as ${connections.length} lines.`;
  overview.captions.push({ text, x, y: 22, ruleWidth: overview.width - 2 * MARGIN });
  return overview;
}

function kindPart(kind: PartKind, all: Part[]): Part | null {
  const first = all.find((part) => part.kind === kind);
  return first ? { ...first, name: kind, replicas: 4, needed: 0, runs: 'machine', perMachine: false } : null;
}

function kindCard(card: Card, all: Part[], dx: number, dy: number): Card {
  const parts = all.filter((part) => part.kind === card.kind);
  const copies = parts.reduce((sum, part) => sum + part.replicas, 0);
  const [name, note] = [`${numbered(parts.length)} parts`, `${numbered(copies)} copies`];
  return {
    ...card,
    part: null,
    x: card.x + dx,
    y: card.y + dy,
    name: card.name.map((line) => ({ ...line, text: name })),
    note: card.note && { ...card.note, text: note },
    description: `${card.kind.replace('-', ' ')}: ${name}, ${note}`,
  };
}

function counted(names: string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

function numbered(count: number): string {
  return count.toLocaleString('en-US');
}
