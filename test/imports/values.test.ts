import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/imports/model.js';
import {
  asBoolean,
  composeMib,
  countAt,
  kubernetesQuantity,
  listAt,
  mappingAt,
  textAt,
} from '../../src/imports/reading/values.js';
import { yamlDocuments } from '../../src/imports/reading/yaml-documents.js';

test.each([
  ['512M', 512],
  ['512m', 512],
  ['2g', 2048],
  ['1.5G', 1536],
  ['10000Mb', 10_000],
  ['500MiB', 500],
  ['64kb', 1 / 16],
  [1_048_576, 1],
  ['1048576b', 1],
  ['1t', 1_048_576],
  ['', null],
  ['lots', null],
  ['-5M', null],
  ['5Mx', null],
  [null, null],
  [{}, null],
])('Compose writes %j for MiB', (written, mib) => {
  expect(composeMib(written)).toBe(mib);
});

test.each([
  ['64Mi', 64 * 2 ** 20],
  ['128M', 128e6],
  ['100m', 0.1],
  [0.5, 0.5],
  ['2', 2],
  ['1e3', 1000],
  ['1E', 1e18],
  ['5Gi', 5 * 2 ** 30],
  ['.5', 0.5],
  ['1k', 1000],
  ['1ki', null],
  ['1mi', null],
  ['', null],
  ['a', null],
  [[], null],
])('Kubernetes writes %j', (written, amount) => {
  const quantity = kubernetesQuantity(written);
  if (amount === null) expect(quantity).toBeNull();
  else expect(quantity).toBeCloseTo(amount, 9);
});

test('words for true and false', () => {
  expect([true, 'yes', 'ON', 'no', 'false', 'maybe', 1, null].map(asBoolean)).toEqual([
    true,
    true,
    true,
    false,
    false,
    undefined,
    undefined,
    undefined,
  ]);
});

describe('a value of the wrong type', () => {
  const [document] = yamlDocuments({
    name: 'c.yml',
    text: 'ports: 80\nimage: [a]\nname: 8\ncount: "3"\nnone: ~\nmany: 1e9\nunset: ""\nmap: text\n',
  }).documents;
  const values = document?.value as Record<string, unknown>;
  const faults: Fault[] = [];

  test('is a fault with path, line and column', () => {
    expect(listAt(values, 'ports', 'services.web', faults)).toEqual([]);
    expect(textAt(values, 'image', 'services.web', faults)).toBeUndefined();
    expect(countAt(values, 'many', '', faults)).toBeUndefined();
    expect(mappingAt(values, 'map', '', faults)).toBeUndefined();
    expect(faults).toEqual([
      { message: 'services.web.ports must be a list, is a number (80).', file: 'c.yml', line: 1, column: 1 },
      { message: 'services.web.image must be text, is a list.', file: 'c.yml', line: 2, column: 1 },
      {
        message: 'many must be a whole number from 0 to 100000, is a number (1000000000).',
        file: 'c.yml',
        line: 6,
        column: 1,
      },
      { message: 'map must be a mapping, is text ("text").', file: 'c.yml', line: 8, column: 1 },
    ]);
  });

  test('is not what is absent, empty, or only written in another way', () => {
    const none: Fault[] = [];
    expect(textAt(values, 'name', '', none)).toBe('8');
    expect(countAt(values, 'count', '', none)).toBe(3);
    expect([
      listAt(values, 'none', '', none),
      mappingAt(values, 'no', '', none),
      countAt(values, 'unset', '', none),
    ]).toEqual([[], undefined, undefined]);
    expect(none).toEqual([]);
  });
});
