/**
 * The arithmetic of failure. Everything is told as unavailability (the probability of being down) and summed from
 * failure terms only, because 1 - availability loses its digits where they matter, near 1.
 */

/**
 * 1 - availability, with the digits that were typed: as a double 0.999999999999 is a hair less, and the difference of 1 keeps
 * only what is left of it (2e-5 of 1e-12). A decimal of up to 15 digits that reads as this very double is what was meant.
 */
export function unavailabilityOf(availability: number): number {
  const down = 1 - availability;
  const typed = Math.round(down * 1e15) / 1e15;
  return Math.abs(typed - down) <= 2 ** -54 ? typed : down;
}

/**
 * Down when any of its parts is down (hard dependencies in series): 1 - (1-u1)(1-u2)... without cancellation.
 * None at all is never down. Give the numbers in a fixed order where the last digit matters.
 */
export function unavailabilityInSeries(unavailabilities: Iterable<number>): number {
  let down = 0;
  for (const unavailability of unavailabilities) down = eitherDown(down, unavailability);
  return down;
}

/** For each of them, the unavailability of all the others in series. */
export function unavailabilityWithoutEach(unavailabilities: readonly number[]): number[] {
  const others = unavailabilities.map(() => 0);
  let before = 0;
  let after = 0;
  for (let index = 0, back = others.length - 1; back >= 0; index++, back--) {
    others[index] = eitherDown(others[index]!, before);
    others[back] = eitherDown(others[back]!, after);
    before = eitherDown(before, unavailabilities[index]!);
    after = eitherDown(after, unavailabilities[back]!);
  }
  return others;
}

/** P(A or B) of independent A and B. */
export function eitherDown(a: number, b: number): number {
  return a + b - a * b;
}

/**
 * P(fewer than `needed` of `replicas` are up), replicas independent and each down with probability `replicaUnavailability`:
 * the sum over j < k of C(n,j) a^j q^(n-j). Needing none is never down; needing more than there are is always down.
 * Only failure terms are summed, from the largest outward until they vanish: about sqrt(n) of them.
 */
export function kOfNUnavailability(replicas: number, needed: number, replicaUnavailability: number): number {
  const q = replicaUnavailability;
  if (needed <= 0) return 0;
  if (needed > replicas || q >= 1) return 1;
  if (q <= 0) return 0;
  const likeliest = Math.floor((replicas + 1) * (1 - q));
  return Math.min(1, upCountProbabilities(replicas, q, Math.min(needed - 1, likeliest), 0, needed - 1).sum);
}

/**
 * The probabilities that exactly j of `replicas` are up, for j from `start` both ways, each from the one before, until they
 * are less than `vanishing` of the sum or `least` or `most` is reached. `of[i]` is that of `first + i`.
 */
export function upCountProbabilities(
  replicas: number,
  replicaUnavailability: number,
  start: number,
  least: number,
  most: number,
  vanishing = 1e-18,
): { first: number; of: number[]; sum: number } {
  const q = replicaUnavailability;
  const odds = q / (1 - q);
  const atStart = exactlyUpProbability(replicas, start, q);
  const below: number[] = [];
  let sum = 0;
  let term = atStart;
  for (let up = start; up >= least; up--) {
    sum += term;
    below.push(term);
    if (term <= sum * vanishing) break;
    term *= (up / (replicas - up + 1)) * odds;
  }
  const first = start - below.length + 1;
  const of = below.reverse();
  term = atStart;
  for (let up = start + 1; up <= most; up++) {
    term *= (replicas - up + 1) / up / odds;
    sum += term;
    of.push(term);
    if (term <= sum * vanishing) break;
  }
  return { first, of, sum };
}

/** Up to this many factors are multiplied one by one. */
const LONG_PRODUCT = 1_000;

/**
 * P(exactly `up` of `replicas` are up) = C(n,j) a^j q^(n-j), as one running product kept near 1, so that a large n neither
 * overflows nor vanishes on the way. Of more than a thousand replicas by the deviance from the likeliest count, at once.
 * Source: Loader, Fast and Accurate Computation of Binomial Probabilities, 2000.
 */
export function exactlyUpProbability(replicas: number, up: number, replicaUnavailability: number): number {
  const q = replicaUnavailability;
  if (replicas > LONG_PRODUCT && q > 0 && q < 1) return exactlyUpOfMany(replicas, up, q);
  let probability = 1;
  let failures = replicas - up;
  for (let i = 1; i <= up; i++) {
    probability *= ((replicas - up + i) / i) * (1 - q);
    while (probability > 1 && failures > 0) {
      probability *= q;
      failures--;
    }
  }
  return probability * q ** failures;
}

function exactlyUpOfMany(replicas: number, up: number, q: number): number {
  const down = replicas - up;
  if (up === 0) return Math.exp(replicas * Math.log(q));
  if (down === 0) return Math.exp(replicas * Math.log1p(-q));
  const log =
    stirlingError(replicas) -
    stirlingError(up) -
    stirlingError(down) -
    deviance(up, replicas * (1 - q)) -
    deviance(down, replicas * q);
  return Math.exp(log) * Math.sqrt(replicas / (2 * Math.PI * up * down));
}

/** log(n!) less Stirling's formula for it. */
function stirlingError(n: number): number {
  if (n > 15) {
    const squared = n * n;
    return (
      (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - 1 / 1188 / squared) / squared) / squared) / squared) / n
    );
  }
  let factorial = 1;
  for (let i = 2; i <= n; i++) factorial *= i;
  return Math.log(factorial) - (n + 0.5) * Math.log(n) + n - 0.5 * Math.log(2 * Math.PI);
}

/** x log(x / mean) + mean - x, which is a difference of equals where x is near its mean: there by its series. */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x;
  const ratio = (x - mean) / (x + mean);
  let sum = (x - mean) * ratio;
  let power = 2 * x * ratio;
  for (let j = 3; ; j += 2) {
    power *= ratio * ratio;
    const next = sum + power / j;
    if (next === sum) return next;
    sum = next;
  }
}

/**
 * As `kOfNUnavailability` for replicas that differ: Poisson-binomial by dynamic programming over the number that are up,
 * n x k steps.
 */
export function unequalKOfNUnavailability(
  needed: number,
  replicaUnavailabilities: readonly number[],
): number {
  if (needed <= 0) return 0;
  if (needed > replicaUnavailabilities.length) return 1;
  const upCount = new Float64Array(needed);
  upCount[0] = 1;
  for (const q of replicaUnavailabilities) {
    for (let up = needed - 1; up > 0; up--) upCount[up] = upCount[up]! * q + upCount[up - 1]! * (1 - q);
    upCount[0] = upCount[0]! * q;
  }
  return upCount.reduce((sum, probability) => sum + probability, 0);
}

/**
 * k of n with a common cause: a share of each replica's failures takes all replicas at once, the rest come one by one,
 * up = (1 - share q) x kOfN(n, k, 1 - (1-share) q). The two causes of one replica add up to q but for share (1-share) q^2, at
 * most q^2 / 4: the formula is kept as published, also where n = k = 1 has nothing to have in common. Replicas that are all
 * needed really gain by a common cause: failures that come together are down once, not one after the other.
 * Source: the beta-factor model (IEC 61508-6 Annex D; exida white paper 2003); 5 % = same kind, separated, 10 % = identical in one place.
 */
export function commonCauseUnavailability(
  replicas: number,
  needed: number,
  replicaUnavailability: number,
  commonCauseShare: number,
): number {
  if (needed <= 0) return 0;
  if (needed > replicas) return 1;
  const together = commonCauseShare * replicaUnavailability;
  const apart = replicaUnavailability - together;
  return eitherDown(together, kOfNUnavailability(replicas, needed, apart));
}

/** The smallest majority of `size` voters: floor(n/2)+1. Source: etcd FAQ v3.5. */
export function majorityOf(size: number): number {
  return Math.floor(size / 2) + 1;
}

/** How many of `size` voters may fail with a majority left. An even size tolerates no more than the odd one below it. */
export function quorumTolerance(size: number): number {
  return size - majorityOf(size);
}
