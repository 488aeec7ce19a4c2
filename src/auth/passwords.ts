import { hash, type Options, verify } from '@node-rs/argon2';

// argon2id with the parameters OWASP's Password Storage Cheat Sheet names first: 19 MiB, two passes, one lane.
const PARAMETERS: Options = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes on a thread of its own: the event loop goes on serving. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS);
}

/** Whether the password is the one that was hashed. With no hash it takes as long and says no, so that time tells nothing. */
export async function isPassword(stored: string | null, password: string): Promise<boolean> {
  const matches = await verify(stored ?? (await decoyHash()), password);
  return stored !== null && matches;
}

let decoy: Promise<string> | undefined;

function decoyHash(): Promise<string> {
  decoy ??= hashPassword('nobody has this password');
  return decoy;
}
