/** From a probability to minutes, and from minutes and failures to a probability. */

/** Downtime is told of a 30-day month. Money uses 730 hours a month; the two are never mixed. */
export const MINUTES_PER_MONTH = 43_200;

const SECONDS_PER_DAY = 86_400;

/** Minutes in each period an availability is usually told for; a year has 365 days. */
export const MINUTES_PER = {
  year: 525_600,
  quarter: 129_600,
  month: MINUTES_PER_MONTH,
  week: 10_080,
  day: 1_440,
} as const;

/** Minutes down in a period; null stays unknown. Source: Site Reliability Engineering, availability table. */
export function minutesDown(
  unavailability: number | null,
  period: keyof typeof MINUTES_PER = 'month',
): number | null {
  return unavailability === null ? null : unavailability * MINUTES_PER[period];
}

/** From mean time between failures and mean time to repair, both in hours: MTTR / (MTBF + MTTR). Source: AWS Reliability pillar. */
export function unavailabilityOfRepairs(mtbfHours: number, mttrHours: number): number {
  return mttrHours / (mtbfHours + mttrHours);
}

/** Of something that restarts a number of times a day and is away for some seconds each time. */
export function unavailabilityOfRestarts(restartsPerDay: number, secondsEach: number): number {
  return Math.min(1, (restartsPerDay * secondsEach) / SECONDS_PER_DAY);
}

/** Of an active and standby pair: both down, or switching over. q^2 + failures a month x switch seconds / 2,592,000. */
export function unavailabilityOfStandby(
  replicaUnavailability: number,
  failuresPerMonth: number,
  switchSeconds: number,
): number {
  const switching = (failuresPerMonth * switchSeconds) / (MINUTES_PER_MONTH * 60);
  return Math.min(1, replicaUnavailability ** 2 + switching);
}

/**
 * What a target leaves for one's own incidents after the critical dependencies have taken their share, in minutes a year:
 * `perIncident` is the time to detect and recover when `incidents` are counted in full outages (three of a fifth = 0.6).
 * Source: The Calculus of Service Availability, ACM Queue 15(2) 2017.
 */
export function incidentBudget(
  targetUnavailability: number,
  dependencies: number,
  dependencyUnavailability: number,
  incidents: number,
): { total: number; dependencies: number; left: number; perIncident: number } {
  const total = targetUnavailability * MINUTES_PER.year;
  const taken = dependencies * dependencyUnavailability * MINUTES_PER.year;
  return {
    total,
    dependencies: taken,
    left: total - taken,
    perIncident: (total - taken) / incidents,
  };
}
