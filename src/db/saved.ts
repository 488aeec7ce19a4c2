/**
 * What became of a write: done; refused for a field (a name that is taken); or too late, because somebody else saved the record
 * after it was opened (`stale`).
 */
export type Saved<T> =
  | { ok: true; record: T }
  | { ok: false; errors: Record<string, string> }
  | { ok: false; stale: LastChange };

/** `by` is a name, or “you” for who asks. */
export type LastChange = { by: string; at: Date };
