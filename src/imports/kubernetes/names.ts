import { grouped } from './grouped.js';

export type Nameable = { name: string; namespace: string; kind: string };

/**
 * A name for each workload, unique in a plan: its own where no other has it, with the namespace behind it where another namespace has
 * one of the same name, with the kind where even that is not enough.
 */
export function partNames<T extends Nameable>(workloads: readonly T[]): Map<T, string> {
  const names = new Map<T, string>();
  const taken = new Set<string>();
  const byName = grouped(workloads, ({ name }) => name);
  for (const sameName of byName.values()) {
    const byPlace = grouped(sameName, ({ namespace }) => namespace);
    for (const workload of sameName) {
      const { name, namespace, kind } = workload;
      const placed = byPlace.size > 1 && namespace !== '' ? `${name}.${namespace}` : name;
      const wanted = (byPlace.get(namespace)?.length ?? 0) > 1 ? `${placed} (${kind})` : placed;
      names.set(workload, freeName(wanted, taken));
    }
  }
  return names;
}

/** The name, with a number behind it if it is taken; it is then taken. */
export function freeName(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let i = 2; taken.has(name); i += 1) name = `${wanted} (${i})`;
  taken.add(name);
  return name;
}
