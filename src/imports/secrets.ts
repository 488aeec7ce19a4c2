/**
 * A text as it was pasted, with what looks like a secret in it masked: values whose key says so (`KEY=value`, `KEY: value`,
 * `"KEY": "value"`, `name: KEY` with its `value:`), all of a Kubernetes Secret, private keys, and passwords in addresses. In doubt too
 * much is masked; references (`${DB_PASSWORD}`) stay. For showing only; takes time linear in the text.
 */
export function withoutSecrets(text: string): string {
  return text
    .split(/^(?=---[ \t\r]*$)/m)
    .map(maskedDocument)
    .join('');
}

const MASK = '••••';

const SECRET_KEY =
  /passw(?:or)?d|passphrase|secret|token|(?:api|private|access)[-_.]?key|credential|(?:^|[-_.])(?:pass|pwd)(?:$|[-_.])/i;

/** What the lines before have to say about the next one. */
type State = {
  /** The indentation of a secret key whose value is the block below it. */
  blockOf: number | null;
  /** Within the text of a private key. */
  isPem: boolean;
  /** In the values of a Kubernetes Secret. */
  isSecretData: boolean;
  /** A `value` that comes now belongs to a secret's name. */
  isNamedSecret: boolean;
};

function maskedDocument(text: string): string {
  const isSecret = /^kind:[ \t]*["']?Secret\b/m.test(text);
  const state: State = { blockOf: null, isPem: false, isSecretData: false, isNamedSecret: false };
  return text
    .split('\n')
    .map((line) => {
      if (/^[\w"']/.test(line)) state.isSecretData = isSecret && /^["']?(?:data|stringData)\b/.test(line);
      return maskedLine(line, state);
    })
    .join('\n');
}

function maskedLine(line: string, state: State): string {
  const indent = line.search(/\S/);
  if (state.isPem) {
    state.isPem = !line.includes('-----END');
    return MASK;
  }
  if (state.blockOf !== null) {
    if (indent === -1) return line;
    if (indent > state.blockOf) return line.slice(0, indent) + MASK;
    state.blockOf = null;
  }
  const withoutPem = maskedPem(line, state);
  return maskedValues(withoutPem, indent, state).replace(PASSWORD_IN_ADDRESS, `://$1:${MASK}@`);
}

/** It begins at `://` and ends before a slash: no text is gone over twice. */
const PASSWORD_IN_ADDRESS = /:\/\/([^\s:@/"']*):[^\s/"']+@/g;

function maskedPem(line: string, state: State): string {
  const begin = line.indexOf('PRIVATE KEY-----');
  if (begin === -1) return line;
  const end = line.lastIndexOf('-----END');
  state.isPem = end < begin;
  const head = line.slice(0, begin + 'PRIVATE KEY-----'.length);
  return end < begin ? head + MASK : head + MASK + line.slice(end);
}

function maskedValues(line: string, indent: number, state: State): string {
  // A key begins where no other can go on, so that a long word is read once and not from each of its letters.
  const keys = /(?<![\w.-])([\w.-]+)(["']?)[ \t]*[:=][ \t]*/g;
  let masked = '';
  let done = 0;
  for (let found = keys.exec(line); found; found = keys.exec(line)) {
    const [whole, key = '', closing = ''] = found;
    const start = found.index + whole.length;
    // `image:1.4` and `https://` are no keys: YAML wants a space after the colon, JSON a quote before it.
    if (whole.endsWith(':') && !closing && start < line.length) continue;
    if (/^name$/i.test(key)) state.isNamedSecret = SECRET_KEY.test(line.slice(start, start + 200));
    const isSecretsValue = /^(?:value|default)$/i.test(key) && state.isNamedSecret;
    if (!isSecretsValue && !state.isSecretData && !SECRET_KEY.test(key)) continue;
    const isMapping = whole.includes(':') && line[start] === '{';
    if (isMapping || start === line.length) {
      state.isNamedSecret = true;
      continue;
    }
    if (/^[|>][-+\d]{0,2}[ \t\r]*$/.test(line.slice(start, start + 20))) {
      state.blockOf = indent;
      continue;
    }
    const end = endOfValue(line, start, closing, line[found.index - 1]);
    masked += line.slice(done, start) + maskedValue(line.slice(start, end));
    done = end;
    keys.lastIndex = end;
  }
  return masked + line.slice(done);
}

/** `closing`: the quote after the key, which JSON has; `before`: what stands before the key, the quote of `"KEY=value"` perhaps. */
function endOfValue(line: string, start: number, closing: string, before: string | undefined): number {
  const quote = line[start];
  if (quote === '"' || quote === "'") {
    for (let at = start + 1; at < line.length; at++) {
      if (line[at] === quote) return at + 1;
      if (line[at] === '\\' && quote === '"') at++;
    }
    return line.length;
  }
  if (quote === '[') return line.indexOf(']', start) + 1 || line.length;
  const stop = closing ? /[,}\]]/g : before === '"' ? /"/g : before === "'" ? /'/g : null;
  if (!stop) return line.length;
  stop.lastIndex = start;
  return stop.exec(line)?.index ?? line.length;
}

function maskedValue(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? '';
  const bare = quote ? value.slice(1, value.endsWith(quote) && value.length > 1 ? -1 : undefined) : value;
  return /^(?:\$\w+|\$\{\w+\})?\s*$/.test(bare) ? value : quote + MASK + quote;
}
