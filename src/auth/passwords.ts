import { availableParallelism } from 'node:os';
import { hash, type Options, verify } from '@node-rs/argon2';
import pLimit from 'p-limit';
import type { Settings } from '../settings.js';

/** What an argon2id hash costs: KiB of memory and passes over it. */
export type HashCost = Settings['passwords'];

/** How many are hashed at once: one a core, and of the four threads that Node has for such work one is left for files and names. */
const AT_ONCE = Math.min(availableParallelism(), 3);

/** A flood of sign-ins waits here, and the event loop goes on serving. */
const oneOfFew = pLimit(AT_ONCE);

/** The password's argon2id hash, as text that says at what cost it was made. */
export function hashPassword(password: string, cost: HashCost): Promise<string> {
  return oneOfFew(() => hash(password, optionsOf(cost)));
}

/** True of a hash that was made at another cost than is asked for now. */
export function isOutdated(stored: string, { memoryKib, passes }: HashCost): boolean {
  return !stored.startsWith(`$argon2id$v=19$m=${memoryKib},t=${passes},p=1$`);
}

/**
 * Whether the password is the one that was hashed. With no hash at all it says no and takes as long, so that time tells nothing; longer only where the
 * hash was made at a higher cost than is asked for now.
 */
export async function isPassword(stored: string | null, password: string, cost: HashCost): Promise<boolean> {
  const against = stored ?? (await decoyHash(cost));
  // All in one turn: waiting again for the rest would tell, while others wait, that the hash is a cheaper one.
  const matches = await oneOfFew(async () => {
    const matches = await verify(against, password);
    if (!matches) await spendTheRest(against, password, cost);
    return matches;
  });
  return stored !== null && matches;
}

/** A hash that was made at a lower cost is refused sooner than the decoy: the difference is spent as well. What one costs is memory times passes. */
async function spendTheRest(
  stored: string,
  password: string,
  { memoryKib, passes }: HashCost,
): Promise<void> {
  const [, storedKib = 0, storedPasses = 0] = (/\$m=(\d+),t=(\d+),/.exec(stored) ?? []).map(Number);
  const rest = memoryKib * passes - storedKib * storedPasses;
  if (rest <= 0) return;
  const more = Math.ceil(rest / memoryKib);
  // In so many passes that none takes more memory than is asked for now; 8 KiB is the least that argon2 takes.
  await hash(password, optionsOf({ memoryKib: Math.max(8, Math.round(rest / more)), passes: more }));
}

/** Has what nobody's password is held against made before anybody asks: the first to ask would wait for it. */
export function preparePasswords(cost: HashCost): void {
  decoyHash(cost).catch(() => {});
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
