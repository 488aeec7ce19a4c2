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

/** The library's message for an error, said to somebody who has never read the YAML specification. */
export function inPlainWords(code: string, message: string): string {
  if (code === 'RESOURCE_EXHAUSTION') return TOO_DEEP;
  const [, ofMessage] = PLAIN_MESSAGES.find(([pattern]) => pattern.test(message)) ?? [];
  return `This is not valid YAML: ${PLAIN_WORDS[code] ?? ofMessage ?? message.split('\n')[0]?.slice(0, 160)}.`;
}

/** The library tells of a quote that is never closed where the text ends; a person looks for where it begins. */
export function isUnclosedQuote(message: string): boolean {
  return message.startsWith('Missing closing');
}

const PLAIN_WORDS: Record<string, string> = {
  TAB_AS_INDENT: 'a tab stands where YAML wants spaces',
  BAD_INDENT: 'the indentation does not fit the lines above',
  BLOCK_AS_IMPLICIT_KEY: 'a second "key: " on one line; put the value in quotes or on a line of its own',
  MULTILINE_IMPLICIT_KEY: 'a line without "key: " where one is needed, or an indentation that does not fit',
  BAD_SCALAR_START: 'a value that starts with this character needs quotes',
  BAD_ALIAS: '* must be followed by the name of an anchor; put the value in quotes if it is text',
  BLOCK_IN_FLOW: 'a block value inside [ ] or { }, or a bracket that is not closed',
};

/** Where one code stands for several mistakes. */
const PLAIN_MESSAGES: [RegExp, string][] = [
  [/^Missing closing/, 'a quote that begins here is never closed'],
  [/at node end$/, 'more follows behind the end of a value; put the whole value in quotes'],
  [/^Unexpected block-seq-ind on same line/, 'a list ("- ") must begin on the line below its key'],
  [/^Implicit map keys need/, 'a word alone where "key: value" is needed'],
  [/^Sequence item without - /, 'a line of a list without "- ", or an indentation that does not fit'],
  [/^Not a YAML token/, 'text where none can stand; put the value in quotes'],
  [/^Block scalar header includes/, 'text behind | or > must begin on the line below'],
  [/^Missing , (?:or : )?between/, 'a comma is missing inside [ ] or { }'],
];

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
