/** An error as the library tells it: its code and message, and the character of the text that it is at. */
export type YamlSlip = { code: string; message: string; text: string; at: number };

/** What it is in words, the rest of a sentence, and the character where a person looks for it. */
type Told = { words: string; at: number };

/**
 * A complaint of the library, said to somebody who has never read the YAML specification. The library sees many a slip of the hand only
 * by what comes of it, and has one complaint for several of them: which one it was, the lines around it tell.
 */
export function slipInWords({ code, message, text, at }: YamlSlip): Told {
  const line = lineAt(text, at);
  const words = byLine(code, message, line);
  if (words !== null && typeof words === 'object') return words;
  const [, ofMessage] = PLAIN_MESSAGES.find(([pattern]) => pattern.test(message)) ?? [];
  const told = words ?? ofMessage ?? PLAIN_WORDS[code] ?? message.split('\n')[0]?.slice(0, 160) ?? code;
  return { words: told, at: line.at };
}

/** The library tells of a quote that is never closed where the text ends; a person looks for where it begins. */
export function isUnclosedQuote(message: string): boolean {
  return message.startsWith('Missing closing');
}

const TAB = 'a tab stands where YAML wants spaces';
const SECOND_KEY = 'a second "key: " on one line; put the value in quotes or on a line of its own';
const DEEPER =
  'this line is indented further than the one above it, which has a value already; move it left, or put a text that goes on here in quotes';
const COMMA = 'a comma is missing inside [ ] or { }';
const NO_KEY = 'a line without "key: " where one is needed, or an indentation that does not fit';

const PLAIN_WORDS: Record<string, string> = {
  TAB_AS_INDENT: TAB,
  BAD_INDENT: 'the indentation does not fit the lines above',
  MULTILINE_IMPLICIT_KEY: NO_KEY,
  BAD_SCALAR_START: 'a value that starts with this character needs quotes',
  BAD_ALIAS: '* and & must be followed by the name of an anchor; put the value in quotes if it is text',
  BLOCK_IN_FLOW:
    'inside [ ] or { } a comma or the closing bracket is missing, or a list or mapping stands on lines of its own',
  BAD_DQ_ESCAPE:
    'a backslash in double quotes begins an escape such as \\n, and this is none; use single quotes, or write \\\\',
};

/** Where one code stands for several mistakes. */
const PLAIN_MESSAGES: [RegExp, string][] = [
  [/^Missing closing/, 'a quote that begins here is never closed'],
  [
    /at node end$/,
    'more follows behind the end of a value; put the whole value in quotes, of the other kind if it has some inside',
  ],
  [/^Unexpected block-seq-ind on same line/, 'a list ("- ") must begin on the line below its key'],
  [/^Implicit map keys need/, 'a word alone where "key: value" is needed'],
  [/^Sequence item without - /, 'a line of a list without "- ", or an indentation that does not fit'],
  [/^Not a YAML token/, 'text where none can stand; put the value in quotes'],
  [/^Block scalar header includes/, 'text behind | or > must begin on the line below'],
  [/^Missing , (?:or : )?between/, COMMA],
  [/^Block collection cannot start on same line/, 'what stands behind --- must begin on the line below'],
  [/^Unexpected , in flow/, 'a comma too many inside [ ] or { }'],
  [/^Unexpected flow-(?:seq|map)-end/, 'a closing bracket that no bracket before it opens'],
  [/^Flow .* must .*end with a }/, 'a "}" is missing before this'],
  [/^Flow .* must .*end with a \]/, 'a "]" is missing before this'],
  [
    /^Comments must be separated/,
    'a # needs a space before it to begin a comment, and quotes around it as text',
  ],
  [/^Tags and anchors must be separated/, 'a space is missing behind a word that begins with ! or &'],
];

/** `at`: the error; where that is before the content of a line, that content. `next`: where the content of the next line is. */
type Line = {
  indent: string;
  before: string;
  rest: string;
  at: number;
  isFirst: boolean;
  next: { at: number; indent: number };
};

function lineAt(text: string, error: number): Line {
  const isWhole = error === 0 || text[error - 1] === '\n';
  const from = isWhole
    ? error + (EMPTY_LINES.exec(text.slice(error, error + 10 * MOST))?.[0].length ?? 0)
    : error;
  const start = text.lastIndexOf('\n', from - 1) + 1;
  const indent = BLANKS.exec(text.slice(start, start + MOST))?.[0] ?? '';
  const isFirst = from <= start + indent.length;
  // A tab is an error by itself, and looked for where it stands.
  const at = isFirst && !indent.includes('\t') ? start + indent.length : from;
  const end = text.indexOf('\n', at);
  const rest = text.slice(at, end === -1 ? undefined : end).slice(0, MOST);
  const between = end === -1 ? '' : (NO_CONTENT.exec(text.slice(end, end + 10 * MOST))?.[0] ?? '');
  const next = { at: end + between.length, indent: between.length - between.lastIndexOf('\n') - 1 };
  const before = text.slice(Math.max(start, at - MOST), at);
  return { indent, before, rest: rest.replace(/(?:^|\s)#.*$/, ''), at, isFirst, next };
}

/** Of a line, as much as is looked at. */
const MOST = 1000;
const BLANKS = /^[ \t]*/;
/** Lines that are empty or comments, but for what the text ends with. Each letter can be read in one way alone, else forty lines take for ever. */
const EMPTY_LINES = /^(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*(?=[ \t]*[^\s#])/;
/** The end of a line, lines that are empty or comments, and the indentation of the next one. */
const NO_CONTENT = /^\n(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*[ \t]*/;
const KEY = /:(?:\s|$)/;

/** What a complaint that stands for several slips is about; null where the library knows as much as the line tells. */
function byLine(code: string, message: string, line: Line): string | Told | null {
  const { indent, before, rest, at, isFirst, next } = line;
  if (code === 'BAD_INDENT' && indent.includes('\t')) return TAB;
  if (message.startsWith('A block sequence may not'))
    return 'a list item ("- ") where no list is; indent it as the other items of its list, or take it out';
  if (message.startsWith('Nested mappings')) {
    const isBelow = !KEY.test(rest) && next.indent > indent.length;
    return isBelow ? { words: DEEPER, at: next.at } : SECOND_KEY;
  }
  const isMisplaced = message.startsWith('All mapping items');
  const isKeyWanted = /^Implicit (?:map )?keys need/.test(message);
  if ((isMisplaced || isKeyWanted) && /^-[^\s-]/.test(rest))
    return 'a "-" needs a space behind it to begin an item of a list';
  if (isMisplaced && !KEY.test(rest))
    return 'a line without "key: " or "- ", or an indentation that does not fit';
  if (isKeyWanted && /[{[][^}\]]*$/.test(before)) return COMMA;
  if (isKeyWanted && /^[A-Za-z_][\w.-]*:[^\s/:]/.test(rest))
    return 'a space is missing behind the colon of a key';
  if (message.endsWith('at node end') && isFirst)
    return {
      words: 'this line does not fit the one above it: its indentation is another, or a "- " is missing',
      at,
    };
  return null;
}
