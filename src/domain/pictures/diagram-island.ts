import type { Connection, Entry, Part, PartKind, Plan } from '../model.js';
import { CARD_HEIGHT, type Card, cardOf } from './diagram-cards.js';
import { columnsOf } from './diagram-columns.js';
import { type Layering, layersOf } from './diagram-layers.js';
import { type Line, lineOf } from './diagram-lines.js';
import { boldTextWidth } from './diagram-text.js';

const STORES: PartKind[] = ['database', 'cache', 'queue'];
const CARDS_PER_LAYER = 7;
const ENTRY_HEIGHT = 26;
const WIDEST = 1120;

/** Parts that hang together by connections and entries, and those connections and entries. */
export type Island = { parts: Part[]; entries: Entry[]; connections: Connection[] };

/** A line between two things by name; `from` is an entry's name where `kind` is entry. Its path is placed from x, y. */
export type DrawnLine = Line & {
  kind: 'hard' | 'soft' | 'entry';
  from: string;
  to: string;
  isGuessed: boolean;
  x: number;
  y: number;
};

/** An entry as it is drawn: a flag with a person on it. */
export type EntryFlag = { name: string; x: number; y: number; width: number; height: number };

export type IslandPicture = {
  width: number;
  height: number;
  entries: EntryFlag[];
  cards: Card[];
  lines: DrawnLine[];
};

/** The islands of a plan's running parts, in the order of the plan. Parts without any connection or entry are islands of one. */
export function islandsOf(plan: Plan, parts: Part[]): Island[] {
  const root = new Map<string, string>();
  const rootOf = (key: string): string => {
    let at = key;
    while (root.get(at) !== at) at = root.get(at)!;
    root.set(key, at);
    return at;
  };
  const join = (a: string, b: string) => {
    if (root.has(a) && root.has(b)) root.set(rootOf(b), rootOf(a));
  };
  const entryKey = (entry: Entry) => `entry ${entry.name}`;
  const partKey = (name: string) => `part ${name}`;
  for (const entry of plan.entries) root.set(entryKey(entry), entryKey(entry));
  for (const part of parts) root.set(partKey(part.name), partKey(part.name));
  for (const entry of plan.entries) for (const name of entry.parts) join(entryKey(entry), partKey(name));
  for (const { from, to } of plan.connections) join(partKey(from), partKey(to));

  const islands = new Map<string, Island>();
  const islandOf = (key: string): Island => {
    const island = islands.get(rootOf(key)) ?? { parts: [], entries: [], connections: [] };
    islands.set(rootOf(key), island);
    return island;
  };
  for (const entry of plan.entries) islandOf(entryKey(entry)).entries.push(entry);
  for (const part of parts) islandOf(partKey(part.name)).parts.push(part);
  for (const connection of plan.connections) {
    const { from, to } = connection;
    if (from === to || !root.has(partKey(from)) || !root.has(partKey(to))) continue;
    islandOf(partKey(from)).connections.push(connection);
  }
  return [...islands.values()].filter((island) => island.parts.length > 0);
}

/** Draws one island in layers, entries at the top, stores at the bottom. Its top left corner is 0, 0. */
export function islandPicture(island: Island, cardWidth: number): IslandPicture {
  const { entries, parts } = island;
  const links = linksOf(island);
  const isEntry = (node: number) => node < entries.length;
  const layering = layersOf(
    {
      count: entries.length + parts.length,
      links,
      isTop: [...entries.map(() => true), ...parts.map(() => false)],
      isStore: [...entries.map(() => false), ...parts.map((part) => STORES.includes(part.kind))],
    },
    CARDS_PER_LAYER,
  );
  const entryWidths = entries.map((entry) => Math.ceil(boldTextWidth(entry.name, 11)) + 46);
  const sizes = layering.stops.map(({ node }) => {
    if (node === null) return { width: 0, height: 0 };
    return isEntry(node)
      ? { width: entryWidths[node]!, height: ENTRY_HEIGHT }
      : { width: cardWidth, height: CARD_HEIGHT };
  });
  const isBend = (stop: number) => layering.stops[stop]!.node === null;
  const centres = columnsOf(
    layering,
    (stop) => sizes[stop]!.width,
    (left, right) => (isBend(left) && isBend(right) ? 10 : isBend(left) || isBend(right) ? 16 : 24),
    WIDEST,
  );
  const rows = rowsOf(layering, centres, (stop) => sizes[stop]!.height);
  const places = layering.stops.map(({ layer }, stop) => ({ x: centres[stop]!, ...rows[layer]! }));
  const corner = (stop: number) => ({ x: centres[stop]! - sizes[stop]!.width / 2, y: places[stop]!.top });
  return {
    width: Math.max(...centres.map((x, stop) => x + sizes[stop]!.width / 2)),
    height: rows.at(-1)!.bottom,
    entries: entries.map((entry, i) => ({ name: entry.name, ...corner(i), ...sizes[i]! })),
    cards: parts.map((part, i) => ({
      ...cardOf(part, cardWidth),
      ...corner(entries.length + i),
    })),
    lines: layering.routes.map((route, i) => {
      const { kind, isGuessed, fromName, toName } = links[i]!;
      const line = lineOf(route, places, cardWidth * 0.3);
      return { ...line, kind, isGuessed, from: fromName, to: toName, x: 0, y: 0 };
    }),
  };
}

function linksOf({ entries, parts, connections }: Island) {
  const number = new Map(parts.map((part, i) => [part.name, entries.length + i]));
  const calls = entries.flatMap((entry, i) =>
    [...new Set(entry.parts)].flatMap((name) => {
      const to = number.get(name);
      if (to === undefined) return [];
      return {
        from: i,
        to,
        bundle: 'entry',
        kind: 'entry' as const,
        isGuessed: false,
        fromName: entry.name,
        toName: name,
      };
    }),
  );
  return [
    ...calls,
    ...connections.map(({ from, to, strength, origin }) => ({
      from: number.get(from)!,
      to: number.get(to)!,
      bundle: strength,
      kind: strength,
      isGuessed: origin === 'guessed',
      fromName: from,
      toName: to,
    })),
  ];
}

/** Tops and bottoms of the layers: the further a line has to travel sideways between two of them, the more air it gets. */
function rowsOf(layering: Layering, centres: number[], heightOf: (stop: number) => number) {
  const air = layering.layers.map(() => 38);
  for (const { upper, lower } of layering.segments) {
    const { layer } = layering.stops[upper]!;
    const sideways = Math.abs(centres[upper]! - centres[lower]!);
    air[layer] = Math.max(air[layer]!, Math.round(Math.min(66, 38 + sideways * 0.05)));
  }
  let top = 0;
  return layering.layers.map((layer, i) => {
    const row = { top, bottom: top + Math.max(8, ...layer.map(heightOf)) };
    top = row.bottom + air[i]!;
    return row;
  });
}
