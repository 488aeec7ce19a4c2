import type { Part, PartKind } from '../model.js';
import { fittedText, nameLines } from './diagram-text.js';

export const NAME_SIZE = 10;
const NAME_HEIGHT = 12;
const LINE_HEIGHT = 11;
const NAME_ABOVE = 13;
const LEAST_HEIGHT = 3;
const LEAST_COMPACT_HEIGHT = 2;
const UNKNOWN_HEIGHT = 14;
/** A part of unknown memory is never drawn higher than one of this size. */
const UNKNOWN_MIB = 512;

/** How large things are drawn; one for all pictures that are to be compared. */
export type Measure = { pixelsPerMib: number; boxWidth: number; hasLabels: boolean };

export type Label = { text: string; x: number; y: number };

/** What a box is drawn as. */
export type BoxLook = {
  kind: PartKind;
  /** `agent`: one per machine. `provided`: run by the provider, no container of the team's. */
  look: 'container' | 'agent' | 'provided';
  /** True where nobody knows how much memory it takes: its height says nothing. */
  isUnsized: boolean;
  /** Set where the picture shows what stops. */
  isDown?: boolean;
};

/** One replica of a part. `split`: path of the lines between its containers, from its corner; '' where it is one container. */
export type Box = BoxLook & {
  part: string;
  x: number;
  y: number;
  width: number;
  height: number;
  /** On one line or two, from the box's corner; none where there is no room for a line. */
  name: Label[];
  split: string;
  description: string;
};

/** A box at 0, 0: as tall as its memory, its name in it if the letters fit in. */
export function boxOf(part: Part, measure: Measure, look: Box['look']): Box {
  const { pixelsPerMib, boxWidth: width, hasLabels } = measure;
  const least = hasLabels ? LEAST_HEIGHT : LEAST_COMPACT_HEIGHT;
  const unknown = Math.min(hasLabels ? UNKNOWN_HEIGHT : UNKNOWN_HEIGHT / 2, UNKNOWN_MIB * pixelsPerMib);
  const height = Math.max(least, round(part.memoryMib ? part.memoryMib * pixelsPerMib : unknown));
  // Lines closer than two pixels would be one dark box.
  const containers = Math.min(part.containersPerReplica ?? 1, Math.floor(width / 2));
  return {
    part: part.name,
    kind: part.kind,
    look,
    isUnsized: !part.memoryMib && look !== 'provided',
    x: 0,
    y: 0,
    width,
    height,
    name: hasLabels ? nameIn(part.name, width, height) : [],
    split: Array.from(
      { length: Math.max(0, containers - 1) },
      (_, i) => `M${round(((i + 1) * width) / containers)} 0v${height}`,
    ).join(''),
    description: `${part.name}: ${part.memoryMib ? `${part.memoryMib.toLocaleString('en-US')} MiB` : 'memory unknown'}`,
  };
}

function nameIn(name: string, width: number, height: number): Label[] {
  const room = width - 4;
  if (height < NAME_HEIGHT) return [];
  const lines =
    height < 2 * NAME_HEIGHT ? [fittedText(name, NAME_SIZE, room)] : nameLines(name, NAME_SIZE, room);
  const top = (height - (lines.length - 1) * LINE_HEIGHT) / 2;
  return lines.map((text, i) => ({ text, x: width / 2, y: round(top + i * LINE_HEIGHT) }));
}

/** The boxes one on the other, from the bottom up; `bottom` is where the first one stands. */
export function stacked(boxes: Box[], x: number, bottom: number): Box[] {
  let y = bottom;
  return boxes.map((box) => {
    y = round(y - box.height);
    return { ...box, x, y };
  });
}

/** The same box with its name standing on it, where there was no room in it. */
export function namedAbove(box: Box): Box {
  if (box.name.length > 0) return box;
  const text = fittedText(box.part, NAME_SIZE, box.width);
  return { ...box, name: [{ text, x: box.width / 2, y: -NAME_ABOVE / 2 - 1 }] };
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
    const height = shelf.reduce((tallest, box) => Math.max(tallest, heightWithName(box)), 0);
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

function heightWithName({ height, name }: Box): number {
  return height + (name.some(({ y }) => y < 0) ? NAME_ABOVE : 0);
}

export function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}
