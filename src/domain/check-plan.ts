import type { MachineType, Part, Plan } from './model.js';

/** Something impossible in a plan: where it is ("part web", "connection web -> db") and what is wrong with it. */
export type PlanFault = { where: string; message: string };

/** More copies of one part than any cluster is tested with; counts beyond are taken for slips. */
export const MAX_COUNT = 100_000;

/**
 * Everything in a plan that cannot be: names that repeat or lead nowhere, counts that are not whole, negative amounts,
 * availabilities outside 0..1. Empty when the plan is sound. The bill can be made of a faulty plan too: it leaves out what
 * it cannot use and says so. Needing more replicas than there are is no fault: such a part is simply always down.
 */
export function checkPlan(plan: Plan): PlanFault[] {
  const faults: PlanFault[] = [];
  const known = new Set<string>();
  for (const part of plan.parts) {
    const where = `part ${part.name}`;
    if (part.name.trim() === '') faults.push({ where, message: 'has no name' });
    if (known.has(part.name)) faults.push({ where, message: 'is there more than once; names must differ' });
    known.add(part.name);
    faults.push(...countFaults(part, where), ...amountFaults(part, where));
  }
  for (const { from, to } of plan.connections) {
    for (const name of new Set([from, to])) {
      if (!known.has(name))
        faults.push({ where: `connection ${from} -> ${to}`, message: `${name} is no part of the plan` });
    }
  }
  const entryNames = new Set<string>();
  for (const entry of plan.entries) {
    const where = `entry ${entry.name}`;
    if (entryNames.has(entry.name))
      faults.push({ where, message: 'is there more than once; names must differ' });
    entryNames.add(entry.name);
    for (const name of new Set(entry.parts)) {
      if (!known.has(name)) faults.push({ where, message: `${name} is no part of the plan` });
    }
  }
  for (const { label, usdPerMonth } of plan.extraCosts) {
    if (usdPerMonth !== null && !Number.isFinite(usdPerMonth)) {
      faults.push({ where: `extra cost ${label}`, message: `${usdPerMonth} is no price` });
    }
  }
  if (plan.machineType) faults.push(...machineTypeFaults(plan.machineType));
  return faults;
}

/**
 * The part with impossible amounts read as unknown; null when its counts are impossible, because then nothing about it
 * can be counted.
 */
export function soundPart(part: Part): Part | null {
  if (countFaults(part, '').length > 0) return null;
  if (amountFaults(part, '').length === 0) return part;
  return {
    ...part,
    cpuMillicores: isAmount(part.cpuMillicores) ? part.cpuMillicores : null,
    memoryMib: isAmount(part.memoryMib) ? part.memoryMib : null,
    availability: isProbability(part.availability) ? part.availability : null,
    usdPerMonth: isAmount(part.usdPerMonth) ? part.usdPerMonth : null,
  };
}

/** The machine type with impossible price or availability read as unknown; null when its size is impossible. */
export function soundMachineType(machineType: MachineType | null): MachineType | null {
  if (!machineType) return null;
  const { cpuMillicores, memoryMib, maxContainers, usdPerMonth, availability } = machineType;
  if (!isAmount(cpuMillicores) || !isAmount(memoryMib)) return null;
  return {
    ...machineType,
    maxContainers: maxContainers !== null && isCount(maxContainers) ? maxContainers : null,
    usdPerMonth: isAmount(usdPerMonth) ? usdPerMonth : null,
    availability: isProbability(availability) ? availability : null,
  };
}

function countFaults(part: Part, where: string): PlanFault[] {
  const faults: PlanFault[] = [];
  const counts = {
    replicas: part.replicas,
    needed: part.needed,
    'containers per replica': part.containersPerReplica ?? 1,
  };
  for (const [what, count] of Object.entries(counts)) {
    if (!isCount(count)) {
      faults.push({ where, message: `${what} must be a whole number from 0 to ${MAX_COUNT}, not ${count}` });
    }
  }
  return faults;
}

function amountFaults(part: Part, where: string): PlanFault[] {
  const faults: PlanFault[] = [];
  const amounts = { cpu: part.cpuMillicores, memory: part.memoryMib, price: part.usdPerMonth };
  for (const [what, amount] of Object.entries(amounts)) {
    if (!isAmount(amount)) faults.push({ where, message: `${what} must be 0 or more, not ${amount}` });
  }
  if (!isProbability(part.availability)) {
    faults.push({ where, message: `availability must be from 0 to 1, not ${part.availability}` });
  }
  return faults;
}

function machineTypeFaults(machineType: MachineType): PlanFault[] {
  const where = `machine type ${machineType.name}`;
  const faults: PlanFault[] = [];
  const amounts = {
    cpu: machineType.cpuMillicores,
    memory: machineType.memoryMib,
    price: machineType.usdPerMonth,
  };
  for (const [what, amount] of Object.entries(amounts)) {
    if (!isAmount(amount)) faults.push({ where, message: `${what} must be 0 or more, not ${amount}` });
  }
  if (machineType.maxContainers !== null && !isCount(machineType.maxContainers)) {
    faults.push({
      where,
      message: `the container limit must be a whole number, not ${machineType.maxContainers}`,
    });
  }
  if (!isProbability(machineType.availability)) {
    faults.push({ where, message: `availability must be from 0 to 1, not ${machineType.availability}` });
  }
  return faults;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= MAX_COUNT;
}

/** Unknown is possible; infinite, negative and not-a-number are not. */
function isAmount(value: number | null): boolean {
  return value === null || (Number.isFinite(value) && value >= 0);
}

function isProbability(value: number | null): boolean {
  return value === null || (value >= 0 && value <= 1);
}
