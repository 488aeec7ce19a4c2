import markdownIt from 'markdown-it';

// No HTML passes through, and markdown-it refuses javascript: and its kin by itself.
const writer = markdownIt({ html: false, linkify: true, typographer: false });

/** Markdown as HTML that is safe to show. Headings begin below the page's own. */
export function markdown(text: string): string {
  return writer
    .render(text)
    .replace(/<(\/?)h([1-4])>/g, (_all, slash, level) => `<${slash}h${Number(level) + 2}>`);
}
