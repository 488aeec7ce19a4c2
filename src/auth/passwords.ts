import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { hash, type Options, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import type { Settings } from '../settings.js';

/** What an argon2id hash costs: KiB of memory and passes over it. */
export type HashCost = Settings['passwords'];

/** What OWASP's Password Storage Cheat Sheet names first: 19 MiB, two passes, one lane. */
const USUAL: HashCost = { memoryKib: 19_456, passes: 2 };

/** On threads of their own, as many at once as there are cores: a flood of sign-ins waits here, and the event loop goes on serving. */
const oneOfFew = pLimit(availableParallelism());

/** The password's argon2id hash, as text that says at what cost it was made. */
export function hashPassword(password: string, cost = USUAL): Promise<string> {
  return oneOfFew(() => hash(password, optionsOf(cost)));
}

/** Whether the password is the one that was hashed. With no hash it takes as long and says no, so that time tells nothing. */
export async function isPassword(stored: string | null, password: string, cost = USUAL): Promise<boolean> {
  const against = stored ?? (await decoyHash(cost));
  const matches = await oneOfFew(() => verify(against, password));
  if (!matches && stored !== null) await spendTheRest(stored, password, cost);
  return stored !== null && matches;
}

/** A hash made at a smaller cost is tried sooner than the decoy of today: a wrong password takes the difference as well. */
async function spendTheRest(
  stored: string,
  password: string,
  { memoryKib, passes }: HashCost,
): Promise<void> {
  const [, memory = 0, times = 0] = (/\$m=(\d+),t=(\d+),/.exec(stored) ?? []).map(Number);
  const rest = memoryKib * passes - memory * times;
  const anew = Math.ceil(rest / memoryKib);
  if (anew > 0)
    await hashPassword(password, { memoryKib: Math.max(8, Math.round(rest / anew)), passes: anew });
}

/** True of a hash that was made at another cost than is asked for now. */
export function isOutdated(stored: string, { memoryKib, passes } = USUAL): boolean {
  return !stored.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=1$`);
}

/** True of the passwords that are tried first: those long enough of the 49,000 that leaked most often. */
export function isCommon(password: string): boolean {
  common ??= commonPasswords();
  return common.has(password.toLowerCase());
}

let common: Set<string> | undefined;

/** Loaded when somebody chooses a password: a start is sooner without. */
function commonPasswords(): Set<string> {
  const { dictionary } = createRequire(import.meta.url)('@zxcvbn-ts/language-common');
  const listed: string[] = dictionary['passwords-common'];
  return new Set(listed.filter(({ length }) => length >= 10));
}

const decoys = new Map<string, Promise<string>>();

function decoyHash(cost: HashCost): Promise<string> {
  const key = `${cost.memoryKib},${cost.passes}`;
  const made = decoys.get(key) ?? hashPassword('nobody has this password', cost);
  decoys.set(key, made);
  // One that could not be made is tried anew: else addresses that nobody has would answer otherwise from then on.
  made.catch(() => decoys.delete(key));
  return made;
}

function optionsOf({ memoryKib, passes }: HashCost): Options {
  return { memoryCost: memoryKib, timeCost: passes, parallelism: 1 };
}
