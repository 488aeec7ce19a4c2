import { isAlias, isMap, isScalar, isSeq, type LineCounter, type Scalar, type YAMLMap } from 'yaml';
import type { Note } from '../model.js';
import { type Budget, spend as spendOf } from './budget.js';
import { type Place, placeOf, setPlace } from './places.js';
import { MAX_DEPTH, TOO_DEEP, YamlError } from './yaml-faults.js';

/** Values a file may have once its aliases are written out. Real files stay near what is written; bombs double with each line. */
const MAX_EXPANDED_VALUES = 500_000;
const MAX_WARNINGS = 20;

/**
 * What is known while one file is read. `offset`: where the text now read begins in the file.
 */
export type Reading = {
  file: string;
  here: { file: string };
  lines: LineCounter;
  offset: number;
  pieces: number;
  expanded: number;
  /** What the files of the whole import came to so far, this one among them. */
  room: Room;
  warnings: Note[];
};

/** Counted over all files of an import. `letters`: those of what aliases repeat; `again`: the pieces that may still be read a second time. */
export type Room = { pieces: Budget; expanded: Budget; letters: Budget; documents: Budget; again: number };

/** `size` and `letters` are those of the value when it is written out, its keys among them. */
type Sized = { value: unknown; size: number; letters: number; depth: number };
type Walk = { reading: Reading; anchors: Map<string, Sized | 'open'> };

/**
 * A composed document as plain values: mappings as objects without a prototype (so that a key `__proto__` is a key like any
 * other), lists, and scalars, with a place for each; merge keys merged. Throws a YamlError.
 *
 * The library's own conversion looks every alias up from the top, and bounds how often one is used, not what it expands to.
 * This one walks once, shares what an alias names, and knows how large each value is when written out.
 */
export function valuesOf(contents: unknown, reading: Reading): unknown {
  return sizedValue(contents, 0, { reading, anchors: new Map() }).value;
}

function sizedValue(node: unknown, depth: number, walk: Walk): Sized {
  const where = offsetOf(node, walk);
  if (depth > MAX_DEPTH) throw new YamlError(TOO_DEEP, where);
  if (isAlias(node)) {
    const target = anchored(node.source, where, walk);
    spend(target.size, where, walk);
    spendOf(walk.reading.room.letters, target.letters, walk.reading.here);
    if (depth + target.depth > MAX_DEPTH) throw new YamlError(TOO_DEEP, where);
    return target;
  }
  spend(1, where, walk);
  if (!isScalar(node) && !isMap(node) && !isSeq(node)) return { value: null, size: 1, letters: 0, depth: 0 };
  if (node.anchor) walk.anchors.set(node.anchor, 'open');
  const sized = isScalar(node)
    ? { value: node.value, size: 1, letters: lengthOf(node.value), depth: 0 }
    : isMap(node)
      ? mapping(node, depth, walk)
      : list(node.items, depth, walk);
  if (node.anchor) walk.anchors.set(node.anchor, sized);
  return sized;
}

function anchored(name: string, where: number, walk: Walk): Sized {
  const target = walk.anchors.get(name);
  if (target === undefined) throw new YamlError(`*${name} names an anchor that is not set above it.`, where);
  if (target === 'open')
    throw new YamlError(`*${name} stands inside &${name}: a value cannot contain itself.`, where);
  return target;
}

function list(items: unknown[], depth: number, walk: Walk): Sized {
  const value: unknown[] = [];
  const sized = { value, size: 1, letters: 0, depth: 0 };
  for (const item of items) {
    const child = sizedValue(item, depth + 1, walk);
    grow(sized, child);
    setPlace(value, value.length, placeOfNode(item, item, walk));
    value.push(child.value);
  }
  return sized;
}

function mapping(node: YAMLMap, depth: number, walk: Walk): Sized {
  const value: Record<string, unknown> = Object.create(null);
  const sized = { value, size: 1, letters: 0, depth: 0 };
  const merges: { source: unknown; where: number }[] = [];
  for (const pair of node.items) {
    const key = keyOf(pair.key, walk);
    const child = sizedValue(pair.value, depth + 1, walk);
    grow(sized, child);
    sized.letters += key.length;
    if (key === '<<' && isScalar(pair.key) && pair.key.type === 'PLAIN') {
      merges.push({ source: child.value, where: offsetOf(pair.key, walk) });
      continue;
    }
    const place = placeOfNode(pair.key, pair.value, walk);
    if (key in value) warnOfSecond(key, placeOf(value, key), place, walk.reading);
    value[key] = child.value;
    setPlace(value, key, place);
  }
  for (const { source, where } of merges) merge(value, source, where, walk);
  return sized;
}

/** `<<: *a` and `<<: [*a, *b]`: keys that are there stay, an earlier source wins over a later one (yaml.org/type/merge.html). */
function merge(value: Record<string, unknown>, source: unknown, where: number, walk: Walk): void {
  if (source === null) return;
  for (const from of Array.isArray(source) ? source : [source]) {
    if (typeof from !== 'object' || from === null || Array.isArray(from))
      throw new YamlError('<< takes a mapping (an alias such as *common) or a list of mappings.', where);
    spend(Object.keys(from).length, where, walk);
    for (const [key, inherited] of Object.entries(from)) {
      if (key in value) continue;
      value[key] = inherited;
      setPlace(value, key, placeOf(from, key));
    }
  }
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' ? value.length : 0;
}

function grow(sized: Sized, child: Sized): void {
  sized.size += child.size;
  sized.letters += child.letters;
  sized.depth = Math.max(sized.depth, child.depth + 1);
}

function spend(size: number, where: number, { reading }: Walk): void {
  reading.expanded += size;
  spendOf(reading.room.expanded, size, reading.here);
  if (reading.expanded > MAX_EXPANDED_VALUES)
    throw new YamlError(
      `The aliases (*name) of this file expand to more than ${MAX_EXPANDED_VALUES} values.`,
      where,
    );
}

function keyOf(key: unknown, walk: Walk): string {
  const where = offsetOf(key, walk);
  if (isScalar(key)) return keyText(key);
  const target = isAlias(key) ? anchored(key.source, where, walk).value : {};
  if (typeof target === 'object')
    throw new YamlError('A key must be a word, not a list or a mapping.', where);
  return String(target);
}

/** As written, so that the keys 080 and 1.10 stay what they are. */
function keyText(key: Scalar): string {
  return key.source ?? String(key.value ?? '');
}

function warnOfSecond(key: string, first: Place | undefined, second: Place, { warnings }: Reading): void {
  if (warnings.length > MAX_WARNINGS) return;
  const message =
    warnings.length === MAX_WARNINGS
      ? 'More keys stand twice in this file than are told here.'
      : `"${key}" stands twice (first in line ${first?.line}); the last one was taken.`;
  warnings.push({ kind: 'warning', message, file: second.file, line: second.line });
}

function placeOfNode(at: unknown, value: unknown, walk: Walk): Place {
  const { line, col } = walk.reading.lines.linePos(offsetOf(at, walk));
  const tag = isScalar(value) || isMap(value) || isSeq(value) ? value.tag : undefined;
  const place: Place = { file: walk.reading.file, line, column: col };
  if (tag?.startsWith('!')) place.tag = tag;
  return place;
}

function offsetOf(node: unknown, { reading }: Walk): number {
  return (
    reading.offset +
    (isScalar(node) || isAlias(node) || isMap(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0)
  );
}
