/** What a secret is called, and what it looks like inside a line. In doubt it is one. Each takes time linear in the text. */

export const MASK = '••••';

const SECRET_WORDS =
  /passw(?:or)?d|passphrase|requirepass|masterauth|secret|token|credential|authorization|salt|cookie|jwt|webhook[-_]?url|dockerconfigjson|(?:api|private|access|app|encryption|encrypt|master|signing|license|account|storage|session|auth|service)[-_.]?key|[a-z0-9][-_.]keys?$|(?:^|[-_.])(?:pass|pwd|pw|auth|dsn)(?:$|[-_.])|(?:pass|pwd|dsn)$/i;
/** `dbPass`, `dbPwOld`: a word of its own in camel case. */
const SECRET_CAMEL = /[a-z0-9](?:P(?:ass|w|wd)|Dsn|Auth|Key)(?:$|[A-Z\d_.-])/;
/** These name a Secret and hold none. */
const REFERENCE = /^secret(?:Key)?Ref$/;

/** Whether a key, or the name of a variable, is that of a secret. */
export function isSecretKey(key: string): boolean {
  return !REFERENCE.test(key) && (SECRET_WORDS.test(key) || SECRET_CAMEL.test(key));
}

/** A value but for what refers to a variable and holds none (`${DB_PASSWORD}`); quotes and blanks stay. */
export function maskedValue(value: string): string {
  const quote = /^["']/.exec(value)?.[0] ?? '';
  const bare = quote ? value.slice(1, value.endsWith(quote) && value.length > 1 ? -1 : undefined) : value;
  return /^(?:\$\w+|\$\{\w+\})?\s*$/.test(bare) ? value : quote + MASK + quote;
}

/** Passwords in addresses, and what a command is told as one: `--requirepass X`, `-pX`, `Bearer X`. */
export function withoutPasswords(line: string): string {
  return withoutOptions(
    line.replace(/[^\s"'<>]+/g, (word) => (word.includes('://') ? withoutUser(word) : word)),
  );
}

/** `amqp://me:hunter2@a,amqp://me:hunter2@b`, `https://key@sentry.io/1`. A password may hold any sign, even a slash. */
function withoutUser(word: string): string {
  const [head = '', ...addresses] = word.split('://');
  return [head, ...addresses.map(withoutUserOf)].join('://');
}

function withoutUserOf(address: string): string {
  const at = address.lastIndexOf('@');
  const user = address.slice(0, Math.max(at, 0));
  const colon = user.indexOf(':');
  const slash = user.indexOf('/');
  if (user === '' || (slash !== -1 && (colon === -1 || slash < colon))) return address;
  // `shop:80/a@b`: a host, its port and a path.
  if (/^[^:]*:\d{1,5}\//.test(user)) return address;
  return user.slice(0, colon + 1) + maskedValue(user.slice(colon + 1)) + address.slice(at);
}

function withoutOptions(line: string): string {
  const isRedis = line.includes('redis');
  return line
    .replace(OPTION, (whole, option: string, between: string, value: string) =>
      isSecretKey(option) || (isRedis && option === '-a') ? option + between + maskedValue(value) : whole,
    )
    .replace(WORD_BEFORE, (_, before: string, value: string) => before + maskedValue(value))
    .replace(USER_PASSWORD, (_, user: string, value: string) => user + maskedValue(value))
    .replace(SHORT_PASSWORD, (_, option: string, value: string) => option + maskedValue(value));
}

/** `--password X`, `--password", "X`, `"--password" "X"`. */
const OPTION = /(?<![\w.-])(--?[A-Za-z][\w.-]*)(["']?(?:[ \t]*,[ \t]*|[ \t]+)["']?)(?!-)([^\s"',\]]+)/g;
const WORD_BEFORE =
  /(?<![\w-])((?:Bearer|Basic|requirepass|masterauth|IDENTIFIED BY)[ \t]+["']?)([^\s"',\]]+)/gi;
/** `curl -u me:hunter2`, but not the numbers of a user and a group. */
const USER_PASSWORD =
  /(?<![\w-])((?:-u|--user)(?:["']?(?:[ \t]{0,9},[ \t]{0,9}|[ \t]{1,9})|=)["']?(?!\d{1,9}:\d{1,9}(?![^\s"',\]]))[^\s"',:@\]]{1,100}:)([^\s"',\]]+)/g;
const SHORT_PASSWORD = /(?<![\w-])(-p["']?)([^\s"',\]]+)/g;

/** Whether what comes next, on a line of its own, is the value of an option: `- --requirepass`. */
export function endsWithSecretOption(line: string): boolean {
  const option = /^[ \t]*(?:-[ \t]+)?["']?(--?[A-Za-z][\w.-]*)["']?,?[ \t\r]*$/.exec(line.slice(0, 500))?.[1];
  return option !== undefined && isSecretKey(option);
}
