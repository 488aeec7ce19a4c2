import type { Part, Plan, Strength } from '../domain/model.js';
import { type FieldChange, partChanges } from '../domain/part-changes.js';

/** A plan as it stands, with what people have done to it by hand. */
export type Standing = {
  parts: (Part & { fromFile: boolean; setByHand: string[] })[];
  connections: (Plan['connections'][number] & { setByHand: string[] })[];
  entries: (Plan['entries'][number] & { fromFile: boolean })[];
  extraCosts: (Plan['extraCosts'][number] & { fromFile: boolean })[];
};

type Pair = { from: string; to: string };

/** By name, what once came from a file and a person deleted. */
export type DeletedByHand = { parts: string[]; connections: Pair[]; entries: string[]; extraCosts: string[] };

/**
 * What a new import would do to a plan: by name, nothing done yet. `kept` is what people set by hand and the file says otherwise,
 * `keptDeleted` what the file has and people deleted.
 */
export type Merge = {
  parts: {
    added: Part[];
    changed: { name: string; changes: FieldChange[] }[];
    removed: string[];
    kept: { name: string; fields: string[] }[];
    keptDeleted: string[];
  };
  connections: {
    added: Plan['connections'];
    changed: (Pair & { was: Strength; strength: Strength })[];
    removed: Pair[];
    keptDeleted: Pair[];
  };
  entries: { added: Plan['entries']; changed: Plan['entries']; removed: string[]; keptDeleted: string[] };
  extraCosts: {
    added: Plan['extraCosts'];
    changed: { label: string; from: number | null; to: number | null }[];
    removed: string[];
    keptDeleted: string[];
  };
};

/**
 * Holds a freshly read plan against the one that stands. The file wins where people have not spoken: parts, connections and entries
 * that came from a file and are gone from it are removed; what people drew, added or set stays, and what they deleted stays away.
 */
export function mergeOf(standing: Standing, draft: Plan, deleted: DeletedByHand = NOTHING_DELETED): Merge {
  const parts = partsOf(standing, draft, new Set(deleted.parts));
  const away = new Set(parts.keptDeleted);
  return {
    parts,
    connections: connectionsOf(standing, draft, new Set(deleted.connections.map(keyOf)), away),
    entries: entriesOf(standing, draft, new Set(deleted.entries), away),
    extraCosts: extraCostsOf(standing, draft, new Set(deleted.extraCosts)),
  };
}

const NOTHING_DELETED: DeletedByHand = { parts: [], connections: [], entries: [], extraCosts: [] };

/** Whether the merge would change nothing at all. */
export function isNothing({ parts, connections, entries, extraCosts }: Merge): boolean {
  return [parts, connections, entries, extraCosts].every(
    ({ added, changed, removed }) => added.length + changed.length + removed.length === 0,
  );
}

function partsOf(standing: Standing, draft: Plan, deleted: Set<string>): Merge['parts'] {
  const read = new Map(draft.parts.map((part) => [part.name, part]));
  const known = new Set(standing.parts.map((part) => part.name));
  const unknown = draft.parts.filter((part) => !known.has(part.name));
  const result: Merge['parts'] = {
    added: unknown.filter((part) => !deleted.has(part.name)),
    changed: [],
    removed: [],
    kept: [],
    keptDeleted: unknown.map((part) => part.name).filter((name) => deleted.has(name)),
  };
  for (const part of standing.parts) {
    const fresh = read.get(part.name);
    if (!fresh) {
      if (part.fromFile) result.removed.push(part.name);
      continue;
    }
    const differing = partChanges(part, fresh);
    // A part that a person added is that person's in every field; a file that now has it too takes nothing away.
    const isByHand = ({ field }: FieldChange) => !part.fromFile || part.setByHand.includes(field);
    const changes = differing.filter((change) => !isByHand(change));
    const byHand = differing.filter(isByHand).map(({ field }) => field);
    if (changes.length > 0) result.changed.push({ name: part.name, changes });
    if (byHand.length > 0) result.kept.push({ name: part.name, fields: byHand });
  }
  return result;
}

/** `away`: parts that stay deleted, and with them their connections. */
function connectionsOf(
  standing: Standing,
  draft: Plan,
  deleted: Set<string>,
  away: Set<string>,
): Merge['connections'] {
  const read = new Map(draft.connections.map((connection) => [keyOf(connection), connection]));
  const known = new Set(standing.connections.map(keyOf));
  const unknown = draft.connections.filter(
    (connection) => !known.has(keyOf(connection)) && !away.has(connection.from) && !away.has(connection.to),
  );
  const result: Merge['connections'] = {
    added: unknown.filter((connection) => !deleted.has(keyOf(connection))),
    changed: [],
    removed: [],
    keptDeleted: unknown
      .filter((connection) => deleted.has(keyOf(connection)))
      .map(({ from, to }) => ({ from, to })),
  };
  for (const connection of standing.connections) {
    const fresh = read.get(keyOf(connection));
    const { from, to } = connection;
    if (!fresh) {
      if (connection.origin !== 'drawn') result.removed.push({ from, to });
    } else if (
      connection.origin !== 'drawn' &&
      !connection.setByHand.includes('strength') &&
      fresh.strength !== connection.strength
    ) {
      result.changed.push({ from, to, was: connection.strength, strength: fresh.strength });
    }
  }
  return result;
}

function entriesOf(
  standing: Standing,
  draft: Plan,
  deleted: Set<string>,
  away: Set<string>,
): Merge['entries'] {
  const known = new Map(standing.entries.map((entry) => [entry.name, entry]));
  const read = new Set(draft.entries.map((entry) => entry.name));
  const entries = draft.entries
    .map((entry) => ({ ...entry, parts: entry.parts.filter((name) => !away.has(name)) }))
    .filter((entry) => entry.parts.length > 0);
  const unknown = entries.filter((entry) => !known.has(entry.name));
  return {
    added: unknown.filter((entry) => !deleted.has(entry.name)),
    changed: entries.filter((entry) => {
      const old = known.get(entry.name);
      return old?.fromFile && !isSameSet(new Set(old.parts), new Set(entry.parts));
    }),
    removed: standing.entries
      .filter((entry) => entry.fromFile && !read.has(entry.name))
      .map((entry) => entry.name),
    keptDeleted: unknown.map((entry) => entry.name).filter((name) => deleted.has(name)),
  };
}

function isSameSet(a: Set<string>, b: Set<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}

/** By label. A price that a person has set is that person's, as is a cost that a person added. */
function extraCostsOf(standing: Standing, draft: Plan, deleted: Set<string>): Merge['extraCosts'] {
  const read = new Map(draft.extraCosts.map((cost) => [cost.label, cost.usdPerMonth]));
  const known = new Set(standing.extraCosts.map((cost) => cost.label));
  const unknown = draft.extraCosts.filter((cost) => !known.has(cost.label));
  const fromFile = standing.extraCosts.filter((cost) => cost.fromFile);
  return {
    added: unknown.filter((cost) => !deleted.has(cost.label)),
    changed: fromFile.flatMap(({ label, usdPerMonth: from }) => {
      const to = read.get(label);
      return to === undefined || to === from ? [] : [{ label, from, to }];
    }),
    removed: fromFile.map((cost) => cost.label).filter((label) => !read.has(label)),
    keptDeleted: unknown.map((cost) => cost.label).filter((label) => deleted.has(label)),
  };
}

function keyOf({ from, to }: Pair): string {
  return JSON.stringify([from, to]);
}
