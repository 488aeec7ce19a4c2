import { join } from 'node:path';
import ejs from 'ejs';
import { root } from '../root.js';

const folder = join(root, 'views');
const templates = new Map<string, ejs.TemplateFunction>();
const keep = process.argv.includes('--reload-views') === false;

/**
 * A view as text. `name` is its path under views/ without the ending. Views are compiled once and kept, unless the process was started
 * with --reload-views. Throws where a view asks for a local that it was not given, and names it.
 */
export function render(name: string, locals: Record<string, unknown>): string {
  const known = templates.get(name);
  if (known) return known(locals);
  const filename = join(folder, `${name}.ejs`);
  const template = ejs.compile(String(ejs.fileLoader(filename)), { filename, views: [folder], cache: keep });
  if (keep) templates.set(name, template);
  return template(locals);
}
