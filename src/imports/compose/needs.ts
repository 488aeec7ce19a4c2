import type { Fault } from '../model.js';
import { placeOf } from '../reading/places.js';
import { type Remarks, remark } from '../reading/remarks.js';
import { asText, composeMib, mappingAt, type Values, wrongType } from '../reading/values.js';

/** What placing needs: the reservation, else the limit, which is the most it can take (compose-spec, "deploy.resources"). */
export function needsOf(
  name: string,
  values: Values,
  deploy: Values,
  remarks: Remarks,
  faults: Fault[],
): { cpuMillicores: number | null; memoryMib: number | null } {
  const where = `services.${name}`;
  const resources = mappingAt(deploy, 'resources', `${where}.deploy`, faults) ?? {};
  const path = `${where}.deploy.resources`;
  const reserved = mappingAt(resources, 'reservations', path, faults) ?? {};
  const limits = mappingAt(resources, 'limits', path, faults) ?? {};
  const memory = [
    memoryAt(reserved, 'memory', `${path}.reservations`, faults),
    memoryAt(values, 'mem_reservation', where, faults),
    memoryAt(limits, 'memory', `${path}.limits`, faults),
    memoryAt(values, 'mem_limit', where, faults),
  ];
  const cpus = [
    cpusAt(reserved, 'cpus', `${path}.reservations`, faults),
    null,
    cpusAt(limits, 'cpus', `${path}.limits`, faults),
    cpusAt(values, 'cpus', where, faults) ?? quotaOf(values, where, faults),
  ];
  const place =
    placeOf(limits, 'memory') ??
    placeOf(values, 'mem_limit') ??
    placeOf(limits, 'cpus') ??
    placeOf(values, 'cpus');
  const isLimitTaken = [memory, cpus].some(
    ([one, two, ...rest]) => !one && !two && rest.some((limit) => limit),
  );
  if (isLimitTaken)
    remark(remarks, 'assumed', 'Limits were taken as needs, since nothing is reserved', name, place);
  const memoryMib = memory.find((each) => each) ?? null;
  if (memoryMib !== null && memoryMib < 6)
    remark(
      remarks,
      'warning',
      'Less than the 6 MiB of memory that Docker demands (is a unit missing)',
      name,
      place,
    );
  return { cpuMillicores: cpus.find((each) => each) ?? null, memoryMib };
}

function memoryAt(from: Values, key: string, where: string, faults: Fault[]): number | null {
  const value = from[key] ?? '';
  const mib = composeMib(value);
  // A unit alone is what an unset variable leaves of "${SIZE}M".
  if (mib === null && !/^[kmgtp]?i?b?$/i.test(asText(value) ?? '?'))
    faults.push(wrongType(from, key, where, 'a size such as 512M'));
  return mib;
}

function cpusAt(from: Values, key: string, where: string, faults: Fault[]): number | null {
  const value = from[key] ?? '';
  if (value === '') return null;
  const cpus = Number(asText(value)?.trim() || Number.NaN);
  if (cpus >= 0 && cpus <= MAX_CPUS) return Math.round(cpus * 1000);
  faults.push(wrongType(from, key, where, 'a number of processors such as 0.5'));
  return null;
}

const MAX_CPUS = 10_000;

/** Version 2's own way to say a limit: microseconds of processor time in each period, 100 ms if not said. */
function quotaOf(values: Values, where: string, faults: Fault[]): number | null {
  const quota = microsecondsAt(values, 'cpu_quota', where, faults);
  const period = microsecondsAt(values, 'cpu_period', where, faults) || 100_000;
  return quota ? Math.round((quota * 1000) / period) : null;
}

function microsecondsAt(values: Values, key: string, where: string, faults: Fault[]): number {
  const [, amount, unit] = /^(-?\d{1,12})(us|ms|s)?$/.exec(asText(values[key] ?? '0')?.trim() || '0') ?? [];
  if (amount === undefined) faults.push(wrongType(values, key, where, 'a time such as 50ms'));
  return Math.max(0, Number(amount ?? 0)) * (unit === 's' ? 1e6 : unit === 'ms' ? 1000 : 1);
}
