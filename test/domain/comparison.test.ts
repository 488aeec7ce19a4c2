import { describe, expect, test } from 'vitest';
import { billOf } from '../../src/domain/bill.js';
import { compare } from '../../src/domain/comparison.js';
import type { Part, Plan } from '../../src/domain/model.js';
import { connectionsFrom, partNamed, planOf } from './worked-example.js';

const held = (...plans: Plan[]) => compare(plans.map((plan) => ({ plan, bill: billOf(plan) })));

const managed = (name: string, part: Partial<Part> = {}) =>
  partNamed(name, { runs: 'managed', availability: 0.999, usdPerMonth: 10, ...part });

describe('a comparison', () => {
  const lineOf = (label: string, ...plans: Plan[]) =>
    held(...plans).lines.find((line) => line.label === label)!;

  test('gives a line to the least of it, to nobody where all are alike, and to all that share the least', () => {
    const [one, two] = [planOf([managed('a')]), planOf([managed('a'), managed('b')])];
    expect(lineOf('Parts', one, two)).toMatchObject({ values: [1, 2], winners: [0] });
    expect(lineOf('Parts', two, two).winners).toEqual([]);
    expect(lineOf('Parts', two, one, one).winners).toEqual([1, 2]);
  });

  test('gives a line to nobody where something unknown could overturn it', () => {
    const known = planOf([managed('a', { usdPerMonth: 50 })]);
    const atLeast = (usdPerMonth: number) =>
      planOf([managed('a', { usdPerMonth }), managed('b', { usdPerMonth: null })]);
    expect(lineOf('Cost a month', known, atLeast(10))).toMatchObject({ atLeast: [false, true], winners: [] });
    // What is at least 60 is more than 50, whatever else it comes to.
    expect(lineOf('Cost a month', known, atLeast(60)).winners).toEqual([0]);
  });

  test('holds entries of one name against each other, and the worst of each plan', () => {
    const slow = planOf([managed('a', { availability: 0.99 }), managed('b')], {
      entries: [
        { name: 'browse', parts: ['a'] },
        { name: 'deploy', parts: ['b'] },
      ],
    });
    const fast = planOf([managed('a')], { entries: [{ name: 'browse', parts: ['a'] }] });
    const { entries, worst } = held(slow, fast);
    expect(entries.map((entry) => entry.name)).toEqual(['browse']);
    expect(entries[0]!.byShare.onPaper.values[0]).toBeCloseTo(432, 9);
    expect(entries[0]!.byShare.onPaper.values[1]).toBeCloseTo(43.2, 9);
    expect(worst.beta10.winners).toEqual([1]);
  });

  test('says which parts come, go and change against the first plan, and in what', () => {
    const before = planOf([managed('kept'), managed('changed', { technology: 'Redis' }), managed('gone')]);
    const after = planOf(
      [
        managed('kept', { technology: null }),
        managed('changed', { replicas: 3, technology: 'redis', runs: 'machine' }),
        managed('new'),
      ],
      { connections: connectionsFrom([['kept', 'new', 'hard']]) },
    );
    expect(held(before, after).differences).toEqual([
      { added: [], removed: [], changed: [] },
      {
        added: ['new'],
        removed: ['gone'],
        changed: [
          {
            name: 'changed',
            changes: [
              { field: 'replicas', from: 1, to: 3 },
              { field: 'runs', from: 'managed', to: 'machine' },
            ],
          },
        ],
      },
    ]);
  });
});
