/** Where something stands in a text, 1-based. */
export type Place = { line: number; column: number };

export type JsonText =
  | {
      ok: true;
      value: unknown;
      /** Keys written twice in one object (the first 20 of them); as everywhere in JSON the last one wins. */
      duplicates: ({ key: string } & Place)[];
      /** The place of the value at a path, or of the nearest value above it that is written down. */
      placeOf: (path: readonly PropertyKey[]) => Place;
    }
  | ({ ok: false; message: string } & Place);

const MAX_DEPTH = 100;
const MAX_DUPLICATES = 20;
/** How JSON.parse too keeps a key that would otherwise set the prototype. */
const OWN = { enumerable: true, configurable: true, writable: true };
const SCALAR = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/**
 * Strict JSON (RFC 8259) that remembers where each value stands, so that a later complaint can name line and column.
 * JSON.parse keeps no positions (and before Node 22 often names none for its own errors); a YAML parser takes two seconds
 * for 2 MB and lets trailing commas and single quotes pass.
 */
export function readJson(text: string): JsonText {
  const places = new WeakMap<object, Map<PropertyKey, number> | number[]>();
  const duplicates: ({ key: string } & Place)[] = [];
  const placeAt = placesIn(text);
  let at = text.startsWith('\uFEFF') ? 1 : 0;

  try {
    skipBlank();
    const start = at;
    const value = readValue(1);
    skipBlank();
    if (at < text.length) throw new JsonFault('nothing may follow the closing bracket or value', at);
    return { ok: true, value, duplicates, placeOf: (path) => placeAt(offsetOf(value, path, start)) };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    return { ok: false, message: `not valid JSON: ${error.message}`, ...placeAt(error.offset) };
  }

  function offsetOf(root: unknown, path: readonly PropertyKey[], start: number): number {
    let offset = start;
    let value = root;
    for (const key of path) {
      const inside = typeof value === 'object' && value !== null ? places.get(value) : undefined;
      const next = Array.isArray(inside) ? inside[Number(key)] : inside?.get(key);
      if (next === undefined) break;
      offset = next;
      value = (value as Record<PropertyKey, unknown>)[key];
    }
    return offset;
  }

  function readValue(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new JsonFault(`nested more than ${MAX_DEPTH} levels deep`, at);
    const sign = text[at];
    if (sign === '{') return readObject(depth);
    if (sign === '[') return readArray(depth);
    if (sign === '"') return readString();
    SCALAR.lastIndex = at;
    const scalar = SCALAR.exec(text)?.[0];
    if (scalar === undefined) throw new JsonFault(`a value is expected here, not ${found()}`, at);
    at += scalar.length;
    return JSON.parse(scalar);
  }

  function readObject(depth: number): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    const inside = new Map<PropertyKey, number>();
    places.set(object, inside);
    at += 1;
    skipBlank();
    while (text[at] !== '}') {
      if (inside.size > 0) {
        expect(',', 'a comma or a closing } is expected here');
        skipBlank();
      }
      if (text[at] !== '"')
        throw new JsonFault(`a key in double quotes is expected here, not ${found()}`, at);
      const keyAt = at;
      const key = readString();
      if (inside.has(key) && duplicates.length < MAX_DUPLICATES) {
        duplicates.push({ key, ...placeAt(keyAt) });
      }
      skipBlank();
      expect(':', `a colon is expected after the key "${key}"`);
      skipBlank();
      inside.set(key, at);
      const value = readValue(depth + 1);
      if (key === '__proto__') Object.defineProperty(object, key, { value, ...OWN });
      else object[key] = value;
      skipBlank();
    }
    at += 1;
    return object;
  }

  function readArray(depth: number): unknown[] {
    const array: unknown[] = [];
    const inside: number[] = [];
    places.set(array, inside);
    at += 1;
    skipBlank();
    while (text[at] !== ']') {
      if (array.length > 0) {
        expect(',', 'a comma or a closing ] is expected here');
        skipBlank();
      }
      inside.push(at);
      array.push(readValue(depth + 1));
      skipBlank();
    }
    at += 1;
    return array;
  }

  function readString(): string {
    const start = at;
    at += 1;
    while (text[at] !== '"') {
      if (at >= text.length) throw new JsonFault('this string is never closed', start);
      if (text.charCodeAt(at) < 0x20)
        throw new JsonFault('a string cannot hold a line break or another control character; write \\n', at);
      at += text[at] === '\\' ? 2 : 1;
    }
    at += 1;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      throw new JsonFault(
        'this string has a backslash that means nothing; write \\\\ for a backslash',
        start,
      );
    }
  }

  function skipBlank(): void {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at += 1;
  }

  function expect(sign: string, message: string): void {
    if (text[at] !== sign) throw new JsonFault(`${message}, not ${found()}`, at);
    at += 1;
  }

  function found(): string {
    return at < text.length ? `"${String.fromCodePoint(text.codePointAt(at) ?? 0)}"` : 'the end of the text';
  }
}

class JsonFault extends Error {
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(message);
  }
}

/** Line starts are found once per text: a text with many complaints asks for many places. */
function placesIn(text: string): (offset: number) => Place {
  let lineStarts: number[] | undefined;
  return (offset) => {
    lineStarts ??= [0, ...Array.from(text.matchAll(/\n/g), (lineEnd) => lineEnd.index + 1)];
    let low = 0;
    let high = lineStarts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (lineStarts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - lineStarts[low]! + 1 };
  };
}
