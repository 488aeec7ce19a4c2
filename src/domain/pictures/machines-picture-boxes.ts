import type { Part, PartKind } from '../model.js';
import { fittedText } from './diagram-text.js';

const LABEL_SIZE = 10;
const LABEL_HEIGHT = 12;
const LEAST_HEIGHT = 3;
const LEAST_COMPACT_HEIGHT = 2;
const UNKNOWN_HEIGHT = 14;

/** How large things are drawn; one for all pictures that are to be compared. */
export type Measure = { pixelsPerMib: number; boxWidth: number; hasLabels: boolean };

export type Label = { text: string; x: number; y: number };

/** One replica of a part. `split`: path of the lines between its containers, from its corner; '' where it is one container. */
export type Box = {
  part: string;
  kind: PartKind;
  /** `agent`: one per machine. `provided`: run by the provider, no container of the team's. */
  look: 'container' | 'agent' | 'provided';
  x: number;
  y: number;
  width: number;
  height: number;
  label: Label | null;
  split: string;
  description: string;
  /** Set where the picture shows what stops. */
  isDown?: boolean;
};

/** A box at 0, 0: as tall as its memory, labelled if the name's letters fit in. */
export function boxOf(part: Part, measure: Measure, look: Box['look']): Box {
  const { pixelsPerMib, boxWidth: width, hasLabels } = measure;
  const unknown = hasLabels ? UNKNOWN_HEIGHT : UNKNOWN_HEIGHT / 2;
  // What a provider runs is few and has no machine to be measured against: each is tall enough for its name.
  const tall = look === 'provided' ? UNKNOWN_HEIGHT : LEAST_HEIGHT;
  const least = hasLabels ? tall : LEAST_COMPACT_HEIGHT;
  const height = part.memoryMib ? Math.max(least, round(part.memoryMib * pixelsPerMib)) : unknown;
  // Lines closer than two pixels would be one dark box.
  const containers = Math.min(part.containersPerReplica ?? 1, Math.floor(width / 2));
  return {
    part: part.name,
    kind: part.kind,
    look,
    x: 0,
    y: 0,
    width,
    height,
    label:
      hasLabels && height >= LABEL_HEIGHT
        ? { text: fittedText(part.name, LABEL_SIZE, width - 4), x: width / 2, y: height / 2 }
        : null,
    split: Array.from(
      { length: Math.max(0, containers - 1) },
      (_, i) => `M${round(((i + 1) * width) / containers)} 0v${height}`,
    ).join(''),
    description: `${part.name}: ${part.memoryMib ? `${part.memoryMib.toLocaleString('en-US')} MiB` : 'memory unknown'}`,
  };
}

/** The boxes one on the other, from the bottom up; `bottom` is where the first one stands. */
export function stacked(boxes: Box[], x: number, bottom: number): Box[] {
  let y = bottom;
  return boxes.map((box) => {
    y = round(y - box.height);
    return { ...box, x, y };
  });
}

/** The boxes side by side on shelves of at most `width`, standing on the shelf's floor; with the room they take. */
export function shelved(
  boxes: Box[],
  width: number,
  gap: number,
): { boxes: Box[]; width: number; height: number } {
  const placed: Box[] = [];
  let shelf: Box[] = [];
  let [x, y, used] = [0, 0, 0];
  const close = () => {
    const height = shelf.reduce((tallest, box) => Math.max(tallest, box.height), 0);
    for (const box of shelf) placed.push({ ...box, y: y + height - box.height });
    y += height + gap;
    x = 0;
    shelf = [];
  };
  for (const box of boxes) {
    if (shelf.length > 0 && x + box.width > width) close();
    shelf.push({ ...box, x });
    used = Math.max(used, x + box.width);
    x += box.width + gap;
  }
  close();
  return { boxes: placed, width: used, height: y - gap };
}

export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
