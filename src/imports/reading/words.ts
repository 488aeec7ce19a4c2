import type { Note } from '../model.js';

/** `1 object`, `3 objects`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

const MOST = 8;

/** `a, b, c and 12 more`: no line of the report grows with the file. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, MOST).join(', ');
  return names.length > MOST ? `${shown} and ${names.length - MOST} more` : shown;
}

export type Named = { name: string; file: string; line: number };

/** One line of the report on all that was found, at the place of the first; none where nothing was. */
export function about(found: readonly Named[], kind: Note['kind'], what: string): Note[] {
  const [first] = found;
  if (!first) return [];
  const message = `${listed(found.map(({ name }) => name))}: ${what}.`;
  return [{ kind, message, file: first.file, line: first.line }];
}
