import { PART_KINDS, type Part } from '../model.js';
import { nameLines, textWidth } from './diagram-text.js';
import { type Box, type BoxLook, type Label, NAME_SIZE } from './machines-picture-boxes.js';

const LINE = 12;
const INDENT = 12;
/** Lines that one kind of part takes in the key of a picture; what comes after is counted. */
const MOST_LINES = 6;

/** A line of a key, or a few: a box's sample with its corner at x, y, and the names of what is drawn so. */
export type KeyLine = BoxLook & { x: number; y: number; parts: string[]; words: Label[] };

export type Key = { lines: KeyLine[]; height: number };

/** Names the boxes of a machine that have no room for their own, or for the whole of it, in their order from the top, each part once. */
export function machineKey(boxes: Box[], x: number, y: number, width: number): Key {
  const counts = new Map<string, { box: Box; count: number }>();
  for (const box of boxes.toReversed()) {
    if (box.name.length > 0 && !isCut(box.name.at(-1)!.text)) continue;
    const known = counts.get(box.part);
    if (known) known.count++;
    else counts.set(box.part, { box, count: 1 });
  }
  const entries = [...counts.values()].flatMap(({ box, count }) => {
    const lines = nameLines(`${count > 1 ? `${count} × ` : ''}${box.part}`, NAME_SIZE, width - INDENT);
    const saysNoMore = box.name.length > 0 && isCut(lines.at(-1)!);
    return saysNoMore ? [] : { box, parts: [box.part], lines };
  });
  return keyOf(entries, x, y);
}

function isCut(text: string): boolean {
  return text.endsWith('…');
}

/** Names everything in a picture whose boxes have no names at all: the parts of each kind, with their copies. */
export function pictureKey(boxes: Box[], parts: Part[], x: number, y: number, width: number): Key {
  const looks = new Map<string, { box: Box; parts: Set<string> }>();
  for (const box of boxes) {
    const look = `${box.kind} ${box.look}`;
    const known = looks.get(look);
    if (known) known.parts.add(box.part);
    else looks.set(look, { box, parts: new Set([box.part]) });
  }
  const copies = new Map(parts.map((part) => [part.name, part.perMachine ? 1 : part.replicas]));
  const written = (name: string) => {
    const count = copies.get(name) ?? 1;
    return count > 1 ? `${count.toLocaleString('en-US')} × ${name}` : name;
  };
  const sorted = [...looks.values()].sort(
    (a, b) => PART_KINDS.indexOf(a.box.kind) - PART_KINDS.indexOf(b.box.kind),
  );
  return keyOf(
    sorted.map(({ box, parts }) => ({
      box: { ...box, isUnsized: false },
      parts: [...parts],
      lines: listLines([...parts].map(written), width - INDENT),
    })),
    x,
    y,
  );
}

function keyOf(entries: { box: BoxLook; parts: string[]; lines: string[] }[], x: number, top: number): Key {
  let y = top;
  const lines = entries.map(({ box: { kind, look, isUnsized }, parts, lines }): KeyLine => {
    const words = lines.map((text, i) => ({ text, x: x + INDENT, y: y + 8 + i * LINE }));
    const line = { kind, look, isUnsized, parts, x, y, words };
    y += lines.length * LINE;
    return line;
  });
  return { lines, height: y - top };
}

/** Names with commas between them, on lines of at most `width` pixels. */
function listLines(names: string[], width: number): string[] {
  const lines = [''];
  for (const [i, name] of names.entries()) {
    const word = `${name}${i < names.length - 1 ? ',' : ''}`;
    const longer = lines.at(-1) === '' ? word : `${lines.at(-1)} ${word}`;
    if (textWidth(longer, NAME_SIZE) <= width) {
      lines[lines.length - 1] = longer;
      continue;
    }
    if (lines.length >= MOST_LINES)
      return [...lines, `and ${(names.length - i).toLocaleString('en-US')} more`];
    const next = nameLines(word, NAME_SIZE, width);
    if (lines.at(-1) === '') lines.pop();
    lines.push(...next);
  }
  return lines;
}
