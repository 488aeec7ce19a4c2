import { createRequire } from 'node:module';
import type markdownIt from 'markdown-it';

const load = createRequire(import.meta.url);
let kept: ReturnType<typeof markdownIt> | undefined;

/** Markdown as HTML that is safe to show. Headings begin below the page's own. */
export function markdown(text: string): string {
  kept ??= writer();
  return kept
    .render(text)
    .replace(/<(\/?)h([1-4])>/g, (_all, slash, level) => `<${slash}h${Number(level) + 2}>`);
}

/** Loaded for the first text there is, as a start is sooner without. No HTML passes through; javascript: and its kin it refuses by itself. */
function writer(): ReturnType<typeof markdownIt> {
  const make: typeof markdownIt = load('markdown-it');
  return make({ html: false, linkify: true, typographer: false });
}
