import { z } from 'zod';
import { MAX_COUNT } from '../domain/check-plan.js';
import { MAX_AMOUNT, MAX_TECHNOLOGY } from '../domain/limits.js';
import { PART_KINDS, RUNS } from '../domain/model.js';
import { choice, line, number, optionalNumber, text, tick, webAddress } from '../web/form.js';
import {
  availabilityText,
  cpuText,
  memoryText,
  optionalAvailability,
  optionalCpu,
  optionalDay,
  optionalMemory,
} from '../web/quantities.js';

export const partForm = z
  .object({
    name: line('Name'),
    kind: choice('Kind', PART_KINDS),
    runs: choice('Where it runs', RUNS),
    replicas: number('Replicas', { max: MAX_COUNT, whole: true }),
    needed: number('How many must be up', { max: MAX_COUNT, whole: true }),
    containersPerReplica: number('Containers per replica', { min: 1, max: 1000, whole: true }),
    perMachine: tick(),
    spread: tick(),
    cpuMillicores: optionalCpu('CPU'),
    memoryMib: optionalMemory('Memory'),
    availability: optionalAvailability('Availability'),
    availabilityBasis: line('The source of the availability', { max: 500, required: false }),
    usdPerMonth: optionalNumber('Price', { max: MAX_AMOUNT }),
    priceBasis: line('The source of the price', { max: 500, required: false }),
    technology: line('Technology', { max: MAX_TECHNOLOGY, required: false }),
    team: line('Owner team', { max: 100, required: false }),
    repositoryUrl: webAddress('Repository'),
    runbookUrl: webAddress('Runbook'),
    checkedOn: optionalDay('Last checked'),
    notes: text('Notes'),
  })
  .refine(({ replicas, needed, perMachine }) => perMachine || needed <= replicas, {
    path: ['needed'],
    error: ({ input }) => tooFew(input as { replicas: number; needed: number }),
    // Said together with what else is wrong, once both numbers can be read.
    when: ({ value }) => {
      const { replicas, needed } = value as { replicas?: unknown; needed?: unknown };
      return typeof replicas === 'number' && typeof needed === 'number';
    },
  });

export type PartInput = z.infer<typeof partForm>;

/** A part as a new form shows it. */
export const NEW_PART: Record<string, string> = {
  kind: 'service',
  runs: 'machine',
  replicas: '1',
  needed: '1',
  containersPerReplica: '1',
};

/** A record as the form shows it. */
export function partValues(
  part: Omit<PartInput, 'technology' | 'team' | 'kind' | 'runs'> & Words,
): Record<string, string> {
  return {
    name: part.name,
    kind: part.kind,
    runs: part.runs,
    replicas: String(part.replicas),
    needed: String(part.needed),
    containersPerReplica: String(part.containersPerReplica),
    perMachine: part.perMachine ? 'on' : '',
    spread: part.spread ? 'on' : '',
    cpuMillicores: cpuText(part.cpuMillicores),
    memoryMib: memoryText(part.memoryMib),
    availability: availabilityText(part.availability),
    availabilityBasis: part.availabilityBasis,
    usdPerMonth: String(part.usdPerMonth ?? ''),
    priceBasis: part.priceBasis,
    technology: part.technology ?? '',
    team: part.team ?? '',
    repositoryUrl: part.repositoryUrl,
    runbookUrl: part.runbookUrl,
    checkedOn: part.checkedOn ?? '',
    notes: part.notes,
  };
}

type Words = { kind: string; runs: string; technology: string | null; team: string | null };

function tooFew({ replicas, needed }: { replicas: number; needed: number }): string {
  const run = `${replicas} ${replicas === 1 ? 'runs' : 'run'}`;
  return `${needed} cannot be up where ${run}: the part would always count as down. Raise the replicas or lower this.`;
}
