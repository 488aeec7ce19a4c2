import { createRequire } from 'node:module';
import type markdownIt from 'markdown-it';

const load = createRequire(import.meta.url);
type Writer = ReturnType<typeof markdownIt>;
const kept: { all?: Writer; withoutTables?: Writer } = {};

/** The latest texts, as they were made: a page that is read often asks for the same ones each time, a discussion for dozens. */
const known = new Map<string, string>();
let letters = 0;
const MOST_LETTERS = 1_000_000;

/**
 * Markdown as HTML that is safe to show. Its headings, whatever levels they are written with, begin a level below the one they stand under:
 * the page's own, 1, if nothing else is said.
 */
export function markdown(text: string, under = 1): string {
  const key = `${under} ${text}`;
  let html = known.get(key);
  if (html === undefined) {
    html = htmlOf(text, under);
    remember(key, html);
  }
  return html;
}

function remember(key: string, html: string): void {
  known.set(key, html);
  letters += key.length + html.length;
  for (const [oldest, other] of known) {
    if (letters <= MOST_LETTERS) break;
    known.delete(oldest);
    letters -= oldest.length + other.length;
  }
}

function htmlOf(text: string, under: number): string {
  const html = withinWidth(writerFor(text).render(text));
  const levels = [...new Set(Array.from(html.matchAll(/<h([1-6])>/g), ([, level]) => Number(level)))].sort();
  return html.replace(/<(\/?)h([1-6])>/g, (_all, slash, level) => {
    const own = under + 1 + levels.indexOf(Number(level));
    return `<${slash}h${Math.min(own, 6)}>`;
  });
}

/** What is wider than its column scrolls in a box of its own, by keys as well. Columns are aligned by classes, as the policy allows no style. */
function withinWidth(html: string): string {
  return html
    .replaceAll('<pre>', '<pre tabindex="0">')
    .replaceAll('<table>', '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>')
    .replaceAll('</table>', '</table></div>')
    .replace(/ style="text-align:(left|center|right)"/g, ' class="$1"');
}

// What makes a short text very long is left as it was typed: fifty such comments on a page took all the memory there is.

function writerFor(text: string): Writer {
  if (hasPaddedTable(text)) {
    kept.withoutTables ??= writer().disable('table');
    return kept.withoutTables;
  }
  kept.all ??= writer();
  return kept.all;
}

/** Whether a table may have more cells than its text has letters: rows that end early are filled up to the width of the head. */
function hasPaddedTable(text: string): boolean {
  if (!text.includes('|')) return false;
  const blocks = text.replace(/\r\n?/g, '\n').split(/\n[ \t]*\n/);
  return blocks.some((block) => {
    const lines = block.split('\n');
    const columns = Math.max(...lines.map((line) => line.split('|').length));
    return columns * lines.length > block.length + 1;
  });
}

/** How many times as long as the text what it refers to may be, put in wherever a reference can stand. */
const MOST_REPEATED = 10;

function boundReferences({
  env,
  src,
}: {
  env: { references?: Record<string, Reference> };
  src: string;
}): void {
  const longest = Math.max(0, ...Object.values(env.references ?? {}).map(lengthOf));
  if (longest * src.split('[').length > MOST_REPEATED * src.length) env.references = {};
}

type Reference = { href: string; title: string };

function lengthOf({ href, title }: Reference): number {
  return href.length + title.length;
}

/**
 * Loaded for the first text there is, as a start is sooner without. No HTML passes through; javascript: and its kin it refuses by itself. A picture
 * is a link: it would be a request to wherever somebody chose, here too, sent by everybody who reads and with their cookie.
 */
function writer(): Writer {
  const make: typeof markdownIt = load('markdown-it');
  const made = make({ html: false, linkify: true, typographer: false }).disable('image');
  made.core.ruler.after('block', 'bound references', boundReferences);
  return made;
}
