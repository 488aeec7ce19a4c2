import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { placeOf } from '../../src/imports/reading/places.js';
import { lineOf, yamlDocuments } from '../../src/imports/reading/yaml-documents.js';
import { NO_EXPLOSION_MS, processorMilliseconds } from '../support/processor-time.js';

const read = (text: string) => yamlDocuments({ name: 'a.yaml', text });
const values = (text: string) => {
  const { documents, faults } = read(text);
  expect(faults).toEqual([]);
  return JSON.parse(JSON.stringify(documents.map(({ value }) => value)));
};
const fault = (text: string) => {
  const { documents, faults } = read(text);
  expect(documents).toEqual([]);
  return faults[0]!;
};

describe('documents', () => {
  test('of one file come in order, empty ones dropped, with their lines', () => {
    const { documents } = read('---\n# nothing\n---\na: 1\n---\n\n---\nb: 2\n...\n---\n');
    expect(documents.map(({ value, line }) => [{ ...(value as object) }, line])).toEqual([
      [{ a: 1 }, 4],
      [{ b: 2 }, 8],
    ]);
  });

  test('merge keys are merged: written keys win, then the earlier source', () => {
    const text = 'x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz:\n  <<: [*x, *y]\n  a: 3\nq: {"<<": 1}\n';
    expect(values(text)[0]).toMatchObject({ z: { a: 3, b: 1, c: 2 }, q: { '<<': 1 } });
  });

  test('words of YAML 1.1 stay words, numbers with a colon stay text', () => {
    expect(values('a: no\nb: 22:22\nc: 0755\nd: ~\n')).toEqual([{ a: 'no', b: '22:22', c: 755, d: null }]);
  });

  test('a quoted text may go on at the column of its key, as kubectl and docker have it', () => {
    const text = `a:\n  x: '[{"n": 1,\n  "m": 2}]'\n  y: "one\n  two\n  three"\n  z: 1\n  z: 2\n`;
    const { documents, faults, warnings } = read(text);
    expect(faults).toEqual([]);
    const { x, y, z } = JSON.parse(JSON.stringify(documents[0]?.value)).a;
    expect([JSON.parse(x), y.split(/ +/), z]).toEqual([[{ n: 1, m: 2 }], ['one', 'two', 'three'], 2]);
    expect(lineOf(documents[0]!, 'a', 'z')).toBe(8);
    expect(warnings).toHaveLength(1);
  });

  test('a quote that is never closed is a fault where it stands', () => {
    expect(fault("a:\n  x: 'one\n  y: 'two'\n")).toMatchObject({ line: 2 });
    expect(fault(`a: "b\n${'c: d\n'.repeat(20_000)}e: "f"\n`)).toMatchObject({ line: 1 });
  });

  test('unknown tags are kept beside the value and not fatal', () => {
    const { documents } = read('a: !reset []\nb: !override {c: 1}\n');
    const value = documents[0]?.value as Record<string, unknown>;
    expect(value.a).toEqual([]);
    expect(placeOf(value, 'a')).toEqual({ file: 'a.yaml', line: 1, column: 1, tag: '!reset' });
    expect(placeOf(value, 'b')?.tag).toBe('!override');
  });

  test('a path has a line, and one that is not there the line of its nearest step', () => {
    const [document] = read(
      '# comment\nservices:\n  web:\n    ports:\n      - "80"\n      - "81"\n',
    ).documents;
    expect(lineOf(document!, 'services', 'web', 'ports', 1)).toBe(6);
    expect(lineOf(document!, 'services', 'web', 'image', 'x')).toBe(3);
    expect(lineOf(document!)).toBe(2);
  });

  test('a byte-order mark, CRLF and the line ends of old Macs do no harm', () => {
    for (const text of ['\ufeffa: 1\nb: 2\n', 'a: 1\r\nb: 2\r\n', 'a: 1\rb: 2\r'])
      expect(values(text)).toEqual([{ a: 1, b: 2 }]);
  });

  test('a closing bracket may stand at the column of its key', () => {
    expect(values('a: [\n  1,\n]\n')).toEqual([{ a: [1] }]);
  });

  test('__proto__ is a key like any other', () => {
    const [document] = read('__proto__: {polluted: 1}\n').documents;
    expect(Object.keys(document!.value as object)).toEqual(['__proto__']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('a key that stands twice keeps its last value and warns', () => {
    const { documents, warnings } = read('a: 1\nb: 2\na: 3\n');
    expect(documents[0]?.value).toMatchObject({ a: 3 });
    expect(warnings).toMatchObject([
      { kind: 'warning', line: 3, message: expect.stringContaining('line 1') },
    ]);
  });

  test('of a CustomResourceDefinition only the kind is read', () => {
    const text = `kind: Pod\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {a: b}\n---\nkind: Job\n`;
    expect(values(text)).toEqual([{ kind: 'Pod' }, { kind: 'CustomResourceDefinition' }, { kind: 'Job' }]);
    const large = `${'kind: CustomResourceDefinition\nspec:\n'}${'  description: text of a schema\n'.repeat(60_000)}`;
    // Whoever reads the schema finds the same key 60,000 times over and warns of it.
    expect(read(large)).toMatchObject({ documents: [{ line: 1 }], warnings: [], faults: [] });
  });
});

describe('faults', () => {
  test.each([
    ['services:\n\tweb: {}\n', 2, 1, /a tab/],
    ['a: b: c\n', 1, 4, /second "key: "/],
    ['a:\n  b: 1\n c: 2\n', 3, 2, /indentation/],
    ['a: "b\n', 1, 4, /a quote that begins here is never closed/],
    ["a: 'x'\nb: [1, 'c]\nd: 1\n", 2, 8, /a quote that begins here is never closed/],
    ['---\na: 1\n---\nb: "x\n\n', 4, 4, /a quote that begins here is never closed/],
    ['a: "b" c\n', 1, 8, /more follows behind the end of a value/],
    ['a: - 1\n', 1, 4, /a list \("- "\) must begin on the line below/],
    ['a: 1\nb\n', 2, 1, /a word alone where "key: value" is needed/],
    ['a: |b\n', 1, 5, /text behind \| or > must begin on the line below/],
    ['a: | b\n', 1, 6, /text where none can stand/],
    ['a: ["b" "c"]\n', 1, 9, /a comma is missing/],
    ['a:\n  - k: 1\n   z: 2\n', 3, 4, /a line of a list without "- "/],
    ['a: [1, 2\nb: 3\n', 2, 1, /YAML/],
    ['a: *nobody\n', 1, 4, /\*nobody names an anchor that is not set/],
    ['a: &a [*a]\n', 1, 8, /cannot contain itself/],
    ['a:\n  <<: 5\n', 2, 3, /<< takes a mapping/],
    ['? [1, 2]\n: 3\n', 1, 3, /key must be a word/],
    ['---\na: 1\n---\nb: `\n', 4, 4, /needs quotes/],
    ['a:\n  b: 1\n  - bad\n  c: 2\n', 3, 3, /a list item \("- "\) where no list is/],
    ['a:\n  b:\n    - 1\n   - 2\n', 4, 4, /a list item \("- "\) where no list is/],
    ['a:\n  b: c\n    d: e\n', 3, 5, /this line is indented further than the one above it/],
    ['a: b # c: d\n\n  # d\n  e: f\n', 4, 3, /the indentation does not fit/],
    ['a: b\n\n  # c: d\n  e: f\n', 4, 3, /the indentation does not fit/],
    ['a: [\n\t1]\n', 2, 2, /a tab stands/],
    ['a:\n  b:c\n  d: e\n', 2, 3, /a space is missing behind the colon/],
    ['a: 1\nb:c\n', 2, 1, /a space is missing behind the colon/],
    ['a\n  b: 1\n', 1, 1, /a line without "key: "/],
    ['a:\n  - b\n  -c\n', 3, 3, /a "-" needs a space behind it/],
    ['a:\n  - b\n  "c:1"\n', 3, 3, /a line without "key: " or "- "/],
    ['- a\nb: 1\n', 2, 1, /this line does not fit the one above it/],
    ['a: "b\nc: ["d"]\n', 1, 4, /a quote that begins here is never closed/],
    ['a: [1\nb: 2\n', 2, 1, /a "]" is missing before this/],
    ['a:\n  b: {c: 1\n  d: 2\n', 3, 3, /a "}" is missing before this/],
    ['a: {b: 1\n  c: 2}\n', 1, 8, /a comma is missing/],
    ['a: {b: 1 c: 2}\n', 1, 8, /a comma or the closing bracket is missing/],
    ['a: [1,,2]\n', 1, 7, /a comma too many/],
    ['a: [1]]\n', 1, 7, /a closing bracket that no bracket before it opens/],
    ['a: "b"#c\n', 1, 7, /a # needs a space before it/],
    ['a: "C:\\data"\n', 1, 7, /a backslash in double quotes/],
    ["a: 'it's'\n", 1, 8, /put the whole value in quotes, of the other kind/],
    ['a: & b\n', 1, 4, /\* and & must be followed by the name of an anchor/],
  ])('%j', (text, line, column, message) => {
    expect(fault(text)).toEqual({ file: 'a.yaml', line, column, message: expect.stringMatching(message) });
  });

  test('templates are named for what they are, with what to do', () => {
    expect(fault('a: 1\nimage: {{ .Values.image }}:1\n')).toMatchObject({
      line: 2,
      message: expect.stringMatching(/Helm.*helm template/),
    });
    expect(fault('a:\n  {{ name }}: 1\n')).toMatchObject({
      line: 2,
      message: expect.stringContaining('template ({{ ... }})'),
    });
    expect(fault('a:\n{% for x in y %}\n  b: 1\n')).toMatchObject({
      line: 2,
      message: expect.stringContaining('Jinja'),
    });
    expect(values('a: "{{ .Values.image }}"\n')).toEqual([{ a: '{{ .Values.image }}' }]);
  });
});

describe('hostile text of 2 MB', () => {
  const bytes = 2_000_000;
  const fill = (piece: string) => piece.repeat(Math.floor(bytes / piece.length));
  const doubling = Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [*a${i}, *a${i}]\n`).join('');
  const mergeChain = Array.from(
    { length: 5000 },
    (_, i) => `a${i + 1}: &a${i + 1} {<<: *a${i}, k${i}: 1}\n`,
  ).join('');
  const cases: Record<string, string> = {
    'an alias bomb': `a0: &a0 [x, x]\n${doubling}`,
    'a bomb of merges': `a0: &a0 {k: 1}\n${mergeChain}`,
    'open brackets': fill('['),
    'open braces': fill('{a: '),
    dashes: fill('- '),
    'keys on one line': fill('a: '),
    'question marks': fill('? '),
    commas: `[${fill(',')}]`,
    anchors: fill('&a '),
    aliases: fill('- *a\n'),
    'texts without commas': `[${fill('"a" ')}]`,
    'short lines': fill('a: b\n'),
    documents: fill('a\n---\n'),
    quotes: fill('"'),
    'an open quote': `a: "${fill(' ')}`,
    'one line': fill('a'),
    'exclamation marks': fill('!'),
    'nested by indentation': Array.from({ length: 1990 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
  };

  test.each(Object.entries(cases))('%s: a clear answer in time that grows with it alone', (_, text) => {
    let result = read('');
    expect(processorMilliseconds(() => (result = read(text)))).toBeLessThan(NO_EXPLOSION_MS);
    for (const { message, line, column } of result.faults) {
      expect(message.length).toBeLessThan(250);
      expect([line, column]).toEqual([expect.any(Number), expect.any(Number)]);
    }
  });

  test('a bomb is refused, while aliases as real files use them pass', () => {
    expect(fault(cases['an alias bomb']!).message).toMatch(/aliases .* expand to more than/);
    const many = `x: &x {a: 1, b: 2, c: [1, 2, 3]}\nlist:\n${'  - *x\n'.repeat(5000)}`;
    expect((values(many)[0] as { list: unknown[] }).list).toHaveLength(5000);
  });
});

describe('any text', () => {
  const yamlish = fc.string({ unit: fc.constantFrom(...'ab: -\n[]{}#&*!|>\'"%?,<\t~0'), maxLength: 120 });

  test('gives documents or a fault with its line, and never throws', () => {
    fc.assert(
      fc.property(fc.oneof(yamlish, fc.string({ unit: 'binary' })), (text) => {
        const { documents, faults } = read(text);
        expect(documents.length === 0 || faults.length === 0).toBe(true);
        for (const { line, column } of faults) expect(Math.min(line!, column!)).toBeGreaterThan(0);
      }),
      { numRuns: 2000 },
    );
  });

  test('JSON means what JSON.parse says', () => {
    const key = fc.string().filter((text) => text !== '<<' && text !== '__proto__');
    const tree = fc.letrec((tie) => ({
      value: fc.oneof({ maxDepth: 3 }, fc.string(), fc.integer(), fc.boolean(), tie('list'), tie('mapping')),
      list: fc.array(tie('value'), { maxLength: 3 }),
      mapping: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    }));
    fc.assert(
      fc.property(tree.mapping, (mapping) => {
        const text = JSON.stringify(mapping);
        expect(values(text)).toEqual([JSON.parse(text)]);
      }),
    );
  });
});
