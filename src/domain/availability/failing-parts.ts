import type { Part } from '../model.js';
import type { Wiring } from '../wiring.js';
import type { Ground } from './ground.js';

/** The parts of a closure by how they fail. */
export type FailingParts = {
  /** On machines, replicas packed: by number. */
  placed: number[];
  /** Managed and external: by number. */
  providers: number[];
  /** Per-machine parts that the entry names or its parts call. */
  called: Part[];
  /** All per-machine parts the entry hangs on: those called, and the agents of the machines its parts stand on. */
  agents: Part[];
  /** Whether it needs any machine: a part switched off, or of which none is needed, does not. */
  isOnMachines: boolean;
  /** Whether some provider runs more replicas of a part than are needed. */
  isRedundantAtProviders: boolean;
};

/** Sorts the parts of a closure (numbers, sorted) by how they fail. */
export function failingParts(wiring: Wiring, closure: readonly number[]): FailingParts {
  const placed: number[] = [];
  const providers: number[] = [];
  const called: number[] = [];
  let isStanding = false;
  let isRedundantAtProviders = false;
  for (const number of closure) {
    const part = wiring.parts[number]!;
    if (wiring.placed[number]) {
      placed.push(number);
      isStanding ||= part.needed > 0 && part.replicas > 0;
    } else if (part.runs === 'machine') {
      called.push(number);
    } else {
      providers.push(number);
      isRedundantAtProviders ||= part.replicas > part.needed;
    }
  }
  const agents = new Set(isStanding ? [...called, ...wiring.agents] : called);
  const partOf = (number: number) => wiring.parts[number]!;
  return {
    placed,
    providers,
    called: called.map(partOf),
    agents: [...agents].sort((a, b) => a - b).map(partOf),
    isOnMachines: isStanding || called.length > 0,
    isRedundantAtProviders,
  };
}

/** What must be known before anything can be said of the availability, one sentence each; nothing when all is known. */
export function whatIsUnknown(
  { placed, providers, agents, isOnMachines }: FailingParts,
  { wiring, machineType, packing, isNeededUnknown }: Ground,
): string[] {
  if (placed.length + providers.length + agents.length === 0) return ['Any part it calls.'];
  const isUnknown = (number: number) => isNeededUnknown[number] === 1;
  const nameless = [
    ...[...placed.filter(isUnknown), ...providers.filter(isUnknown)].map((number) => wiring.parts[number]!),
    ...agents.filter(({ availability }) => availability === null),
  ].map(({ name }) => name);
  const unknown = nameless.length > 0 ? [`The availability of ${nameless.sort().join(', ')}.`] : [];
  if (isOnMachines && !packing.machines) unknown.push(`On which machines its parts stand. ${packing.reason}`);
  if (isOnMachines && machineType && machineType.availability === null) {
    unknown.push(`The availability of one ${machineType.name}.`);
  }
  return unknown;
}
