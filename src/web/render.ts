import { join } from 'node:path';
import ejs, { type Options, type TemplateFunction } from 'ejs';
import { root } from '../root.js';

const folder = join(root, 'views');
const views = new Map<string, View>();
const isKept = !process.argv.includes('--reload-views');

/** What `page` gives to every view; a view may use it without naming it. */
const EVERYWHERE = [
  'address',
  'addressOf',
  'assetUrl',
  'csrfToken',
  'flash',
  'format',
  'markdown',
  'may',
  'path',
  'person',
];

type Locals = Record<string, unknown>;
type View = { locals: string[]; fill: TemplateFunction };

/**
 * A view as text. `name` is its path under views/ without the ending, as it is in `include('parts/_row', { part })`; an included view
 * sees the locals of the one that includes it. A view's first line names the locals that it must have, `<%# Locals: part, plan -%>`; what
 * it can do without it takes from `locals`. Views are compiled once, unless the process was started with --reload-views.
 * Throws where a view lacks a local, and names both.
 */
export function render(name: string, locals: Locals, outer: Locals | null = null): string {
  const view = views.get(name) ?? compile(name);
  // Copied, not chained: objects that stand behind each other as prototypes are slow to read from, each anew.
  const scope: Locals = { ...outer, ...locals };
  for (const local of view.locals) {
    if (!(local in scope)) throw new Error(`views/${name}.ejs lacks the local “${local}”.`);
  }
  // EJS's own include copies all locals and asks the disk for the file, at every call.
  scope.include = (other: string, more: Locals = {}) => render(other, more, scope);
  return view.fill(scope);
}

/** With its locals named a view is a plain function: looking each name up in a `with` took as long again as all the rest of a page. */
function compile(name: string): View {
  const filename = join(folder, `${name}.ejs`);
  const text = String(ejs.fileLoader(filename));
  const named = /^<%# Locals: (.*?) -%>/.exec(text)?.[1]?.split(', ') ?? [];
  // The locals are our own plain objects, made above; without this EJS would copy them again.
  const options: Options & { async: false; client: false; unsafePrototypeLocals: true } = {
    filename,
    async: false,
    client: false,
    unsafePrototypeLocals: true,
    _with: false,
    destructuredLocals: ['include', ...EVERYWHERE.filter((local) => text.includes(local)), ...named],
    escape: escaped,
  };
  const view = { locals: named, fill: ejs.compile(text, options) };
  if (isKept) views.set(name, view);
  return view;
}

/** EJS's own escaping, for texts that have something to escape; most have nothing. */
function escaped(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value);
  return /[&<>"']/.test(text) ? ejs.escapeXML(text) : text;
}
