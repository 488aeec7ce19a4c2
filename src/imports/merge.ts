import type { Part, Plan } from '../domain/model.js';

/** What of a part a file speaks of. What people add to it (team, links, notes) no import touches. */
export const FILE_FIELDS = [
  'kind',
  'replicas',
  'needed',
  'cpuMillicores',
  'memoryMib',
  'runs',
  'perMachine',
  'spread',
  'availability',
  'usdPerMonth',
  'technology',
  'containersPerReplica',
] as const satisfies readonly (keyof Part)[];
export type FileField = (typeof FILE_FIELDS)[number];

/** A plan as it stands, with what people have done to it by hand. */
export type Standing = {
  parts: (Part & { fromFile: boolean; setByHand: string[] })[];
  connections: (Plan['connections'][number] & { setByHand: string[] })[];
  entries: (Plan['entries'][number] & { fromFile: boolean })[];
  extraCosts: Plan['extraCosts'];
};

export type FieldChange = { field: string; from: unknown; to: unknown };

/** What a new import would do to a plan: by name, nothing done yet. `kept` is what people set by hand and the file says otherwise. */
export type Merge = {
  parts: {
    added: Part[];
    changed: { name: string; changes: FieldChange[] }[];
    removed: string[];
    kept: { name: string; fields: string[] }[];
  };
  connections: {
    added: Plan['connections'];
    changed: { from: string; to: string; changes: FieldChange[] }[];
    removed: { from: string; to: string }[];
  };
  entries: { added: Plan['entries']; changed: Plan['entries']; removed: string[] };
  extraCosts: { added: Plan['extraCosts'] };
};

/**
 * Holds a freshly read plan against the one that stands. The file wins where people have not spoken: parts, connections and entries
 * that came from a file and are gone from it are removed; what people drew, added or set stays.
 */
export function mergeOf(standing: Standing, draft: Plan): Merge {
  return {
    parts: partsOf(standing, draft),
    connections: connectionsOf(standing, draft),
    entries: entriesOf(standing, draft),
    extraCosts: {
      added: draft.extraCosts.filter(
        ({ label }) => !standing.extraCosts.some((cost) => cost.label === label),
      ),
    },
  };
}

/** Whether the merge would change nothing at all. */
export function isNothing({ parts, connections, entries, extraCosts }: Merge): boolean {
  const lists = [
    parts.added,
    parts.changed,
    parts.removed,
    connections.added,
    connections.changed,
    connections.removed,
  ];
  return [...lists, entries.added, entries.changed, entries.removed, extraCosts.added].every(
    (list) => list.length === 0,
  );
}

function partsOf(standing: Standing, draft: Plan): Merge['parts'] {
  const read = new Map(draft.parts.map((part) => [part.name, part]));
  const known = new Set(standing.parts.map((part) => part.name));
  const result: Merge['parts'] = {
    added: draft.parts.filter((part) => !known.has(part.name)),
    changed: [],
    removed: [],
    kept: [],
  };
  for (const part of standing.parts) {
    const fresh = read.get(part.name);
    if (!fresh) {
      if (part.fromFile) result.removed.push(part.name);
      continue;
    }
    const differing = FILE_FIELDS.filter((field) => fieldOf(part, field) !== fieldOf(fresh, field));
    // A part that a person added is that person's in every field; a file that now has it too takes nothing away.
    const byHand = part.fromFile ? differing.filter((field) => part.setByHand.includes(field)) : differing;
    const changes = differing
      .filter((field) => !byHand.includes(field))
      .map((field) => ({ field, from: fieldOf(part, field), to: fieldOf(fresh, field) }));
    if (changes.length > 0) result.changed.push({ name: part.name, changes });
    if (byHand.length > 0) result.kept.push({ name: part.name, fields: byHand });
  }
  return result;
}

function connectionsOf(standing: Standing, draft: Plan): Merge['connections'] {
  const key = ({ from, to }: { from: string; to: string }) => JSON.stringify([from, to]);
  const read = new Map(draft.connections.map((connection) => [key(connection), connection]));
  const known = new Set(standing.connections.map(key));
  const result: Merge['connections'] = {
    added: draft.connections.filter((connection) => !known.has(key(connection))),
    changed: [],
    removed: [],
  };
  for (const connection of standing.connections) {
    const fresh = read.get(key(connection));
    const { from, to } = connection;
    if (!fresh) {
      if (connection.origin !== 'drawn') result.removed.push({ from, to });
    } else if (
      connection.origin !== 'drawn' &&
      !connection.setByHand.includes('strength') &&
      fresh.strength !== connection.strength
    ) {
      result.changed.push({
        from,
        to,
        changes: [{ field: 'strength', from: connection.strength, to: fresh.strength }],
      });
    }
  }
  return result;
}

function entriesOf(standing: Standing, draft: Plan): Merge['entries'] {
  const known = new Map(standing.entries.map((entry) => [entry.name, entry]));
  const read = new Set(draft.entries.map((entry) => entry.name));
  const same = (a: string[], b: string[]) =>
    a.length === b.length && [...a].sort().every((name, i) => name === [...b].sort()[i]);
  return {
    added: draft.entries.filter((entry) => !known.has(entry.name)),
    changed: draft.entries.filter((entry) => {
      const old = known.get(entry.name);
      return old?.fromFile && !same(old.parts, entry.parts);
    }),
    removed: standing.entries
      .filter((entry) => entry.fromFile && !read.has(entry.name))
      .map((entry) => entry.name),
  };
}

function fieldOf(part: Part, field: FileField): unknown {
  return field === 'containersPerReplica' ? (part.containersPerReplica ?? 1) : part[field];
}
