import { join } from 'node:path';
import ejs, { type Options, type TemplateFunction } from 'ejs';
import { root } from '../root.js';

const folder = join(root, 'views');
const templates = new Map<string, TemplateFunction>();
const isKept = !process.argv.includes('--reload-views');

type Locals = Record<string, unknown>;

/**
 * A view as text. `name` is its path under views/ without the ending, as it is in `include('parts/_row', { part })`; an included view
 * sees the locals of the one that includes it. Views are compiled once, unless the process was started with --reload-views.
 * Throws where a view asks for a local that it was not given, and names it.
 */
export function render(name: string, locals: Locals, outer: Locals | null = null): string {
  const scope: Locals = Object.assign(Object.create(outer), locals);
  // EJS's own include copies all locals and asks the disk for the file, at every call.
  scope.include = (other: string, more: Locals = {}) => render(other, more, scope);
  return (templates.get(name) ?? compile(name))(scope);
}

function compile(name: string): TemplateFunction {
  const filename = join(folder, `${name}.ejs`);
  // The locals are our own objects, made above: their prototypes are the scopes they stand in.
  const options: Options & { async: false; client: false; unsafePrototypeLocals: true } = {
    filename,
    async: false,
    client: false,
    unsafePrototypeLocals: true,
  };
  const template = ejs.compile(String(ejs.fileLoader(filename)), options);
  if (isKept) templates.set(name, template);
  return template;
}
