import { beyondLimits, MAX_AMOUNT, MAX_ENTRIES_TIMES_PARTS } from '../../domain/limits.js';
import type { Plan } from '../../domain/model.js';
import type { Fault } from '../model.js';

/** A fault for each thing that the plan has more of than one plan may have, of whatever format it was. */
export function tooLarge(plan: Plan, file: string): Fault[] {
  const { entries, parts } = plan;
  const size = {
    parts: parts.length,
    connections: plan.connections.length,
    entries: entries.length,
    entryParts: entries.reduce((sum, entry) => sum + entry.parts.length, 0),
  };
  const faults = beyondLimits(size).map(({ count, most, what }) => ({
    message: `These are ${count} ${what}; one plan holds at most ${most}. Import fewer at a time.`,
    file,
  }));
  if (faults.length === 0 && entries.length * parts.length > MAX_ENTRIES_TIMES_PARTS)
    faults.push({
      message: `These are ${entries.length} entries over ${parts.length} parts. Each entry may hang on every part, and entries times parts may be at most ${MAX_ENTRIES_TIMES_PARTS}: import fewer parts at a time, or fewer entries.`,
      file,
    });
  for (const { name, cpuMillicores, memoryMib } of plan.parts) {
    const amounts: [number | null, string][] = [
      [cpuMillicores, 'thousandths of a processor'],
      [memoryMib, 'MiB of memory'],
    ];
    for (const [amount, what] of amounts)
      if (amount !== null && amount > MAX_AMOUNT)
        faults.push({
          message: `The part “${name.slice(0, 100)}” asks for ${amount} ${what}, more than any machine has (at most ${MAX_AMOUNT} are read). Write what it needs.`,
          file,
        });
  }
  return faults;
}
