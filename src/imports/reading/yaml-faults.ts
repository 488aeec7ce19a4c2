/** A fault on its way out of the reading of a YAML text: `offset` is the character it is at. */
export class YamlError extends Error {
  constructor(
    message: string,
    readonly offset: number,
    /** Where a quote that is not closed would have had to go on, further in than its key. */
    readonly quoteEndsAt?: number,
  ) {
    super(message);
  }
}

export const MAX_DEPTH = 200;
export const TOO_DEEP = `Values are nested more than ${MAX_DEPTH} deep.`;

/**
 * A mark that another tool left in a text that is not YAML; null where there is none. YAML's own complaint about it names the line
 * and says nothing of what it is. Not to be asked of good YAML.
 */
export function strayMarkIn(text: string): { message: string; offset: number } | null {
  const conflict = text.search(/^(?:<{7}|={7}|>{7})(?: |\r?$)/m);
  if (conflict !== -1)
    return {
      offset: conflict,
      message: 'A merge left a conflict here. Settle it in the file, then import it.',
    };
  // Elsewhere than around the whole it may be part of a text.
  const fence = /^\s*(?:```|~~~)|\n[ \t]*(?:```|~~~)\s*$/.exec(text);
  if (fence === null) return null;
  const offset = fence.index + fence[0].search(/[`~]/);
  return { offset, message: 'A Markdown code fence stands here. Leave out its lines, before and behind.' };
}

/**
 * What a text that is not YAML may be instead: a template, as the rest of a sentence that begins with "is", and where its first mark
 * stands; null where it has none. Not to be asked of good YAML, which may hold braces in its strings.
 */
export function templateIn(text: string): { what: string; offset: number } | null {
  const jinja = text.search(/\{%-?[ \t]*[a-z]/);
  if (jinja !== -1)
    return {
      offset: jinja,
      what: 'a template (Jinja, {% ... %}), not YAML yet: render it with the tool it belongs to and import the output',
    };
  const braces = text.indexOf('{{');
  if (braces === -1 || !text.includes('}}', braces)) return null;
  const isHelm = /(?<!\{)\{\{[^{}\n]{0,200}(?:\.Values|\.Release|\.Chart|include |toYaml)/.test(text);
  return {
    offset: braces,
    what: isHelm
      ? 'a Helm template ({{ ... }}), not YAML yet: run "helm template NAME CHART-FOLDER" and import its output'
      : 'a template ({{ ... }}), not YAML yet: render it first (of a Helm chart: "helm template NAME CHART-FOLDER") and import the output',
  };
}
