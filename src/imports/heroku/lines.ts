import type { Fault } from '../model.js';

/** One line of a Procfile: how a kind of process is started. */
export type ProcessType = { type: string; command: string; line: number };

const MAX_FAULTS = 20;
const MAX_TYPES = 1000;
const LINE = /^([A-Za-z0-9_-]+):(.*)$/s;

/**
 * Reads a Procfile by Heroku's grammar (devcenter "The Procfile"; names by the stricter rule of dokku's procfile-util): a line is empty,
 * a comment that begins with `#`, or `type: command`. The command is everything after the colon, further colons, quotes and `#` too.
 */
export function readProcfile(text: string, file: string): { processes: ProcessType[]; faults: Fault[] } {
  const processes: ProcessType[] = [];
  const faults: Fault[] = [];
  const lineOf = new Map<string, number>();
  let unsaid = 0;

  const lines = text.replace(/^\uFEFF/, '').split(/\r\n?|\n/);
  for (const [index, whole] of lines.entries()) {
    const content = whole.trimEnd();
    if (content === '' || /^\s*#/.test(content)) continue;
    const line = index + 1;
    const [, type, rest] = LINE.exec(content) ?? [];
    const command = rest?.trimStart();
    const first = type === undefined ? undefined : lineOf.get(type);
    const problem = problemOf(content, type, command, first);
    if (problem !== null && faults.length >= MAX_FAULTS) unsaid += 1;
    else if (problem !== null) faults.push({ message: problem, file, line, column: 1 });
    if (type === undefined || command === undefined) continue;
    lineOf.set(type, first ?? line);
    if (problem === null) processes.push({ type, command, line });
  }

  if (processes.length > MAX_TYPES) {
    faults.push({ message: `${processes.length} process types; at most ${MAX_TYPES} are read`, file });
  }
  if (unsaid > 0) faults.push({ message: `and ${unsaid} more lines like these`, file });
  return { processes, faults };
}

function problemOf(content: string, type?: string, command?: string, first?: number): string | null {
  if (type === undefined) {
    const shown = JSON.stringify(content.length > 60 ? `${content.slice(0, 60)}…` : content);
    if (/^\s/.test(content)) return `a process type must stand at the beginning of the line, found ${shown}`;
    return `a line must be "type: command" with a type of letters, digits, - and _, or begin with #, found ${shown}`;
  }
  if (type.length > 63)
    return `the process type ${type.slice(0, 20)}… has ${type.length} characters; 63 are allowed`;
  if (command === '') return `the process type ${type} has no command`;
  if (first !== undefined) return `the process type ${type} is already given in line ${first}`;
  return null;
}
