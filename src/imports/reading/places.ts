/** Where a value was written, 1-based. `tag` is its own YAML tag (`!reset`), where it carries one. */
export type Place = { file: string; line: number; column: number; tag?: string };

/** Beside the values rather than in them, so that a reader sees plain mappings and lists. */
const placesOf = new WeakMap<object, Map<string | number, Place>>();

/** Where the value under a key of a mapping, or at an index of a list, was written. */
export function placeOf(container: object, key: string | number): Place | undefined {
  return placesOf.get(container)?.get(key);
}

/** Says where a value of a mapping or list was written; also of one made from others (merged, interpolated). */
export function setPlace(container: object, key: string | number, place: Place | undefined): void {
  if (!place) return;
  const places = placesOf.get(container);
  if (places) places.set(key, place);
  else placesOf.set(container, new Map([[key, place]]));
}
