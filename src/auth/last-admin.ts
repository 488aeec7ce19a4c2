import { db, read } from '../db/client.js';
import { Prisma } from '../db/generated/client.js';
import { unlessViolated } from '../db/violations.js';
import type { Person } from './accounts.js';
import { dropLinks } from './mailed-links.js';

// This place is never without an admin. One row, `admin_kept`, points at somebody who is one; its foreign key holds.

/** Does what may make an admin less. `last admin` where none would be left: the database says so, whatever happens at the same moment. */
export async function keepingAnAdmin(
  work: (tx: Prisma.TransactionClient) => Promise<void>,
): Promise<'done' | 'last admin'> {
  return unlessViolated('admin_kept_user_id_role_fkey', 'last admin', async () => {
    await db.$transaction(work);
    return 'done';
  });
}

/** Whether nobody else who can come in is an admin, to say so before anybody tries: `keepingAnAdmin` is what holds. */
export async function isOnlyAdmin({ id, role }: Person): Promise<boolean> {
  return role === 'admin' && (await read<unknown[]>`${anotherAdmin(id)}`).length === 0;
}

/** Somebody else who is an admin and can come in, if there is anybody. */
function anotherAdmin(id: number): Prisma.Sql {
  return Prisma.sql`
    SELECT id FROM users WHERE role = 'admin' AND id <> ${id} AND confirmed_at IS NOT NULL AND left_at IS NULL ORDER BY id LIMIT 1`;
}

/** Once somebody is admin: the database holds on to them where it holds on to nobody yet. */
export async function keepAdmin(tx: Prisma.TransactionClient, id: number): Promise<void> {
  await tx.$executeRaw`INSERT INTO admin_kept (user_id) VALUES (${id}) ON CONFLICT DO NOTHING`;
}

/**
 * Before somebody ceases to be admin. What they handed out is good no more, as an invitation would bring them back in; where the database holds
 * on to them, it holds on to another who can come in, if there is one. Links first, as whoever takes up an invitation has them.
 */
export async function releaseAdmin(tx: Prisma.TransactionClient, id: number): Promise<void> {
  await dropLinks(tx, Prisma.sql`created_by_id = ${id}`);
  // Of two who cease at the same moment the second looks for another once the first is none any more.
  await tx.$queryRaw`SELECT 1 FROM admin_kept FOR UPDATE`;
  await tx.$executeRaw`
    UPDATE admin_kept SET user_id = other.id FROM (${anotherAdmin(id)}) AS other WHERE user_id = ${id}`;
}
