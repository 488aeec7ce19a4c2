import type { Saved } from '../db/saved.js';
import { type FormState, typedIn } from './form.js';

/**
 * The form again after a write that did not happen. `theirs` are the record's values as they stand now, by field. Where somebody else
 * saved first, their values are taken in the fields that this person left as they were opened (the form's `base`).
 */
export function refused(
  saved: Exclude<Saved<unknown>, { ok: true }>,
  typed: unknown,
  theirs: Record<string, unknown>,
): FormState {
  const mine = typedIn(typed);
  if (!('stale' in saved)) return { values: mine, errors: saved.errors };
  const base = baseIn(mine);
  const text = (value: unknown) => [value ?? ''].flat().join('\n').replaceAll('\r\n', '\n');
  const same = (a: unknown, b: unknown) => text(a) === text(b);
  const untouched = Object.keys(theirs).filter((field) => base && same(mine[field], base[field]));
  const taken = Object.fromEntries(untouched.map((field) => [field, theirs[field]]));
  const changed = untouched.filter((field) => !same(theirs[field], base?.[field]));
  return {
    values: { ...mine, ...taken },
    errors: {},
    theirs: { values: theirs, base, taken: changed, ...saved.stale },
  };
}

/** The values that the form was opened with, as it carries them; null when it carries none that can be read. */
function baseIn(typed: Record<string, unknown>): Record<string, unknown> | null {
  try {
    const base: unknown = JSON.parse(String(typed.base));
    if (typeof base !== 'object' || base === null || Array.isArray(base)) return null;
    // A form's own values are texts or lists of texts.
    const isPlain = (value: unknown) => [value].flat().every((one) => typeof one === 'string');
    return Object.fromEntries(Object.entries(base).filter(([, value]) => isPlain(value)));
  } catch {
    return null;
  }
}

/** The version of the record that the form was opened on; 0, which no record has, when it is not said. */
export function versionIn(body: unknown): number {
  const version = Number((body as Record<string, unknown> | undefined)?.version);
  return Number.isSafeInteger(version) && version > 0 && version <= 2_147_483_647 ? version : 0;
}
