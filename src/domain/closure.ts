import type { Wiring } from './wiring.js';

/**
 * Every part that the given parts cannot work without, themselves included: the set closure over hard connections, each
 * part once however many ways lead to it, cycles harmless. Sorted. Parts on machines also hang on the agents of their
 * machines; an agent is listed only where it is named or called, but what it calls is in.
 * Source: The Calculus of Service Availability, ACM Queue 15(2) 2017, "nested dependencies".
 */
export function hardClosure(wiring: Wiring, from: readonly number[]): number[] {
  const { hardCalls, hardCallers, agents, placed } = wiring;
  const next =
    agents.length === 0
      ? (part: number) => [hardCalls[part]!]
      : (part: number) => (placed[part] ? [hardCalls[part]!, agents] : [hardCalls[part]!]);
  const reached = reachedFrom(wiring, from, next);
  const isImplied = new Set(agents);
  if (!reached.some((part) => isImplied.has(part))) return reached;
  const named = new Set(from);
  const isIn = new Set(reached);
  return reached.filter(
    (part) =>
      !isImplied.has(part) || named.has(part) || hardCallers[part]!.some((caller) => isIn.has(caller)),
  );
}

/** Every part that stops when the given parts stop, themselves included: the closure against the hard connections. Sorted. */
export function stoppedBy(wiring: Wiring, parts: readonly number[]): number[] {
  const isAgent = new Set(wiring.agents);
  const onMachines = [...wiring.parts.keys()].filter((part) => wiring.placed[part]);
  return reachedFrom(wiring, parts, (part) =>
    isAgent.has(part) ? [wiring.hardCallers[part]!, onMachines] : [wiring.hardCallers[part]!],
  );
}

/**
 * The parts that nobody else calls, hard or soft. Parts that call each other in a circle count as one: where nobody outside
 * calls the circle, all of it is in, so every part of the plan can be reached from the answer. Sorted.
 */
export function partsNobodyCalls(wiring: Wiring): number[] {
  const callsOf = (part: number) => [wiring.hardCalls[part]!, wiring.softCalls[part]!];
  const callersOf = (part: number) => [wiring.hardCallers[part]!, wiring.softCallers[part]!];
  // Whatever nobody outside calls is first met as a start of a walk; of these starts, those that a later one reaches drop out.
  const starts: number[] = [];
  const met = new Uint8Array(wiring.parts.length);
  for (const part of wiring.parts.keys()) {
    if (met[part]) continue;
    starts.push(part);
    walk([part], callsOf, met);
  }
  const metAgain = new Uint8Array(wiring.parts.length);
  const uncalled: number[] = [];
  for (const start of starts.reverse()) {
    if (metAgain[start]) continue;
    uncalled.push(...reachedFrom(wiring, [start], callersOf));
    walk([start], callsOf, metAgain);
  }
  return uncalled.sort((a, b) => a - b);
}

type NextOf = (part: number) => readonly (readonly number[])[];

function reachedFrom(wiring: Wiring, from: readonly number[], nextOf: NextOf): number[] {
  const met = new Uint8Array(wiring.parts.length);
  const { length } = walk(from, nextOf, met);
  // Read off the marks, which is sorting without comparing.
  const reached = new Array<number>(length);
  for (let part = 0, found = 0; found < length; part++) if (met[part]) reached[found++] = part;
  return reached;
}

/** Walks from the given parts over everything not met before, marks it, and gives it back. */
function walk(from: readonly number[], nextOf: NextOf, met: Uint8Array): number[] {
  const reached: number[] = [];
  const visit = (part: number) => {
    if (met[part]) return;
    met[part] = 1;
    reached.push(part);
  };
  for (const part of from) visit(part);
  // The list grows while it is read: a queue.
  for (const part of reached) for (const list of nextOf(part)) for (const next of list) visit(next);
  return reached;
}
