import { PART_KINDS, type PartKind } from '../model.js';
import type { Diagram } from './diagram-layout.js';
import { shapeOf } from './diagram-shapes.js';

/** A line of the legend: what it looks like (`sample`, a word of the style sheet) and what it says. */
export type LegendItem = {
  sample: 'kind' | 'managed' | 'external' | 'copies' | 'weak' | 'hard' | 'soft' | 'guess' | 'entry';
  kind: PartKind;
  outline: string;
  detail: string;
  text: string;
};

/** Explains what occurs in a diagram, and nothing else. */
export function legendOf({ cards, lines, entries }: Diagram): LegendItem[] {
  const item = (sample: LegendItem['sample'], text: string, kind: PartKind = 'service'): LegendItem => ({
    sample,
    text,
    kind,
    ...shapeOf(kind, 28, 18),
  });
  const items = PART_KINDS.filter((kind) => cards.some((card) => card.kind === kind)).map((kind) => ({
    ...item('kind', kind.replace('-', ' '), kind),
    detail: '',
  }));
  if (cards.some((card) => card.runs === 'managed')) items.push(item('managed', 'run by a provider'));
  if (cards.some((card) => card.runs === 'external')) items.push(item('external', 'outside our reach'));
  if (cards.some((card) => card.behind.length > 0)) items.push(item('copies', 'several copies'));
  if (cards.some((card) => card.state === 'weak')) items.push(item('weak', 'single point of failure'));
  if (lines.some((line) => line.kind === 'hard')) items.push(item('hard', 'stops when the other stops'));
  if (lines.some((line) => line.kind === 'soft')) items.push(item('soft', 'goes on with less'));
  if (lines.some((line) => line.isGuessed)) items.push(item('guess', 'guessed from a file'));
  if (entries.length > 0) items.push(item('entry', 'what users do'));
  return items;
}
