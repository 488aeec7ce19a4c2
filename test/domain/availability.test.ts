import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  commonCauseUnavailability,
  eitherDown,
  exactlyUpProbability,
  kOfNUnavailability,
  majorityOf,
  quorumTolerance,
  unavailabilityInSeries,
  unavailabilityOf,
  unavailabilityWithoutEach,
  unequalKOfNUnavailability,
  upCountProbabilities,
} from '../../src/domain/availability/availability.js';
import {
  incidentBudget,
  minutesDown,
  unavailabilityOfRepairs,
  unavailabilityOfRestarts,
  unavailabilityOfStandby,
} from '../../src/domain/availability/downtime.js';
import { golden } from './worked-example.js';

const down = (availability: number | string) => 1 - Number(availability);
const probability = fc.double({ min: 0, max: 1, noNaN: true });

describe('minutes down', () => {
  test.each(golden.nines)('of $availability agree with the table of nines', (row) => {
    const unavailability = down(row.availability);
    expect(minutesDown(unavailability, 'year')! / row.minPerYear).toBeCloseTo(1, 9);
    expect(minutesDown(unavailability, 'quarter')! / row.minPerQuarter90d).toBeCloseTo(1, 9);
    expect(minutesDown(unavailability)! / row.minPerMonth30d).toBeCloseTo(1, 9);
    expect(minutesDown(unavailability, 'week')! / row.minPerWeek).toBeCloseTo(1, 9);
    expect(minutesDown(unavailability, 'day')! / row.minPerDay).toBeCloseTo(1, 9);
  });

  test('of availabilities with many nines keep the digits that were typed', () => {
    for (let digits = 1; digits <= 15; digits++) {
      expect(unavailabilityOf(Number(`0.${'9'.repeat(digits)}`))).toBe(Number(`1e-${digits}`));
    }
    expect(unavailabilityOf(0.999999999999)).not.toBe(1 - 0.999999999999);
    expect(unavailabilityOf(1 - 2 ** -53)).toBe(2 ** -53);
    expect([0, 0.5, 1].map(unavailabilityOf)).toEqual([1, 0.5, 0]);
    fc.assert(
      fc.property(probability, (availability) => {
        expect(Math.abs(unavailabilityOf(availability) - (1 - availability))).toBeLessThanOrEqual(2 ** -54);
      }),
    );
  });

  test('of an unknown availability are unknown', () => {
    expect(minutesDown(null)).toBeNull();
  });

  test('99.95 % is 21.9 minutes of a 730-hour month, not of a year', () => {
    expect(minutesDown(0.0005, 'year')).toBeCloseTo(262.8, 9);
    expect(minutesDown(0.0005)).toBeCloseTo(21.6, 9);
  });
});

describe('parts in series', () => {
  test.each(golden.series)('$in_ give $out', ({ in_, out }) => {
    expect(1 - unavailabilityInSeries(in_.map(down))).toBeCloseTo(out, 12);
  });

  test('two of 99.5 % are worse than one: 99.0025 %, not better', () => {
    expect(unavailabilityInSeries([0.005, 0.005])).toBeCloseTo(0.009975, 15);
  });

  test('keep their digits far below what 1 - availability can hold', () => {
    expect(unavailabilityInSeries([1e-20, 2e-20]) / 3e-20).toBeCloseTo(1, 12);
  });

  test('without each of them are the series of the others', () => {
    fc.assert(
      fc.property(fc.array(probability, { maxLength: 8 }), (all) => {
        const without = unavailabilityWithoutEach(all);
        for (const [index, unavailability] of without.entries()) {
          expect(unavailability).toBeCloseTo(unavailabilityInSeries(all.toSpliced(index, 1)), 12);
        }
      }),
    );
  });
});

describe('k of n', () => {
  test.each(golden.kofn)('$k of $n at $p', ({ n, k, p, unavailability }) => {
    const actual = kOfNUnavailability(n, k, down(p));
    if (unavailability === 0) expect(actual).toBe(0);
    else expect(actual / unavailability).toBeCloseTo(1, 9);
  });

  test.each(golden.parallel)('one of $n at $a', ({ a, n, out }) => {
    expect(1 - kOfNUnavailability(n, 1, down(a))).toBeCloseTo(out, 12);
  });

  test('agrees with the sum over every combination of unequal replicas', () => {
    fc.assert(
      fc.property(fc.array(probability, { maxLength: 7 }), fc.nat(8), (replicas, needed) => {
        let bruteForce = 0;
        for (let state = 0; state < 2 ** replicas.length; state++) {
          const isUp = replicas.map((_, index) => (state >> index) & 1);
          const weight = replicas.reduce((product, q, index) => product * (isUp[index] ? 1 - q : q), 1);
          if (isUp.reduce((sum, up) => sum + up, 0) < needed) bruteForce += weight;
        }
        expect(unequalKOfNUnavailability(needed, replicas)).toBeCloseTo(bruteForce, 12);
      }),
    );
  });

  test('of equal replicas is the same either way, to the last digits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.nat(13),
        fc.double({ min: 1e-6, max: 0.5, noNaN: true }),
        (n, k, q) => {
          const unequal = unequalKOfNUnavailability(k, new Array<number>(n).fill(q));
          const equal = kOfNUnavailability(n, k, q);
          if (unequal === 0) expect(equal).toBe(0);
          else expect(equal / unequal).toBeCloseTo(1, 11);
        },
      ),
    );
  });

  test('stays a probability for thousands of replicas', () => {
    expect(kOfNUnavailability(5_000, 2_500, 0.5)).toBeCloseTo(0.4944, 3);
    expect(kOfNUnavailability(20_000, 19_700, 0.01)).toBeGreaterThan(0);
    expect(kOfNUnavailability(20_000, 19_999, 0.01)).toBeCloseTo(1, 12);
    let sum = 0;
    for (let up = 0; up <= 3_000; up++) sum += exactlyUpProbability(3_000, up, 0.3);
    expect(sum).toBeCloseTo(1, 10);
  });

  test('of many replicas is the same as when each is looked at', () => {
    for (const [n, k, q] of [
      [1_001, 990, 0.003],
      [1_500, 1_480, 0.01],
      [2_000, 1_990, 1e-4],
      [1_200, 500, 0.6],
      [1_200, 1_200, 0.9],
    ] as const) {
      const unequal = unequalKOfNUnavailability(k, new Array<number>(n).fill(q));
      expect(kOfNUnavailability(n, k, q) / unequal).toBeCloseTo(1, 10);
    }
    expect(kOfNUnavailability(900, 900, 0.9)).toBeCloseTo(1, 12);
  });

  test('of a hundred thousand replicas adds up some hundred terms, those that weigh anything', () => {
    const half = upCountProbabilities(100_000, 0.5, 50_000, 0, 100_000);
    expect(half.of.length).toBeLessThan(4_000);
    expect(half.sum).toBeCloseTo(1, 10);
    const rare = upCountProbabilities(100_000, 0.001, 99_000, 0, 99_000);
    expect(rare.of.length).toBeLessThan(50 + 10 * Math.sqrt(100_000));
    expect(kOfNUnavailability(100_000, 50_001, 0.5)).toBeCloseTo(0.5, 2);
  });

  test('never gets worse by one more replica, with or without a common cause', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), probability, probability, (n, k, q, share) => {
        const fewer = commonCauseUnavailability(n, k, q, share);
        const more = commonCauseUnavailability(n + 1, k, q, share);
        expect(more).toBeLessThanOrEqual(fewer * (1 + 1e-12) + Number.MIN_VALUE);
      }),
    );
  });
});

describe('common cause', () => {
  const cases = golden.beta.flatMap(({ n, k, a, beta, unavailability }) =>
    n === undefined ? [] : [{ n, k: k!, a: a!, beta: beta!, unavailability: unavailability! }],
  );

  test.each(cases)('$k of $n at $a, beta $beta', ({ n, k, a, beta, unavailability }) => {
    expect(commonCauseUnavailability(n, k, down(a), Number(beta)) / unavailability).toBeCloseTo(1, 9);
  });

  test('two of three at 1e-3 fail 5.3e-5 of the time, not 3e-6', () => {
    const rareEvents = golden.beta[0]!.out;
    expect(commonCauseUnavailability(3, 2, 1e-3, 0.05)).toBeCloseTo(rareEvents!, 7);
    expect(kOfNUnavailability(3, 2, 1e-3)).toBeCloseTo(3e-6, 8);
  });

  test('changes what a single unit does by a quarter of its square at most, and all-needed replicas for the better', () => {
    fc.assert(
      fc.property(probability, probability, (q, share) => {
        const single = commonCauseUnavailability(1, 1, q, share);
        expect(single).toBeLessThanOrEqual(q * (1 + 1e-12));
        expect(q - single).toBeLessThanOrEqual((q * q) / 4 + 1e-15);
      }),
    );
    expect(commonCauseUnavailability(1, 1, 0.0005, 0.1) / 0.0005).toBeCloseTo(1, 4);
    expect(commonCauseUnavailability(2, 2, 0.01, 1)).toBeCloseTo(0.01, 15);
    expect(commonCauseUnavailability(2, 2, 0.01, 0)).toBeCloseTo(0.0199, 15);
  });

  test('limits what redundancy can win to about 1 / beta', () => {
    expect(0.005 / commonCauseUnavailability(50, 1, 0.005, 0.05)).toBeCloseTo(20, 9);
  });
});

describe('other formulas', () => {
  test.each(golden.quorum)('$size voters', ({ size, majority, tolerance }) => {
    expect(majorityOf(size)).toBe(majority);
    expect(quorumTolerance(size)).toBe(tolerance);
  });

  test.each(golden.mtbf)('repairs: $mtbfHours h and $mttrHours h', ({ mtbfHours, mttrHours, out }) => {
    expect(1 - unavailabilityOfRepairs(mtbfHours, Number(mttrHours))).toBeCloseTo(out, 12);
  });

  test.each(golden.standbySwitch.cases)('standby: $a, $failuresPerMonth x $switchSeconds s', (standby) => {
    const unavailability = unavailabilityOfStandby(
      down(standby.a),
      standby.failuresPerMonth,
      standby.switchSeconds,
    );
    expect(1 - unavailability).toBeCloseTo(standby.out, 12);
  });

  test.each(golden.restarts)(
    'restarts: $perDay x $seconds s a day',
    ({ perDay, seconds, out, minPerMonth }) => {
      const unavailability = unavailabilityOfRestarts(perDay, seconds);
      expect(1 - unavailability).toBeCloseTo(out, 12);
      expect(minutesDown(unavailability)).toBeCloseTo(minPerMonth, 9);
    },
  );

  test('the calculus of service availability leaves 16.4 minutes an incident', () => {
    const { target, deps, depAvailability, outagesFull, outagesPartial, partialShare, ...expected } =
      golden.calculus;
    const incidents = outagesFull + outagesPartial * partialShare;
    const budget = incidentBudget(down(target), deps, down(depAvailability), incidents);
    expect(budget.total).toBeCloseTo(expected.budgetMinPerYear, 6);
    expect(budget.dependencies).toBeCloseTo(expected.depsMinPerYear, 6);
    expect(budget.left).toBeCloseTo(expected.leftMinPerYear, 6);
    expect(budget.perIncident).toBeCloseTo(expected.minPerIncident, 6);
  });

  test('redundancy above a shared database does not hide it', () => {
    const { replica, n, k, sharedDb, out, wrong } = golden.sharedBehindRedundancy;
    const pair = kOfNUnavailability(n, k, down(replica));
    expect(1 - eitherDown(pair, down(sharedDb))).toBeCloseTo(out, 12);
    expect(Math.abs(out - wrong)).toBeGreaterThan(0.004);
  });
});
