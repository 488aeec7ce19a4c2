import type { Fault, Note } from '../model.js';
import type { JsonText } from './json-text.js';

export type ReadableJson = Extract<JsonText, { ok: true }>;
export type Path = readonly PropertyKey[];
/** What is wrong at a path: `must be a whole number of 0 or more`. zod's issues have this shape. */
export type Complaint = { path: Path; message: string };

const MAX_FAULTS = 100;

/**
 * One fault for each place complained about, with its path, what stands there, line and column; after a hundred the rest is counted.
 * `hintAt` may add what to write instead.
 */
export function faultsOf(
  json: ReadableJson,
  file: string,
  complaints: readonly Complaint[],
  hintAt: (path: Path, value: unknown) => string = () => '',
): Fault[] {
  const firstAt = new Map<string, Complaint>();
  for (const complaint of complaints) {
    const where = pathText(complaint.path);
    if (!firstAt.has(where)) firstAt.set(where, complaint);
  }
  const faults: Fault[] = [...firstAt].slice(0, MAX_FAULTS).map(([where, { path, message }]) => {
    const value = valueAt(json.value, path);
    return {
      message: `${where}: ${message}, ${shown(value)}${hintAt(path, value)}`,
      file,
      ...json.placeOf(path),
    };
  });
  const unsaid = firstAt.size - faults.length;
  if (unsaid > 0) faults.push({ message: `and ${unsaid} more`, file });
  return faults;
}

/** A warning for each key that is written twice. */
export function duplicateNotes(json: ReadableJson, file: string): Note[] {
  return json.duplicates.map(({ key, line }) => ({
    kind: 'warning',
    message: `the key "${key}" is written twice; the last one counts`,
    file,
    line,
  }));
}

/** `parts[3].replicas`; the root is called "the file". */
export function pathText(path: Path): string {
  if (path.length === 0) return 'the file';
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return text.replace(/^\./, '');
}

export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}

function shown(value: unknown): string {
  if (value === undefined) return 'is missing';
  if (Array.isArray(value)) return `is a list of ${value.length}`;
  if (typeof value === 'object' && value !== null) return 'is an object';
  const text = JSON.stringify(value);
  return `is ${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
}
