import type { Request } from 'express';
import type { Author } from '../changes/queries.js';
import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { HttpError } from '../web/errors.js';
import { type Action, can, type Role } from './roles.js';
import { personOf } from './signing-in.js';

// What the rest of the code asks of those who write.

/** Who writes, behind the wall: what the trail keeps of them beside what they write. */
export function authorOf(req: Request): Author {
  return { userId: personOf(req).id, address: req.ip ?? '', token: req.token?.name ?? '' };
}

/**
 * Holds whoever writes for the rest of the transaction: throws 403 where their role does not allow this any more, and until the transaction ends
 * nobody can change it. For what takes long: what is short may end with the role that it began with.
 */
export async function holdAuthor(
  tx: Prisma.TransactionClient,
  { userId }: Pick<Author, 'userId'>,
  action: Action,
): Promise<void> {
  const [person] = await tx.$queryRaw<{ role: Role }[]>`
    SELECT role::text AS role FROM users WHERE id = ${userId} AND left_at IS NULL FOR SHARE`;
  if (!can(person?.role ?? null, action))
    throw new HttpError(
      403,
      'Your account was changed while this was being written, and may not do this any more.',
    );
}

/** The ids of those who have not left, so that there is a page of theirs. */
export async function whoIsHere(ids: number[]): Promise<Set<number>> {
  const here = await db.user.findMany({ where: { id: { in: ids }, leftAt: null }, select: { id: true } });
  return new Set(here.map(({ id }) => id));
}
