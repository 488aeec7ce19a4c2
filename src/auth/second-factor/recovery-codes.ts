import { randomInt } from 'node:crypto';
import { db } from '../../db/client.js';
import type { Prisma } from '../../db/generated/client.js';
import { hashOf } from '../secrets.js';

// What lets one in when the phone is gone: ten codes of 80 bits, each good once. Too many to guess, so a plain hash keeps them, and looking the
// hash up tells nothing by its time.

const HOW_MANY = 10;

/** Without i, l, o and u, which are read as others. */
const LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** Makes new ones in place of those that are left, and gives them: they are kept nowhere. */
export async function makeRecoveryCodes(tx: Prisma.TransactionClient, userId: number): Promise<string[]> {
  const codes = Array.from({ length: HOW_MANY }, newCode);
  await tx.recoveryCode.deleteMany({ where: { userId } });
  await tx.recoveryCode.createMany({ data: codes.map((code) => ({ id: hashed(code), userId })) });
  return codes;
}

/** True once for each code: of two requests at the same moment one uses it up. */
export async function useRecoveryCode(userId: number, typed: string): Promise<boolean> {
  const { count } = await db.recoveryCode.deleteMany({ where: { id: hashed(typed), userId } });
  return count === 1;
}

/** How many the person has not used yet. */
export function countRecoveryCodes(userId: number): Promise<number> {
  return db.recoveryCode.count({ where: { userId } });
}

/** k4fd-92mx-7qpt-a3hv */
function newCode(): string {
  const letters = Array.from({ length: 16 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
  return letters.match(/.{4}/g)?.join('-') ?? letters;
}

/** However it was copied: capitals, no dashes, an o for a 0. */
function hashed(code: string): string {
  const plain = code
    .toLowerCase()
    .replace(/o/g, '0')
    .replace(/[il]/g, '1')
    .replace(/[^0-9a-z]/g, '');
  return hashOf(plain);
}
