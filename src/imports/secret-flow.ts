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

/** The `{...}` or `[...]` a text begins with, its keys as they are and all else masked, and how much of the text it is. */
export function maskedFlow(text: string): { text: string; length: number; isOpen: boolean } {
  const masked: string[] = [];
  let value = '';
  let depth = 0;
  let length = text.length;
  const endValue = (isKey: boolean) => {
    const [, before = '', bare = ''] = /^(\s*)([\s\S]*)$/.exec(value) ?? [];
    const behind = bare.slice(bare.trimEnd().length);
    masked.push(isKey ? value : before + maskedValue(bare.trimEnd()) + behind);
    value = '';
  };
  for (const { index, 0: token } of text.matchAll(TOKEN)) {
    const isKey = token === ':' && /^(?:$|[\s"'{[])/.test(text.slice(index + 1, index + 2));
    const isQuotedKey = token === ':' && /["']\s*$/.test(value.slice(-20));
    if (!isKey && !isQuotedKey && !'{}[],'.includes(token)) {
      value += token;
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

/** A text in quotes, a sign of the collection, or a run of what is neither. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"?|'[^']*'?|[{}[\],:]|[^{}[\],:"']+/g;
