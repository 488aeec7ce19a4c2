/**
 * What reading or computing something large may take at most, in milliseconds of processor time: ten times and more what it
 * does take. It is there to find work that explodes with its input, which takes hours, and not to measure.
 */
export const NO_EXPLOSION_MS = 10_000;

/** The processor time of some work, in milliseconds: other programs on the machine do not lengthen it, as they do the clock's. */
export function processorMilliseconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
