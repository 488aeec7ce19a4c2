import type { Part, PartKind, Runs } from '../model.js';
import { shapeOf } from './diagram-shapes.js';
import { boldTextWidth, fittedText, nameLines, textWidth } from './diagram-text.js';

export const CARD_HEIGHT = 54;
export const SMALL_CARD_HEIGHT = 36;
const NAME_SIZE = 12;
const NOTE_SIZE = 9.5;
const FLAG_SIZE = 9;
const CARDS_IN_A_STACK = 4;
const STACK_STEP = 3;

export type Text = { text: string; x: number; y: number };

/** What is to be said of a part beyond what it is. */
export type CardState = 'plain' | 'weak' | 'down' | 'stopped' | 'degraded' | 'dimmed';

/** One part as it is drawn. Everything inside is placed from the card's own top left corner, which stands at x, y. */
export type Card = {
  /** The part to link to; null where the card stands for many. */
  part: string | null;
  kind: PartKind;
  runs: Runs;
  state: CardState;
  x: number;
  y: number;
  width: number;
  height: number;
  outline: string;
  detail: string;
  /** Corners of the replicas behind the first one, hindmost first. */
  behind: { x: number; y: number }[];
  kindWord: Text | null;
  name: Text[];
  note: Text | null;
  /** The state in a word, so that it is not told by colour alone. */
  flag: (Text & { left: number; top: number; width: number; height: number }) | null;
  /** The whole of it in words, for the tooltip and the screen reader. */
  description: string;
};

const FLAG_WORDS: Record<CardState, string> = {
  plain: '',
  weak: 'single point',
  down: 'down',
  stopped: 'stopped',
  degraded: 'degraded',
  dimmed: '',
};

const STATE_SENTENCES: Record<CardState, string> = {
  plain: '',
  weak: 'single point of failure',
  down: 'taken as down',
  stopped: 'stops with it',
  degraded: 'goes on with less',
  dimmed: '',
};

const WHERE_SENTENCES: Record<Runs, string> = {
  machine: 'on our machines',
  managed: 'run by a provider',
  external: 'outside our reach',
};

/** The width that all cards of a picture share: what the longest name needs on two lines, within bounds. */
export function cardWidthFor(parts: Part[]): number {
  let widest = 0;
  for (const { name } of parts) {
    for (const line of nameLines(name, NAME_SIZE, 120)) widest = Math.max(widest, textWidth(line, NAME_SIZE));
  }
  return Math.min(136, Math.max(112, Math.ceil(widest) + 16));
}

/** A part's card at 0, 0, its state not yet told. `note` replaces the line about its replicas. */
export function cardOf(part: Part, width: number, note = noteOf(part)): Card {
  const names = nameLines(part.name, NAME_SIZE, width - 16);
  const hasLid = part.kind === 'web' || part.kind === 'database';
  const lines = names.length + (note === '' ? 0 : 1);
  const kindY = hasLid ? 10.5 : [24, 24, 18, 13][lines]!;
  const nameY = hasLid ? [36, 36, 30, 25][lines]! : kindY + 14;
  const copies = part.perMachine ? 3 : Math.min(Math.max(part.replicas, 1), CARDS_IN_A_STACK);
  return {
    ...emptyCard(part, width, CARD_HEIGHT),
    behind: Array.from({ length: copies - 1 }, (_, i) => {
      const step = (copies - 1 - i) * STACK_STEP;
      return { x: step, y: step };
    }),
    kindWord: { text: part.kind.replace('-', ' '), x: width / 2, y: kindY },
    name: names.map((text, i) => ({ text, x: width / 2, y: nameY + i * 12 })),
    note: noteAt(note, width, nameY + names.length * 12),
  };
}

/** A card for pictures of very many parts: name and one line, the kind told by its shape and colour and by the heading above. */
export function smallCardOf(part: Part, width: number, note: string): Card {
  const name = { text: fittedText(part.name, NAME_SIZE, width - 16), x: width / 2, y: 17 };
  return {
    ...emptyCard(part, width, SMALL_CARD_HEIGHT),
    detail: '',
    name: [name],
    note: noteAt(note, width, 29),
  };
}

/** The same card with its state, told by a flag and in its description. */
export function inState(card: Card, state: CardState): Card {
  const sentence = STATE_SENTENCES[state];
  return {
    ...card,
    state,
    flag: flagOf(FLAG_WORDS[state], card.width, card.height),
    description: sentence === '' ? card.description : `${card.description}, ${sentence}`,
  };
}

function emptyCard(part: Part, width: number, height: number): Card {
  return {
    part: part.name,
    kind: part.kind,
    runs: part.runs,
    state: 'plain',
    x: 0,
    y: 0,
    width,
    height,
    ...shapeOf(part.kind, width, height),
    behind: [],
    kindWord: null,
    name: [],
    note: null,
    flag: null,
    description: descriptionOf(part),
  };
}

function noteOf(part: Part): string {
  if (part.perMachine) return 'one per machine';
  if (part.replicas === 0) return 'switched off';
  const copies = part.replicas === 1 ? '' : `×${part.replicas}`;
  const needed = part.replicas > 1 && part.needed > 1 ? `${part.needed} needed` : '';
  const where = part.runs === 'machine' || part.kind === part.runs ? '' : part.runs;
  return [copies, needed, where].filter((word) => word !== '').join(' · ');
}

function noteAt(note: string, width: number, y: number): Text | null {
  return note === '' ? null : { text: fittedText(note, NOTE_SIZE, width - 12), x: width / 2, y };
}

function flagOf(word: string, cardWidth: number, cardHeight: number): Card['flag'] {
  if (word === '') return null;
  const width = Math.ceil(boldTextWidth(word, FLAG_SIZE)) + 12;
  const left = cardWidth - width + 6;
  return { text: word, x: left + width / 2, y: cardHeight + 5, left, top: cardHeight - 5, width, height: 14 };
}

function descriptionOf(part: Part): string {
  const copies = part.perMachine
    ? 'one on every machine'
    : part.replicas === 1
      ? 'one copy'
      : `${part.replicas} copies, ${part.needed} needed`;
  const words = [part.kind.replace('-', ' '), part.technology ?? '', copies, WHERE_SENTENCES[part.runs]];
  return `${part.name}: ${words.filter((word) => word !== '').join(', ')}`;
}
