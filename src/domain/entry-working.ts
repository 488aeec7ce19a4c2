import type { EntryFailure } from './availability/entry-failure.js';
import type { FailingParts } from './availability/failing-parts.js';
import { SEED } from './availability/machine-sampling.js';
import type { WiredEntry } from './entries.js';
import { availabilityInWords, counted, type Working } from './figure.js';
import type { MachineType } from './model.js';
import { MAX_MACHINES_FOR_PAIRS } from './weak-points.js';

/** What the working of an entry is written from. `failure` null = the availability is unknown. */
export type EntryFacts = {
  entry: WiredEntry;
  /** How many entries the plan has. */
  entries: number;
  parts: FailingParts;
  machineType: MachineType | null;
  unknown: string[];
  failure: EntryFailure | null;
  twoMachineCuts: readonly unknown[] | null;
};

/** How an entry's availability comes about, in words. */
export function entryWorking(facts: EntryFacts): Working {
  const { parts, machineType, unknown, failure } = facts;
  const { placed, providers, agents, isOnMachines } = parts;
  const inputs = [
    { label: 'parts it cannot work without', value: counted(placed.length + providers.length, 'part') },
    { label: 'of these on machines', value: String(placed.length) },
    { label: 'of these at providers', value: String(providers.length) },
  ];
  if (isOnMachines && machineType && machineType.availability !== null) {
    const value = availabilityInWords(1 - machineType.availability);
    inputs.push({ label: `one ${machineType.name}`, value });
  }
  for (const agent of agents) {
    if (agent.availability !== null) {
      inputs.push({
        label: `${agent.name}, on every machine`,
        value: availabilityInWords(1 - agent.availability),
      });
    }
  }
  return {
    rule: ruleInWords(isOnMachines, failure),
    source:
      'The Calculus of Service Availability, ACM Queue 15(2) 2017; common cause: beta factor, IEC 61508-6 Annex D',
    inputs,
    assumptions: assumptions(facts),
    unknown,
  };
}

function ruleInWords(isOnMachines: boolean, failure: EntryFailure | null): string {
  const all =
    'It is up when every part it cannot work without is up; each part counts once, however many ways lead to it.';
  if (!isOnMachines) return all;
  if (failure?.isBounded) {
    return `${all} Parts that share machines are down at least as often as the worst of them and at most as often as if each failed by itself; told is the middle, and the error bar spans both.`;
  }
  if (failure && !failure.isExact) {
    return `${all} Parts that share machines are summed over machine states drawn with seed ${SEED}; the error bar is about 95 %.`;
  }
  return `${all} Parts that share machines are summed over all states of these machines, exactly.`;
}

function assumptions({ entry, entries, parts, failure, twoMachineCuts }: EntryFacts): string[] {
  const { placed, providers, agents, isRedundantAtProviders } = parts;
  const sentences = [
    'Soft connections stop nothing.',
    'Bad deploys, expired certificates, upgrades and people are in no number.',
  ];
  if (failure && failure.worth.length === 0 && placed.length + providers.length > 0) {
    const why =
      entries > 1 ? `the plan has ${entries.toLocaleString('en-US')} entries` : 'the plan is so large';
    sentences.push(`Counted in short, as ${why}: what each part would win is not told.`);
  }
  if (entry.isImplied) {
    sentences.push(
      'The plan names no entry: this one calls the parts that nobody else calls; parts that call each other in a circle count as one.',
    );
  }
  if (placed.length > 0) {
    sentences.push(
      'Machines fail one by one, and so do replicas on paper; at 5 % and 10 % that share of the failures takes all replicas of a part, or all machines, at once.',
    );
  }
  if (agents.length > 0) {
    const names = agents.map((agent) => agent.name).join(', ');
    sentences.push(
      `A machine is up when its ${names} is up too; per-machine workers are needed by nobody unless called.`,
    );
  }
  if (isRedundantAtProviders) {
    sentences.push('Replicas at a provider fail one by one: no common cause is taken there.');
  }
  if (providers.length > 0) sentences.push('What a provider promises or tolerates is taken as what happens.');
  if (placed.length > 0 && twoMachineCuts === null) {
    sentences.push(`Pairs of machines are told for up to ${MAX_MACHINES_FOR_PAIRS} known machines only.`);
  }
  return sentences;
}
