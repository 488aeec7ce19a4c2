import { grouped } from './grouped.js';

/** An object by name as another one names it: in its own namespace. */
export type Finder<T> = (name: string, namespace: string) => T | null;

/** A namespace that is not written ('') is the one the file gets applied to, which may be any. */
export function isSameNamespace(one: string, other: string): boolean {
  return one === other || one === '' || other === '';
}

/** Looks objects up by name and namespace; one whose namespace is not written is found from any, as long as it is the only one. */
export function finderOf<T extends { name: string; namespace: string }>(objects: readonly T[]): Finder<T> {
  const byName = new Map(
    [...grouped(objects, ({ name }) => name)].map(([name, all]) => [
      name,
      { all, byNamespace: grouped(all, ({ namespace }) => namespace) },
    ]),
  );
  return (name, namespace) => {
    const named = byName.get(name);
    const exact = named?.byNamespace.get(namespace)?.[0];
    if (!named || exact) return exact ?? null;
    const possible = namespace === '' ? named.all : (named.byNamespace.get('') ?? []);
    return possible.length === 1 ? possible[0]! : null;
  };
}
