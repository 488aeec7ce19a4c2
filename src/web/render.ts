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
type View = { name: string; locals: string[]; fill: TemplateFunction };

/**
 * A view as text. `name` is its path under views/ without the ending, as it is in `include('fields/text', { name })`; an included view
 * sees the locals of the one that includes it. A view's first line names the locals that it must have, `<%# Locals: part, plan -%>`; what
 * it can do without it takes from `locals`. Views are compiled once, unless the process was started with --reload-views.
 * Throws where a view lacks a local, and names both.
 */
export function render(name: string, locals: Locals): string {
  return filledIn(name, locals, null);
}

function filledIn(name: string, locals: Locals, outer: Locals | null): string {
  const view = viewOf(name);
  return view.fill(scopeOf(view, locals, outer));
}

/**
 * A view for one record after another, in views `each('parts/_row', 'part', rows)`: what `include` would make of each, with the rest of the
 * locals put together once.
 */
function filledInForEach(name: string, local: string, records: readonly unknown[], outer: Locals): string {
  const view = viewOf(name);
  const scope = scopeOf(view, { [local]: null }, outer);
  let text = '';
  for (const record of records) {
    scope[local] = record;
    text += view.fill(scope);
  }
  return text;
}

/** All that a view may use. Copied, not chained: objects that stand behind each other as prototypes are slow to read from, each anew. */
function scopeOf(view: View, locals: Locals, outer: Locals | null): Locals {
  // EJS's own include copies all locals and asks the disk for the file, at every call.
  const include = (other: string, more: Locals = {}) => filledIn(other, more, scope);
  const each = (other: string, local: string, records: readonly unknown[]) =>
    filledInForEach(other, local, records, scope);
  const scope: Locals = { ...outer, ...locals, include, each, once };
  for (const local of view.locals) {
    if (!(local in scope)) throw new Error(`views/${view.name}.ejs lacks the local “${local}”.`);
  }
  return scope;
}

const filled = new WeakMap<object, { use: string; text: string }>();

/**
 * In views: what `fill` makes of an object that does not change (a picture of a plan that is remembered), kept for as long as the object is,
 * or until it is put to another `use`: of a large picture one text is enough to keep.
 */
function once(of: object, use: string, fill: () => string): string {
  const known = filled.get(of);
  if (known?.use === use && isKept) return known.text;
  // Through a buffer, as a view's text is thousands of pieces that point at each other.
  const text = Buffer.from(fill()).toString();
  filled.set(of, { use, text });
  return text;
}

function viewOf(name: string): View {
  return views.get(name) ?? compile(name);
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
    destructuredLocals: [
      'include',
      'each',
      'once',
      ...EVERYWHERE.filter((local) => text.includes(local)),
      ...named,
    ],
    escape: escaped,
  };
  const view = { name, locals: named, fill: ejs.compile(text, options) };
  if (isKept) views.set(name, view);
  return view;
}

/**
 * The view with the letters beyond Latin-1 of its own text as references, `→` as `&#8594;`: one such letter makes the whole page a text
 * of two bytes a letter, which took a tenth longer to build and to send.
 */
function narrow(view: string): string {
  return view.replace(/<%[\s\S]*?%>|[^\0-\xff]/gu, (part) =>
    part.startsWith('<%') ? part : reference(part),
  );
}

/**
 * EJS's own escaping, for texts that have something to escape; most have nothing. Marks such as … and → become references as in views; the
 * letters of other alphabets stay as they are.
 */
function escaped(value: unknown): string {
  const text = value === undefined || value === null ? '' : String(value);
  if (!/[&<>"'\u2000-\u22ff]/.test(text)) return text;
  const safe = ejs.escapeXML(text).replace(/[\u2000-\u22ff]/g, reference);
  // Made from a text of two bytes a letter it still is one, until it is made anew.
  return /[^\0-\xff]/.test(safe) ? safe : Buffer.from(safe, 'latin1').toString('latin1');
}

function reference(letter: string): string {
  return `&#${letter.codePointAt(0)};`;
}
