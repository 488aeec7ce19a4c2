import { maskedValue } from './secret-words.js';

/** Where `[...]` or `{...}` that begins at `start` ends; -1 where it goes on below this line. */
export function endOfFlow(line: string, start: number): number {
  let depth = 0;
  for (const { index, 0: sign } of line.slice(start).matchAll(TOKEN)) {
    if (sign === '{' || sign === '[') depth += 1;
    if (sign === '}' || sign === ']') depth -= 1;
    if (depth === 0) return start + index + 1;
  }
  return -1;
}

/** How many more brackets a line opens than it closes, but for those in quotes and in the comment at its end. */
export function bracketsOpenedIn(line: string): number {
  let opened = 0;
  for (const [token] of line.matchAll(TOKEN)) {
    if (/^[^"']*[ \t]#/.test(token)) break;
    if (token === '{' || token === '[') opened += 1;
    if (token === '}' || token === ']') opened -= 1;
  }
  return opened;
}

/** The `{...}` or `[...]` a text begins with, its keys as they are and all else masked, and how much of the text it is. */
export function maskedFlow(text: string): { text: string; length: number; isOpen: boolean } {
  const masked: string[] = [];
  let value = '';
  // Its last token and the blanks behind it: to look at the end of what grows by a token at a time would copy it each time.
  let last = '';
  let depth = 0;
  let length = text.length;
  const endValue = (isKey: boolean) => {
    const [, before = '', bare = ''] = /^(\s*)([\s\S]*)$/.exec(value) ?? [];
    const behind = bare.slice(bare.trimEnd().length);
    masked.push(isKey ? value : before + maskedValue(bare.trimEnd()) + behind);
    value = '';
    last = '';
  };
  for (const { index, 0: token } of text.matchAll(TOKEN)) {
    const isKey = token === ':' && /^(?:$|[\s"'{[])/.test(text.slice(index + 1, index + 2));
    const isQuotedKey = token === ':' && /["']\s*$/.test(last.slice(-20));
    if (!isKey && !isQuotedKey && !'{}[],'.includes(token)) {
      value += token;
      last = /\S/.test(token) ? token : last + token;
      continue;
    }
    endValue(isKey || isQuotedKey);
    masked.push(token);
    if (token === '{' || token === '[') depth += 1;
    if (token === '}' || token === ']') depth -= 1;
    if (depth === 0) {
      length = index + 1;
      break;
    }
  }
  endValue(false);
  return { text: masked.join(''), length, isOpen: depth > 0 };
}

/**
 * A line that is one `{...}` or `[...]` from its first bracket to its end, with a key or a dash before it perhaps, its texts in quotes
 * crossed out so that their signs count for nothing; null where it is none.
 */
export function flowLine(line: string): string | null {
  const [before] = BEFORE_FLOW.exec(line) ?? [];
  const end = before === undefined ? -1 : endOfFlow(line, before.length);
  if (before === undefined || end === -1 || !END_OF_FLOW.test(line.slice(end))) return null;
  const crossedOut = (token: string) => (/^["']/.test(token) ? CROSSED.repeat(token.length) : token);
  return before + line.slice(before.length).replace(TOKEN, crossedOut);
}

/**
 * Where the plain value that begins at `start` of a flow line ends: at a comma or a closing bracket, for YAML allows neither within it.
 * Since a person may not know that, a comma counts only before another key, and a bracket only where what is open is closed or goes on
 * behind it: of a secret that holds such a sign no half is shown.
 */
export function endOfPlainInFlow(flow: string, start: number): number {
  let depth = 0;
  for (const { index, 0: sign } of flow.slice(start).matchAll(/[{}[\],]/g)) {
    const at = start + index;
    if (depth === 0 && END_OF_PLAIN.test(flow.slice(at, at + 200))) return at;
    if (sign === '{' || sign === '[') depth += 1;
    else if (sign !== ',') depth = Math.max(0, depth - 1);
  }
  return flow.length;
}

/** A comma and a comment perhaps. No blank can be read in two ways, else many of them take quadratic time. */
const END_OF_FLOW = /^(?:[ \t]*,)?[ \t]*(?:(?<=[ \t])#.*)?\r?$/;
const CROSSED = '\0';
const BEFORE_FLOW = /^[ \t]*(?:-[ \t]+)*(?:(?:"[^"]*"|'[^']*'|[\w./-]+)[ \t]*:[ \t]+)?(?=[{[])/;
/** A comma before another key, whose quotes are crossed out; a bracket before a comma, another one or the end. */
const END_OF_PLAIN = /^(?:,[ \t]*[\0\w./-]+[ \t]*:(?:[\s\0{[]|$)|[}\]](?:[ \t]*(?:[,}\]\r]|$)|[ \t]+#))/;

/** A text in quotes, a sign of the collection, or a run of what is neither. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"?|'[^']*'?|[{}[\],:]|[^{}[\],:"']+/g;
