import { soundPart } from './check-plan.js';
import type { Part, Plan } from './model.js';

/**
 * A plan made ready for walking: parts that keep running, by number, and who calls whom. Parts are sorted by name, so that
 * nothing computed on the numbers depends on the order in the plan.
 */
export type Wiring = {
  /** Without jobs; impossible amounts read as unknown. */
  parts: Part[];
  numberOf: ReadonlyMap<string, number>;
  hardCalls: number[][];
  hardCallers: number[][];
  softCalls: number[][];
  softCallers: number[][];
  /** For each part 1 when its replicas are packed onto machines (`isPlaced`), to be asked millions of times. */
  placed: Uint8Array;
  /** Connections between parts in `parts`; those from or to a job; those that lead nowhere. */
  connections: { hard: number; soft: number; guessed: number; withJobs: number; dangling: number };
  /**
   * Per-machine parts that their machine needs, a network agent or a proxy: every part on a machine hangs on them. Workers
   * (log shippers, exporters) are left out: nobody waits for them.
   */
  agents: number[];
  /** What could not be used, one sentence each. */
  ignored: string[];
};

/** Whether a part is one that stands on every machine. Only what runs on the plan's machines can be. */
export function isPerMachine(part: Part): boolean {
  return part.perMachine && part.runs === 'machine';
}

/** Whether a part's replicas are packed onto machines. */
export function isPlaced(part: Part): boolean {
  return part.runs === 'machine' && !part.perMachine;
}

/** Reads a plan's parts and connections. Never fails: what cannot be used is left out and named in `ignored`. */
export function wiringOf(plan: Plan): Wiring {
  const ignored: string[] = [];
  const jobs = new Set<string>();
  const byName = new Map<string, Part>();
  for (const part of plan.parts) {
    const sound = soundPart(part);
    if (!sound) ignored.push(`${part.name} is left out: its counts are impossible.`);
    else if (sound.kind === 'job') jobs.add(sound.name);
    else if (byName.has(sound.name)) ignored.push(`A second part named ${sound.name} is left out.`);
    else byName.set(sound.name, sound);
  }
  const names = [...byName.keys()].sort();
  const parts = names.map((name) => byName.get(name)!);
  const numberOf = new Map(names.map((name, number) => [name, number]));
  const lists = () => parts.map((): number[] => []);
  const wiring: Wiring = {
    parts,
    numberOf,
    hardCalls: lists(),
    hardCallers: lists(),
    softCalls: lists(),
    softCallers: lists(),
    placed: Uint8Array.from(parts, (part) => Number(isPlaced(part))),
    connections: { hard: 0, soft: 0, guessed: 0, withJobs: 0, dangling: 0 },
    agents: [...parts.keys()].filter(
      (number) => isPerMachine(parts[number]!) && parts[number]!.kind !== 'worker',
    ),
    ignored,
  };
  connect(wiring, plan, jobs);
  for (const entry of plan.entries) {
    const unknown = entry.parts.filter((name) => !numberOf.has(name) && !jobs.has(name));
    if (unknown.length > 0)
      ignored.push(`${entry.name} names no part of the plan: ${unknown.sort().join(', ')}.`);
  }
  ignored.sort();
  return wiring;
}

function connect(wiring: Wiring, plan: Plan, jobs: ReadonlySet<string>): void {
  const { numberOf, connections } = wiring;
  for (const { from, to, strength, origin } of plan.connections) {
    const caller = numberOf.get(from);
    const callee = numberOf.get(to);
    if (caller === undefined || callee === undefined) {
      const isKnown = (name: string) => numberOf.has(name) || jobs.has(name);
      if (isKnown(from) && isKnown(to)) connections.withJobs++;
      else {
        connections.dangling++;
        wiring.ignored.push(`The connection ${from} -> ${to} is left out: it leads to no known part.`);
      }
      continue;
    }
    connections[strength]++;
    if (origin === 'guessed') connections.guessed++;
    const isHard = strength === 'hard';
    (isHard ? wiring.hardCalls : wiring.softCalls)[caller]!.push(callee);
    (isHard ? wiring.hardCallers : wiring.softCallers)[callee]!.push(caller);
  }
}
