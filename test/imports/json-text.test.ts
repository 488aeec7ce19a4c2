import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readJson } from '../../src/imports/reading/json-text.js';

test('valid JSON reads as JSON.parse reads it', () => {
  fc.assert(
    fc.property(fc.json({ depthSize: 'medium' }), fc.constantFrom(0, 2, '\t'), (json, indent) => {
      const text = JSON.stringify(JSON.parse(json), null, indent);
      const read = readJson(text);
      expect(read.ok).toBe(true);
      if (read.ok) expect(JSON.stringify(read.value)).toBe(JSON.stringify(JSON.parse(text)));
    }),
  );
});

test('any text is refused exactly when JSON.parse refuses it', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '"a"',
    '\\',
    '1',
    '-',
    '01',
    '1e5',
    'null',
    'tru',
    ' ',
    '\n',
    "'",
    '\u0000',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces).map((list) => list.join('')),
  );
  fc.assert(
    fc.property(text, (candidate) => {
      let isJson = true;
      try {
        JSON.parse(candidate);
      } catch {
        isJson = false;
      }
      expect(readJson(candidate).ok).toBe(isJson);
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['{"a": 1,}', 1, 9, 'a key in double quotes'],
  ['{\n  "a": 1\n  "b": 2\n}', 3, 3, 'a comma or a closing }'],
  ['{\n  "a" 1}', 2, 7, 'a colon is expected after the key "a"'],
  ["{'a': 1}", 1, 2, 'a key in double quotes'],
  ['[1, 2', 1, 6, 'not the end of the text'],
  ['{"a": NaN}', 1, 7, 'a value is expected here, not "N"'],
  ['{"a": "x\ny"}', 1, 9, 'line break'],
  ['"never', 1, 1, 'never closed'],
  ['"\\q"', 1, 1, 'backslash'],
  ['{}\n{}', 2, 1, 'nothing may follow'],
  ['', 1, 1, 'the end of the text'],
  ['['.repeat(1_000_000), 1, 101, '100 levels'],
])('%j is told with line and column', (text, line, column, words) => {
  const read = readJson(text);
  expect(read).toMatchObject({ ok: false, line, column });
  if (!read.ok) expect(read.message).toContain(words);
});

test('every value is found again by its path, and what is missing by what should hold it', () => {
  const read = readJson('{\n  "parts": [\n    { "name": "web" },\n    { "name": "db" }\n  ]\n}');
  if (!read.ok) throw new Error(read.message);
  expect(read.placeOf(['parts', 1, 'name'])).toEqual({ line: 4, column: 15 });
  expect(read.placeOf(['parts', 1, 'kind'])).toEqual({ line: 4, column: 5 });
  expect(read.placeOf([])).toEqual({ line: 1, column: 1 });
});

test('of a key written twice the last counts, and both the key and its place are told', () => {
  const read = readJson('{"stack": "a",\n "stack": "b"}');
  if (!read.ok) throw new Error(read.message);
  expect((read.value as { stack: string }).stack).toBe('b');
  expect(read.duplicates).toEqual([{ key: 'stack', line: 2, column: 2 }]);
});

test('__proto__ is a key like any other', () => {
  const read = readJson('{"__proto__": {"polluted": true}}');
  if (!read.ok) throw new Error(read.message);
  expect(Object.keys(read.value as object)).toEqual(['__proto__']);
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
});
