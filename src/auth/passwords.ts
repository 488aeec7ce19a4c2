import { availableParallelism } from 'node:os';
import { hash, type Options, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import { type Settings, USUAL_HASH } from '../settings.js';

/** What an argon2id hash costs: KiB of memory and passes over it. */
export type HashCost = Settings['passwords'];

/** On threads of their own, as many at once as there are cores: a flood of sign-ins waits here, and the event loop goes on serving. */
const oneOfFew = pLimit(availableParallelism());

/** The password's argon2id hash, as text that says at what cost it was made. */
export function hashPassword(password: string, cost: HashCost = USUAL_HASH): Promise<string> {
  return oneOfFew(() => hash(password, optionsOf(cost)));
}

/** True of a hash that was made at another cost than is asked for now. */
export function isOutdated(stored: string, { memoryKib, passes }: HashCost): boolean {
  return !stored.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=1$`);
}

/** Whether the password is the one that was hashed. A no takes as long whatever was stored, and with no hash at all: time tells nothing. */
export async function isPassword(stored: string | null, password: string, cost: HashCost): Promise<boolean> {
  const against = stored ?? (await decoyHash(cost));
  const matches = await oneOfFew(() => verify(against, password));
  if (!matches && stored !== null) await spendTheRest(stored, password, cost);
  return stored !== null && matches;
}

/**
 * A hash that was made at a smaller cost is refused sooner than the decoy of today: the difference is spent as well. What a hash takes grows with
 * memory times passes; 8 KiB is the least that argon2 takes.
 */
async function spendTheRest(
  stored: string,
  password: string,
  { memoryKib, passes }: HashCost,
): Promise<void> {
  const [, storedKib = 0, storedPasses = 0] = (/\$m=(\d+),t=(\d+),/.exec(stored) ?? []).map(Number);
  const rest = memoryKib * passes - storedKib * storedPasses;
  if (rest <= 0) return;
  const more = Math.ceil(rest / memoryKib);
  await hashPassword(password, { memoryKib: Math.max(8, Math.round(rest / more)), passes: more });
}

const decoys = new Map<string, Promise<string>>();

/** What a password is held against where there is nothing to hold it against, of each cost that was asked for. */
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
