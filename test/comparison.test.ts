import { describe, expect, test } from 'vitest';
import { differenceInWords, figuresInWords, inShort } from '../src/comparison/words.js';
import { billOf } from '../src/domain/bill.js';
import { type ComparedLine, compare } from '../src/domain/comparison.js';
import type { Part } from '../src/domain/model.js';
import { partNamed, planOf } from './domain/worked-example.js';

const line = (
  unit: ComparedLine['unit'],
  values: (number | null)[],
  atLeast: boolean[] = [],
): ComparedLine => ({
  label: 'Cost a month',
  unit,
  values,
  atLeast: values.map((_value, i) => atLeast[i] ?? false),
  winners: [],
});

const managed = (name: string, part: Partial<Part> = {}) =>
  partNamed(name, { runs: 'managed', availability: 0.999, usdPerMonth: 10, ...part });

describe('a comparison in words', () => {
  test('writes times that stand beside each other one way', () => {
    expect(figuresInWords(line('minutes', [108, 237]))).toEqual(['1 h 48 min', '3 h 57 min']);
    expect(figuresInWords(line('minutes', [108, 17.2, null]))).toEqual(['108 min', '17.2 min', 'unknown']);
    expect(figuresInWords(line('minutes', [108, 4000, 0.5]))).toEqual(['1.8 h', '66.7 h', '30.0 s']);
  });

  test('tells what is only a lower limit as one', () => {
    expect(figuresInWords(line('usd', [10, 15], [false, true]))).toEqual(['$10.00', 'at least $15.00']);
    expect(differenceInWords(line('usd', [10, 15], [false, true]), 1)).toBe('at least $5.00 more');
    expect(differenceInWords(line('usd', [15, 10], [false, true]), 1)).toBe('at most $5.00 less');
    expect(differenceInWords(line('usd', [10, 15], [true, true]), 1)).toBe('');
    expect(differenceInWords(line('count', [8, 3]), 1)).toBe('−5');
  });

  test('sums up in sentences, a cost that is at least so much included, whichever side it stands on', () => {
    const known = planOf([managed('web')]);
    const atLeast = planOf([
      managed('web', { usdPerMonth: 15, availability: 0.99 }),
      managed('mail', { usdPerMonth: null }),
    ]);
    const told = (...plans: (typeof known)[]) =>
      inShort(compare(plans.map((plan) => ({ plan, bill: billOf(plan) }))), ['A', 'B'], 1);
    expect(told(known, atLeast)).toContain(
      'B means 1 more container and at least $5.00 more a month than A.',
    );
    expect(told(atLeast, known)).toContain(
      'B means 1 fewer container and at least $5.00 less a month than A.',
    );
  });

  test('leaves out what could still turn', () => {
    const known = planOf([managed('web', { usdPerMonth: 50 })]);
    const atLeast = planOf([managed('web'), managed('mail', { usdPerMonth: null })]);
    const comparison = compare([known, atLeast].map((plan) => ({ plan, bill: billOf(plan) })));
    expect(inShort(comparison, ['A', 'B'], 1)).not.toContain('$');
  });

  test('holds both sides of a sentence against each other in one way of writing', () => {
    const down = (minutes: number) => planOf([managed('web', { availability: 1 - minutes / 43_200 })]);
    const comparison = compare([down(237), down(108)].map((plan) => ({ plan, bill: billOf(plan) })));
    expect(inShort(comparison, ['A', 'B'], 1)).toBe(
      'B counts the same as A. Its worst entry is down 1 h 48 min a month, against 3 h 57 min a month.',
    );
  });

  test('says that nothing differs where nothing does, and names whose entry it is where only that is known', () => {
    const known = planOf([managed('web')]);
    const unpriced = planOf([managed('web', { usdPerMonth: null })]);
    const told = (...plans: (typeof known)[]) =>
      inShort(compare(plans.map((plan) => ({ plan, bill: billOf(plan) }))), ['A', 'B'], 1);
    const alike = 'is down 43.2 min a month, as that of A.';
    expect(told(known, known)).toBe(`B counts the same as A. Its worst entry ${alike}`);
    expect(told(unpriced, unpriced)).toBe(`The worst entry of B ${alike}`);
  });
});
