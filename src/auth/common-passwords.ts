import { createRequire } from 'node:module';

/** True of the passwords that are tried first: those long enough of the 49,000 that leaked most often, and the name of this place. */
export function isCommon(password: string): boolean {
  common ??= commonPasswords();
  return common.has(password.toLowerCase());
}

let common: Set<string> | undefined;

/** Loaded when somebody chooses a password: a start is sooner without. */
function commonPasswords(): Set<string> {
  const { dictionary } = createRequire(import.meta.url)('@zxcvbn-ts/language-common');
  const listed: string[] = dictionary['passwords-common'];
  return new Set([
    ...listed.filter(({ length }) => length >= 10),
    'movingparts',
    'moving parts',
    'moving-parts',
  ]);
}
