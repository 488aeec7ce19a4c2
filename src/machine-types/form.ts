import { z } from 'zod';
import { RESERVE_RULES, type ReserveRule } from '../domain/model.js';
import { choice, line, optionalNumber, text } from '../web/form.js';
import {
  availabilityText,
  cpuText,
  memoryText,
  optionalAvailability,
  optionalCpu,
  optionalMemory,
  optionalRoughDay,
} from '../web/quantities.js';

/** The reserve rules in the words of people. */
export const RESERVE_LABELS: Record<ReserveRule, string> = {
  none: 'Nothing: all of it takes parts',
  gke: 'By the rule of GKE',
  eks: 'By the rule of EKS',
};

export const machineTypeForm = z.object({
  name: line('Name', { max: 120 }),
  provider: line('Provider', { max: 100, required: false }),
  cpuMillicores: someOf('CPU', optionalCpu('CPU', { required: true })),
  memoryMib: someOf('Memory', optionalMemory('Memory', { required: true })).transform((mib) =>
    Math.max(1, Math.round(mib)),
  ),
  reserve: choice('What it keeps for itself', RESERVE_RULES),
  maxContainers: optionalNumber('Containers at most', { min: 1, max: 100_000, whole: true }),
  usdPerMonth: optionalNumber('Price', { max: 1e9 }),
  priceDate: optionalRoughDay('Date of the price').transform((day) => day ?? ''),
  priceSource: line('Source of the price', { max: 500, required: false }),
  availability: optionalAvailability('Availability'),
  availabilityBasis: line('Source of the availability', { max: 500, required: false }),
  notes: text('Notes'),
});

export type MachineTypeInput = z.infer<typeof machineTypeForm>;

/** A record as the form shows it. */
export function machineTypeValues(
  machineType: Omit<MachineTypeInput, 'reserve'> & { reserve: string },
): Record<string, string> {
  return {
    name: machineType.name,
    provider: machineType.provider,
    cpuMillicores: cpuText(machineType.cpuMillicores),
    memoryMib: memoryText(machineType.memoryMib),
    reserve: machineType.reserve,
    maxContainers: String(machineType.maxContainers ?? ''),
    usdPerMonth: String(machineType.usdPerMonth ?? ''),
    priceDate: machineType.priceDate,
    priceSource: machineType.priceSource,
    availability: availabilityText(machineType.availability),
    availabilityBasis: machineType.availabilityBasis,
    notes: machineType.notes,
  };
}

/** A machine without a size takes nothing, so its size must be known and more than nothing. */
function someOf(label: string, amount: z.ZodType<number | null>) {
  return amount.transform((value, context) => {
    if (value !== null && value > 0) return value;
    const message = value === null ? `${label} cannot be empty.` : `${label} must be more than 0.`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  });
}
