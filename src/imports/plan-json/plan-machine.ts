import type { MachineType } from '../../domain/model.js';
import priceBook from '../../domain/price-book.json' with { type: 'json' };
import type { Fault, SourceFile } from '../model.js';
import { faultsOf } from '../reading/json-faults.js';
import { readJson } from '../reading/json-text.js';
import { machineTypeSchema } from './plan-schema.js';

const machineRows = priceBook.prices.filter(({ kind }) => kind === 'machine');

/** Ids of the machine types the price book has: `aws-m6i-large`. */
export const pricedMachineIds: readonly string[] = machineRows.map(({ id }) => id);

/**
 * A machine type of the price book, or null where it has none by this id. On AWS the tiers of GKE stand in for what any managed or
 * self-run cluster reserves; a bare server reserves nothing.
 */
export function pricedMachine(id: string): MachineType | null {
  const row = machineRows.find((each) => each.id === id);
  if (!row) return null;
  return {
    name: row.product.replace(/^EC2 /, ''),
    cpuMillicores: Math.round((row.vcpu ?? 0) * 1000),
    memoryMib: row.memMiB ?? 0,
    reserve: row.provider === 'aws' ? 'gke' : 'none',
    maxContainers: null,
    usdPerMonth: row.usdMonth,
    availability: row.availability ?? null,
  };
}

/** Reads a machine type written as JSON in the shape a plan's `machineType` has. */
export function readMachineType({ name: file, text }: SourceFile): MachineType | Fault[] {
  const json = readJson(text);
  if (!json.ok) return [{ message: json.message, file, line: json.line, column: json.column }];
  const read = machineTypeSchema.safeParse(json.value);
  return read.success ? read.data : faultsOf(json, file, read.error.issues);
}
