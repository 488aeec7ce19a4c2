import type { Note } from '../model.js';
import { listed } from './words.js';

/** Notes that say the same of several names, gathered into one each so that a large file does not flood its report. */
export type Remarks = Map<string, { note: Note; names: Set<string> }>;

/** Remembers a remark about a name (a part, a variable, a file); the note will name all it is true of and stand at the first one. */
export function remark(
  remarks: Remarks,
  kind: Note['kind'],
  message: string,
  name?: string,
  place?: { file: string; line?: number },
): void {
  const key = `${kind} ${message}`;
  const known = remarks.get(key);
  if (known && name !== undefined) known.names.add(name);
  if (known) return;
  const note: Note = { kind, message, file: place?.file, line: place?.line };
  remarks.set(key, { note, names: new Set(name === undefined ? [] : [name]) });
}

/** The notes, in the order of their first remark. A note about one name that is a part's says so. */
export function notesOf(remarks: Remarks, isPart: (name: string) => boolean = () => false): Note[] {
  return [...remarks.values()].map(({ note, names }) => {
    const [first] = names;
    if (first === undefined) return note;
    const about = names.size === 1 && isPart(first) ? { part: first } : {};
    return { ...note, ...about, message: `${note.message}: ${listed([...names])}.` };
  });
}
