import type { FormState } from '../web/form.js';

/**
 * What became of a write: done; refused for a field (a name that is taken); or too late, because somebody else saved the record
 * after it was opened (`stale`).
 */
export type Saved<T> =
  | { ok: true; record: T }
  | { ok: false; errors: Record<string, string> }
  | { ok: false; stale: LastChange };

export type LastChange = { by: string; at: Date };

/** The form again after a write that did not happen. `theirs` are the record's values as they stand now, by field. */
export function refused(
  saved: Exclude<Saved<unknown>, { ok: true }>,
  typed: unknown,
  theirs: Record<string, unknown>,
): FormState {
  const values = typed as Record<string, unknown>;
  return 'stale' in saved
    ? { values, errors: {}, theirs: { values: theirs, ...saved.stale } }
    : { values, errors: saved.errors };
}

/** The version of the record that the form was opened on; 0, which no record has, when it is not said. */
export function versionIn(body: unknown): number {
  const version = Number((body as Record<string, unknown> | undefined)?.version);
  return Number.isSafeInteger(version) && version > 0 && version <= 2_147_483_647 ? version : 0;
}
