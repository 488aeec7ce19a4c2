import { describe, expect, test } from 'vitest';
import type { Part, Plan } from '../../src/domain/model.js';
import { assumedMachineType } from '../../src/imports/assumed-machine.js';
import { readPlanJson } from '../../src/imports/plan-json/plan-json.js';

const type = (bookId: string | null, name: string, cpuMillicores: number, memoryMib: number) => ({
  bookId,
  name,
  cpuMillicores,
  memoryMib,
  reserve: 'gke' as const,
  maxContainers: null,
  usdPerMonth: 1,
  availability: null,
});
const LARGE = type('aws-m6i-large', 'm6i.large', 2000, 8192);
const XLARGE = type('aws-m6i-xlarge', 'm6i.xlarge', 4000, 16_384);
const HUGE = type('aws-m6i-4xlarge', 'm6i.4xlarge', 16_000, 65_536);
const TYPES = [type('aws-t3-small', 'a', 90_000, 90_000), HUGE, LARGE, type(null, 'b', 9000, 90_000), XLARGE];

function planOf(...parts: Partial<Part>[]): Plan {
  const kind = 'service';
  const text = JSON.stringify({ parts: parts.map((part, i) => ({ name: `p${i}`, kind, ...part })) });
  const read = readPlanJson([{ name: '', text }], {});
  if (!read.ok) throw new Error(JSON.stringify(read.faults));
  return read.plan;
}
const assumed = (plan: Plan, types = TYPES) => {
  const found = assumedMachineType(plan, types);
  return found && `${found.type.name}, ${found.why}`;
};

describe('while nobody has chosen a machine type', () => {
  test('a usual one is assumed where every part fits it', () => {
    expect(assumed(planOf({ cpuMillicores: 1900 }, {}))).toBe('m6i.large, since none is chosen yet');
  });

  test('else the smallest of its family that holds every part, with why', () => {
    const db = { name: 'db', cpuMillicores: 2000 };
    expect(assumed(planOf(db, {}))).toBe('m6i.xlarge, the smallest of its family that holds db');
    const es = { name: 'es', memoryMib: 30_000 };
    expect(assumed(planOf(db, {}, es))).toBe('m6i.4xlarge, the smallest of its family that holds db, es');
    const agents = { perMachine: true, cpuMillicores: 2000 };
    expect(assumed(planOf(agents, {}))).toBe(
      'm6i.xlarge, the smallest of its family that holds p1 beside what stands on every machine',
    );
  });

  test('jobs need no machine of their own', () => {
    expect(assumed(planOf({ kind: 'job', cpuMillicores: 3000 }, {}))).toMatch(/^m6i\.large/);
  });

  test('where none holds them it stays the usual one', () => {
    expect(assumed(planOf({ cpuMillicores: 50_000 }))).toBe('m6i.large, since none is chosen yet');
  });

  test('none is assumed where nothing runs on machines, the file names one, or the usual one is deleted', () => {
    expect(assumed(planOf({ runs: 'managed' }))).toBeNull();
    expect(assumed({ ...planOf({}), machineType: LARGE })).toBeNull();
    expect(assumed(planOf({}), [XLARGE])).toBeNull();
  });
});
