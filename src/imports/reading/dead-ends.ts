import type { Part, Plan } from '../../domain/model.js';
import type { Note } from '../model.js';
import { listed } from './words.js';

/**
 * Entries that begin at load balancers and end there, since none of them calls anything, though there are parts to be called: what
 * stands behind is told by labels, in a mounted file or nowhere. Such an entry is counted as if the balancer alone were what users
 * come for. One line for all; `placeOf` says where a part, or the entry that begins at it, is written.
 */
export function deadEnds(
  { parts, connections, entries }: Plan,
  placeOf: (part: string, entry: string) => { file: string; line?: number | undefined } | undefined,
): Note[] {
  const callers = new Set(connections.map(({ from }) => from));
  const ends = new Set(parts.filter((part) => isBalancer(part) && !callers.has(part.name)).map(nameOf));
  const dead = entries.filter(
    (entry) => entry.parts.length > 0 && entry.parts.every((name) => ends.has(name)),
  );
  const [first] = dead;
  const begins = [...new Set(dead.flatMap((entry) => entry.parts))];
  if (!first || !parts.some((part) => isCalled(part) && !begins.includes(part.name))) return [];
  const [part = ''] = begins;
  const isOne = dead.length === 1;
  const message = `${isOne ? 'The entry' : 'The entries'} ${listed(dead.map(nameOf))} ${isOne ? 'leads' : 'lead'} nowhere that we know of: draw what ${listed(begins)} ${begins.length === 1 ? 'calls' : 'call'}, or ${isOne ? 'its' : 'their'} availability is that of ${listed(begins)} alone.`;
  const place = placeOf(part, first.name);
  return [{ kind: 'warning', message, part, file: place?.file, line: place?.line }];
}

/** What a balancer is there to call. Workers and tools run without being called, and stores are called by others. */
function isCalled(part: Part): boolean {
  return part.replicas > 0 && (part.kind === 'web' || part.kind === 'service' || isBalancer(part));
}

function isBalancer({ kind }: Part): boolean {
  return kind === 'load-balancer';
}

function nameOf({ name }: { name: string }): string {
  return name;
}
