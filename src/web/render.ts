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
  // EJS's own include copies all locals and asks the disk for the file, at every call.
  const include = (other: string, more: Locals = {}) => render(other, more, scope);
  const scope: Locals = { ...outer, ...locals, include };
  for (const local of view.locals) {
    if (!(local in scope)) throw new Error(`views/${name}.ejs lacks the local “${local}”.`);
  }
  return view.fill(scope);
}

/** With its locals named a view is a plain function: looking each name up in a `with` took as long again as all the rest of a page. */
function compile(name: string): View {
  const filename = join(folder, `${name}.ejs`);
  const text = narrow(String(ejs.fileLoader(filename)));
  const named = /^<%# Locals: (.*?) -%>/.exec(text)?.[1]?.split(', ') ?? [];
  // The locals are our own plain objects, made above; without this EJS would copy them again.
  const options: Options & { async: false; client: false; unsafePrototypeLocals: true } = {
    filename,
    async: false,
    client: false,
    unsafePrototypeLocals: true,
    _with: false,
    rmWhitespace: true,
    destructuredLocals: ['include', ...EVERYWHERE.filter((local) => text.includes(local)), ...named],
    escape: escaped,
  };
  const view = { locals: named, fill: ejs.compile(text, options) };
  if (isKept) views.set(name, view);
  return view;
}

/**
 * The view with the letters beyond Latin-1 of its own text as references, `→` as `&#8594;`: one such letter makes the whole page a text
 * of two bytes a letter, which took a tenth longer to build and to send.
 */
function narrow(view: string): string {
  return view.replace(/<%[\s\S]*?%>|[^\0-\xff]/gu, (part) =>
    part.startsWith('<%') ? part : `&#${part.codePointAt(0)};`,
  );
}

/** EJS's own escaping, for texts that have something to escape; most have nothing. */
function escaped(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value);
  return /[&<>"']/.test(text) ? ejs.escapeXML(text) : text;
}
