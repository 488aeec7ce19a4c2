import { plainText } from './reading/yaml-documents.js';
import { bracketsOpenedIn, endOfFlow, endOfPlainInFlow, flowLine, maskedFlow } from './secret-flow.js';
import { endsWithSecretOption, isSecretKey, MASK, maskedValue, withoutPasswords } from './secret-words.js';

/**
 * A text as it was pasted, with what looks like a secret in it masked: values whose key says so (`KEY=value`, `KEY: value`,
 * `"KEY": "value"`, `name: KEY` with its `value:`, what stands below the key), all of a Kubernetes Secret, private keys, passwords in
 * addresses and those that commands are given. In doubt too much is masked; references (`${DB_PASSWORD}`) stay. For showing only; takes
 * time linear in the text.
 */
export function withoutSecrets(text: string): string {
  return plainText(text)
    .split(/^(?=---[ \t\r]*$)/m)
    .map(maskedDocument)
    .join('');
}

/** What the lines before have to say about the next one. */
type State = {
  /** The column of a secret key whose value is what stands below it. */
  blockOf: number | null;
  /** The indentation of a key in that block whose value is a text below it. */
  textOf: number | null;
  /** Within the text of a private key. */
  isPem: boolean;
  /** The document holds a Kubernetes Secret: all that is `data` is one. */
  isSecret: boolean;
  /** A `value` that comes now belongs to a secret's name. */
  isNamedSecret: boolean;
  /** The line before ended with an option such as `--password`. */
  isOptionsValue: boolean;
  /** The line before was a secret's key with its value to come: `? DB_PASSWORD`. */
  isExplicitKey: boolean;
  /** The line before ended with the key of a secret in JSON: its value comes, however far in. */
  isValueBelow: boolean;
  /** A secret's value has begun with this quote, and goes on until the quote comes again, however far in its lines are. */
  openQuote: string | null;
  /** Brackets that a secret's value has opened and not closed: it goes on until they are, however far in its lines are. */
  openBrackets: number;
  /** Anchors that a secret's value is: `DB_PASSWORD: *p` makes one of `&p`. */
  anchors: ReadonlySet<string>;
};

function maskedDocument(text: string): string {
  const state: State = {
    blockOf: null,
    textOf: null,
    isPem: false,
    isSecret: SECRET_KIND.test(text),
    isNamedSecret: false,
    isOptionsValue: false,
    isExplicitKey: false,
    isValueBelow: false,
    openQuote: null,
    openBrackets: 0,
    anchors: secretAnchors(text),
  };
  const lines = text.split('\n');
  const isNamedBelow = namedBelow(lines);
  return lines.map((line, i) => maskedLine(line, state, isNamedBelow[i] === true)).join('\n');
}

/** A tag or an anchor may stand before a word: `kind: !!str Secret`, `name: &n DB_PASSWORD`. */
const SECRET_KIND = /\bkind\\?["']?[ \t]*:\s*(?:[!&]\S{0,100}\s{1,100}){0,2}\\?["']?Secret(?:List)?\b/;
const NAME = /(?<![\w.-])name\\?["']?[ \t]*:[ \t]*(?:[!&]\S{0,100}[ \t]{1,100}){0,2}\\?["']?([\w.-]+)/gi;
const NAME_OF_IT = /^(?:[!&]\S{0,100}[ \t]{1,100}){0,2}\\?["']?([\w.-]+)/;

function secretAnchors(text: string): Set<string> {
  if (!text.includes('*')) return new Set();
  const aliases = text.matchAll(/(?<![\w.-])([\w.-]+)["']?[ \t]*:[ \t]*\*([\w-]+)/g);
  return new Set([...aliases].flatMap(([, key = '', name = '']) => (isSecretKey(key) ? [name] : [])));
}

/** The lines of an item whose name, that of a secret, stands only further down: `- value: x` above `name: DB_PASSWORD`. */
function namedBelow(lines: readonly string[]): boolean[] {
  const isNamed: boolean[] = [];
  let isOpen = false;
  for (let i = lines.length - 1; i >= 0; i -= 1) {
    const line = lines[i] ?? '';
    if (/name/i.test(line)) for (const [, name = ''] of line.matchAll(NAME)) isOpen ||= isSecretKey(name);
    isNamed[i] = isOpen;
    if (/^[ \t]*-|\{/.test(line)) isOpen = false;
  }
  return isNamed;
}

function maskedLine(given: string, state: State, isNamedBelow: boolean): string {
  const line = state.anchors.size === 0 ? given : withoutAnchored(given, state.anchors);
  const explicitValue = state.isExplicitKey && /^[ \t]*:[ \t]+/.exec(line)?.[0];
  state.isExplicitKey = isSecretKey(
    /^[ \t]*\?[ \t]+["']?([\w.-]+)["']?[ \t]*(?:#.*)?\r?$/.exec(line)?.[1] ?? '',
  );
  if (explicitValue) return explicitValue + MASK;
  const indent = line.search(/\S/);
  if (state.isPem) {
    const end = line.indexOf('-----END');
    state.isPem = end === -1;
    if (end !== -1 && state.openQuote !== null && line.includes(state.openQuote, end)) state.openQuote = null;
    return MASK;
  }
  if (indent === -1) return line;
  if (state.openQuote !== null) return maskedToQuote(line, state.openQuote, state);
  if (state.openBrackets > 0) {
    state.openBrackets += bracketsOpenedIn(line);
    return maskedInBlock(line, indent, state);
  }
  if (line[indent] === '#' && (state.textOf === null || indent <= state.textOf)) {
    const ofIt = { ...state };
    const masked = withoutPasswords(maskedValues(maskedPem(line, ofIt), ofIt, false));
    state.isPem = ofIt.isPem;
    return masked;
  }
  if (state.isValueBelow) {
    state.isValueBelow = false;
    const value = line.slice(indent);
    if (/^[{[]/.test(value)) state.openBrackets = bracketsOpenedIn(value);
    else if (isOpenQuote(value)) state.openQuote = value.charAt(0);
    return maskedInBlock(maskedPem(line, state), indent, state);
  }
  if (state.blockOf !== null) {
    const isItemOfIt = indent === state.blockOf && line[indent] === '-' && state.textOf === null;
    if (indent > state.blockOf || isItemOfIt) return maskedInBlock(line, indent, state);
    state.blockOf = null;
    state.textOf = null;
  }
  const anchor = anchorAtEnd(line, state.anchors);
  if (anchor) {
    state.blockOf = indent;
    state.textOf = anchor.isText ? indent : null;
    return line;
  }
  const isOptionsValue = state.isOptionsValue;
  state.isOptionsValue = endsWithSecretOption(line);
  if (isOptionsValue && !state.isOptionsValue) return maskedInBlock(line, indent, state);
  return withoutPasswords(maskedValues(maskedPem(line, state), state, isNamedBelow));
}

function withoutAnchored(line: string, anchors: ReadonlySet<string>): string {
  for (const { 0: whole, 1: name = '', index } of line.matchAll(/&([\w-]+)[ \t]+(?=[^\s#|>])/g))
    if (anchors.has(name)) return line.slice(0, index) + whole + MASK;
  return line;
}

/** Whether a line ends with an anchor of a secret, whose value stands below it, and whether that is a text: `x: &p |`. */
function anchorAtEnd(line: string, anchors: ReadonlySet<string>): { isText: boolean } | null {
  const end = anchors.size === 0 ? '' : line.slice(Math.max(0, line.lastIndexOf('&'))).slice(0, 300);
  const [, name = '', text] = /^&([\w-]+)(?:[ \t]+([|>][-+\d]{0,2}))?[ \t\r]*$/.exec(end) ?? [];
  return anchors.has(name) ? { isText: text !== undefined } : null;
}

/** A line of a secret's value that began with a quote above: masked as far as the quote that ends it. */
function maskedToQuote(line: string, quote: string, state: State): string {
  const end = quoteEnd(line, quote, 0);
  if (end === -1) return MASK;
  state.openQuote = null;
  const rest = line.slice(end + 1);
  // Else a quote was forgotten, and this one begins a value.
  const isEnd = /^[ \t]*(?:[,}\]#\r]|$)/.test(rest);
  return MASK + quote + (isEnd ? withoutPasswords(maskedValues(rest, state, false)) : MASK);
}

/** Where the quote is, from `from` on, that ends a text in quotes; -1 where none does. One that is escaped, or doubled, is of the text. */
function quoteEnd(text: string, quote: string, from: number): number {
  for (let at = from; at < text.length; at += 1) {
    if (quote === '"' ? text[at] === '\\' : text.startsWith("''", at)) at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

/** A line below a secret key: its own key stays, and what only opens or closes something. */
function maskedInBlock(line: string, indent: number, state: State): string {
  if (state.textOf !== null && indent > state.textOf) return line.slice(0, indent) + MASK;
  state.textOf = null;
  const [, before = '', key = '', value = ''] =
    /^([ \t]*(?:-[ \t]+)*)((?:"[\w./ -]*"|'[\w./ -]*'|[\w./-]+)[ \t]*:(?:[ \t]+|(?=\r?$)))?(.*)$/s.exec(
      line,
    ) ?? [];
  if (/^(?:#.*|[{}[\],]*)\r?$/.test(value)) return line;
  if (BLOCK_TEXT.test(value)) {
    state.textOf = indent;
    return line;
  }
  if (/^[{[]/.test(value)) return before + key + maskedFlow(value).text;
  const comma = /,?[ \t\r]*$/.exec(value.slice(-100))?.[0] ?? '';
  return before + key + maskedValue(value.slice(0, value.length - comma.length)) + comma;
}

/** `|`, `>-  # why` */
const BLOCK_TEXT = /^(?:[!&][^\s]*[ \t]+)*[|>][-+\d]{0,2}[ \t]*(?:#.*)?\r?$/;

function maskedPem(line: string, state: State): string {
  const begin = line.indexOf('PRIVATE KEY-----');
  if (begin === -1) return line;
  const end = line.lastIndexOf('-----END');
  state.isPem = end < begin;
  const head = line.slice(0, begin + 'PRIVATE KEY-----'.length);
  return end < begin ? head + MASK : head + MASK + line.slice(end);
}

function maskedValues(line: string, state: State, isNamedBelow: boolean): string {
  // A key begins where no other can go on, so that a long word is read once and not from each of its letters.
  const keys = /(?<![\w.-])([\w.-]+)(\\?["']?)[ \t]*[:=][ \t]*/g;
  let masked = '';
  let done = 0;
  let flow: string | null | undefined;
  for (let found = keys.exec(line); found; found = keys.exec(line)) {
    const [whole, key = '', closing = ''] = found;
    const start = found.index + whole.length;
    const isAtEnd = start === line.length || line[start] === '\r';
    // `image:1.4` and `https://` are no keys: YAML wants a space after the colon, JSON a quote before it.
    if (whole.endsWith(':') && !closing && !isAtEnd) continue;
    if (/^name$/i.test(key)) {
      const [, name = ''] = NAME_OF_IT.exec(line.slice(start, start + 300)) ?? [];
      state.isNamedSecret = isSecretKey(name);
    }
    const isSecretsValue = /^(?:value|default)$/i.test(key) && (state.isNamedSecret || isNamedBelow);
    const isSecretData =
      state.isSecret && /^(?:data|stringData|kubectl\.kubernetes\.io|last-applied-configuration)$/.test(key);
    if (!isSecretsValue && !isSecretData && !isSecretKey(key)) continue;
    const isMapping = whole.includes(':');
    const column = found.index - (closing ? 1 : 0);
    if (isAtEnd || (isMapping && /^(?:#|[|>]|[!&])/.test(line.slice(start, start + 1)))) {
      if (!isMapping) continue;
      const isText = BLOCK_TEXT.test(line.slice(start));
      if (isAtEnd || isText || line[start] === '#') {
        state.blockOf = column;
        state.isValueBelow = isAtEnd && (closing !== '' || line.slice(0, found.index).includes('{'));
        state.textOf = isText ? column : null;
        return masked + line.slice(done);
      }
    }
    if ((isMapping && line[start] === '{') || line[start] === '[') {
      const flow = isMapping && line[start] === '{' ? maskedFlow(line.slice(start)) : null;
      const end = flow ? start + flow.length : endOfFlow(line, start);
      if (end === -1 || flow?.isOpen) {
        state.blockOf = column;
        if (isMapping) state.openBrackets = bracketsOpenedIn(line.slice(start));
      }
      masked += line.slice(done, start) + (flow ? flow.text : MASK);
      done = end === -1 ? line.length : end;
      keys.lastIndex = done;
      continue;
    }
    if (flow === undefined) flow = flowLine(line);
    const plainEnd =
      isMapping && flow !== null && flow[start] === line[start] ? endOfPlainInFlow(flow, start) : null;
    const end = plainEnd ?? endOfValue(line, start, closing, line[found.index - 1]);
    const value = line.slice(start, end);
    const behind = plainEnd === null ? '' : value.slice(value.trimEnd().length);
    masked += line.slice(done, start) + maskedValue(value.slice(0, value.length - behind.length)) + behind;
    done = end;
    keys.lastIndex = end;
    // A text in quotes or a plain one may go on below, and the one in quotes however far in.
    if (isMapping && end === line.length) state.blockOf = column;
    if (end === line.length && plainEnd === null && isOpenQuote(value) && !isInQuotes(line.slice(0, start)))
      state.openQuote = value.charAt(0);
  }
  return masked + line.slice(done);
}

/** Whether a quote is open at the end of a text: `- "PASSWORD=` is followed by the one that closes it. */
function isInQuotes(text: string): boolean {
  return text.split('"').length % 2 === 0 || text.split("'").length % 2 === 0;
}

/** Whether a value begins with a quote that nothing on its line ends. */
function isOpenQuote(value: string): boolean {
  return /^["']/.test(value) && quoteEnd(value, value.charAt(0), 1) === -1;
}

/** `closing`: the quote after the key, which JSON has; `before`: what stands before the key, the quote of `"KEY=value"` perhaps. */
function endOfValue(line: string, start: number, closing: string, before: string | undefined): number {
  const quote = line[start];
  if (quote === '"' || quote === "'") {
    const end = quoteEnd(line, quote, start + 1);
    return end === -1 ? line.length : end + 1;
  }
  if (line.startsWith('\\"', start)) {
    // JSON within a text: a quote of the value itself has more backslashes.
    const close = line.slice(start + 2).search(/(?<!\\)\\"/);
    return close === -1 ? line.length : start + close + 4;
  }
  // What else stands behind a key in quotes, and in none, is YAML and may hold any sign.
  const literal = closing ? JSON_LITERAL.exec(line.slice(start, start + 100)) : null;
  if (literal) return start + literal[0].length;
  const stop = before === '"' && !closing ? /"/g : before === "'" && !closing ? /'/g : null;
  if (!stop) return line.length;
  stop.lastIndex = start;
  return stop.exec(line)?.index ?? line.length;
}

/** A number or a word of JSON, before another key or the end of the line. */
const JSON_LITERAL = /^(?:-?[\d.]+(?:[eE][-+]?\d+)?|true|false|null)(?=[ \t]*,[ \t]*(?:\\?"|\r?$))/;
