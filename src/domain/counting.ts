import { counted, type Figure, figure, formatted } from './figure.js';
import type { Part, PartKind, Plan } from './model.js';
import type { Packing } from './packing/packing.js';
import { isPerMachine, type Wiring } from './wiring.js';

/** Kinds that are the team's own code and run all the time. */
const SERVICE_KINDS: ReadonlySet<PartKind> = new Set(['web', 'service', 'worker']);

/** What is counted of the parts themselves. */
export type PartCounts = {
  /** Distinct parts without jobs. */
  parts: Figure;
  /** Parts of the team's own code: web, service, worker. */
  services: Figure;
  /** Parts that run and end; in no other figure. */
  jobs: Figure & { names: string[] };
  managedParts: Figure;
  externalParts: Figure;
  perMachineParts: Figure;
};

/** All containers the team runs, or has run for it. */
export type ContainerCount = Figure & {
  /** Without those of per-machine parts. */
  replicated: number;
  /** Of per-machine parts, on all machines in use. null when the machines are unknown. */
  perMachine: number | null;
  byPart: { part: string; containers: number | null }[];
};

/** Connections between known parts; `leftOut`: those from or to a job. */
export type ConnectionCount = Figure & { hard: number; soft: number; guessed: number; leftOut: number };

/** Counts parts by what they are. `parts`: the plan's sound parts without jobs. */
export function partCounts(plan: Plan, parts: readonly Part[]): PartCounts {
  const jobNames = plan.parts.filter((part) => part.kind === 'job').map((part) => part.name);
  const count = (rule: string, isCounted: (part: Part) => boolean) =>
    figure(parts.filter(isCounted).length, rule);
  return {
    parts: count('Distinct parts, however many copies run; jobs are told apart.', () => true),
    services: count("Parts of the team's own code: web processes, services and workers.", isService),
    jobs: {
      ...figure(
        jobNames.length,
        'Parts that run and end: they take nothing in the steady state, so no other figure counts them.',
      ),
      names: jobNames,
    },
    managedParts: count('Parts a provider runs for the team.', (part) => part.runs === 'managed'),
    externalParts: count("Parts outside the team's reach.", (part) => part.runs === 'external'),
    perMachineParts: count('Parts of which one stands on every machine.', isPerMachine),
  };
}

/**
 * Containers: replicas x containers in one, of parts on machines and of managed web processes, services and workers (a dyno
 * is a container); of a per-machine part one for each machine in use. Other managed parts and external parts are no
 * containers of the team's. At least, while per-machine parts stand on an unknown number of machines, or on one counted
 * without a request nobody knows.
 */
export function containersOf(parts: readonly Part[], packing: Packing): ContainerCount {
  const machines = packing.machines?.length ?? null;
  const byPart = parts.map((part) => ({ part: part.name, containers: containersOfPart(part, machines) }));
  const isCountedPerMachine = new Set(parts.filter(isPerMachine).map((part) => part.name));
  let replicated = 0;
  let perMachine = 0;
  const unknown = machines !== null && isCountedPerMachine.size > 0 ? unknownRequests(parts) : [];
  for (const { part, containers } of byPart) {
    if (containers === null) unknown.push(`On how many machines ${part} stands: one on each.`);
    else if (isCountedPerMachine.has(part)) perMachine += containers;
    else replicated += containers;
  }
  const isPerMachineKnown = machines !== null || isCountedPerMachine.size === 0;
  const inputs = [
    { label: 'of replicated parts', value: formatted(replicated) },
    { label: 'of parts on every machine', value: isPerMachineKnown ? formatted(perMachine) : 'unknown' },
  ];
  return {
    ...figure(
      replicated + perMachine,
      'Replicas x containers in one, plus one of each per-machine part on every machine.',
      {
        inputs,
        assumptions: [
          'A managed web process, service or worker is containers too (a dyno is one); other managed parts are none.',
        ],
        unknown,
      },
    ),
    replicated,
    perMachine: isPerMachineKnown ? perMachine : null,
    byPart,
  };
}

/**
 * Machines in use and the proven lower bound, with what decided them. Machines are at least so many while a part on them
 * names no cpu or no memory. `parts`: as for `partCounts`.
 */
export function machineCounts(
  parts: readonly Part[],
  packing: Packing,
  machineTypeName: string,
): { machines: Figure; machinesLowerBound: Figure } {
  if (!parts.some(takesRoom)) {
    const rule =
      parts.length === 0 ? 'No part, no machine.' : 'No part runs on machines: run by the provider.';
    return { machines: figure(0, rule), machinesLowerBound: figure(0, rule) };
  }
  const { allocatable, lowerBound, waste } = packing;
  const machines = packing.machines?.length ?? null;
  const working = {
    inputs: [
      { label: 'machine type', value: machineTypeName },
      ...(allocatable ? [{ label: 'one machine has for containers', value: roomInWords(allocatable) }] : []),
      ...(waste ? [{ label: 'free on all of them together', value: roomInWords(waste) }] : []),
      ...(packing.rule ? [{ label: 'found by', value: PACK_RULES[packing.rule] }] : []),
    ],
    assumptions: ['Requests decide what fits, limits do not; replicas that must stand apart do.'],
    unknown: packing.reason ? [packing.reason] : unknownRequests(parts),
  };
  const isProven = machines !== null && machines === lowerBound?.machines;
  const rule = isProven
    ? 'The fewest machines that hold all parts: as many as the lower bound, so fewer cannot do.'
    : 'The fewest machines found that hold all parts; the true minimum lies between the lower bound and this.';
  return {
    machines: figure(
      machines,
      machines === null ? 'The fewest machines that hold all parts.' : rule,
      working,
    ),
    machinesLowerBound: figure(
      lowerBound?.machines ?? null,
      lowerBound ? BOUND_RULES[lowerBound.rule] : 'No packing can use fewer.',
      {
        inputs: lowerBound
          ? Object.entries(lowerBound.byRule).map(([label, value]) => ({ label, value: formatted(value) }))
          : [],
        unknown: packing.reason ? [packing.reason] : [],
      },
    ),
  };
}

/**
 * What a count of machines leaves out, as one sentence for a working: the requests nobody knows, which pack as nothing.
 * Empty when every part that takes room on machines names its cpu and memory.
 */
export function unknownRequests(parts: readonly Part[]): string[] {
  const names = parts
    .filter((part) => takesRoom(part) && (part.cpuMillicores === null || part.memoryMib === null))
    .map((part) => part.name)
    .sort();
  return names.length > 0 ? [`The cpu or memory of ${names.join(', ')}: counted as nothing.`] : [];
}

/** Connections by strength, and how many of them are guesses. */
export function connectionsOf(wiring: Wiring): ConnectionCount {
  const { hard, soft, guessed, withJobs, dangling } = wiring.connections;
  const assumptions = [];
  if (guessed > 0)
    assumptions.push(`${counted(guessed, 'connection')} guessed from a file, not stated there.`);
  if (withJobs > 0) assumptions.push(`${counted(withJobs, 'connection')} from or to jobs left out.`);
  if (dangling > 0) assumptions.push(`${counted(dangling, 'connection')} to no known part left out.`);
  return {
    ...figure(hard + soft, 'Lines from a part to a part it calls.', {
      inputs: [
        { label: 'hard', value: formatted(hard) },
        { label: 'soft', value: formatted(soft) },
      ],
      assumptions,
    }),
    hard,
    soft,
    guessed,
    leftOut: withJobs,
  };
}

const PACK_RULES = {
  'ffd-share': 'first fit, largest share of a machine first',
  'ffd-group': 'first fit, parts with most replicas to keep apart first',
  'spread-share': 'even spreading, largest share of a machine first',
  'spread-group': 'even spreading, parts with most replicas to keep apart first',
} as const;

const BOUND_RULES = {
  cpu: 'The cpu asked for in all, over what one machine has.',
  memory: 'The memory asked for in all, over what one machine has.',
  big: 'Replicas that need more than half a machine: no two share one.',
  spread: 'Replicas of one part that must stand on different machines.',
  pods: 'Replicas in all, over the most one machine takes.',
  'one-machine': 'Something runs on machines, so there is at least one.',
  none: 'Nothing runs on machines.',
} as const;

function takesRoom(part: Part): boolean {
  return part.runs === 'machine' && (part.perMachine || part.replicas > 0);
}

function isService(part: Part): boolean {
  return SERVICE_KINDS.has(part.kind);
}

function containersOfPart(part: Part, machines: number | null): number | null {
  const each = part.containersPerReplica ?? 1;
  if (isPerMachine(part)) return machines === null ? null : machines * each;
  if (part.runs === 'machine' || (part.runs === 'managed' && isService(part))) return part.replicas * each;
  return 0;
}

function roomInWords({ cpuMillicores, memoryMib }: { cpuMillicores: number; memoryMib: number }): string {
  return `${formatted(cpuMillicores)} millicores, ${formatted(memoryMib)} MiB`;
}
