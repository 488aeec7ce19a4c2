import { db } from '../db/client.js';
import type { Prisma } from '../db/generated/client.js';
import { unlessViolated } from '../db/violations.js';
import { type Account, addressKey, holdAccount } from './accounts.js';
import type { Role } from './roles.js';
import { endSessionsOf, type Person, type SeenPerson } from './sessions.js';
import { type From, record } from './trail.js';

// What may not leave this place without an admin. One row, `admin_kept`, points at somebody who is one; its foreign key holds.

/**
 * `last admin` when the last admin would be gone: the database says so, whatever happens at the same moment. `not confirmed` when somebody would be
 * one whose address nobody has shown to be theirs.
 */
type RoleChange = 'changed' | 'last admin' | 'not confirmed';

/** Gives a person another role, and ends their sessions: rights change with a new session only. */
export async function changeRole(account: Account, role: Role, from: From): Promise<RoleChange> {
  if (role === 'admin' && !account.confirmedAt) return 'not confirmed';
  return keepingAnAdmin(async (tx) => {
    await holdAccount(tx, account, from.userId);
    // Links before the row of the admin that is kept, as whoever takes up an invitation has them.
    if (role !== 'admin') await withdrawLinksBy(tx, account.id);
    await handOnAdmin(tx, account.id, role);
    await tx.user.update({ where: { id: account.id }, data: { role }, select: { id: true } });
    if (role === 'admin') {
      await tx.$executeRaw`INSERT INTO admin_kept (user_id) VALUES (${account.id}) ON CONFLICT DO NOTHING`;
    }
    await endSessionsOf(tx, account.id);
    await record(tx, from, 'changed', account, { before: { role: account.role }, after: { role } });
  });
}

/** Takes away all that signs the person in. What they wrote stays, under their name unless they want it gone. */
export async function leave(account: SeenPerson, keepsName: boolean, from: From): Promise<RoleChange> {
  return keepingAnAdmin(async (tx) => {
    await holdAccount(tx, account);
    await withdrawLinksBy(tx, account.id);
    await handOnAdmin(tx, account.id, 'viewer');
    await record(tx, from, 'left', keepsName ? account : { id: account.id, name: 'somebody' });
    const name = keepsName ? account.name : 'Somebody who left';
    const gone = {
      passwordHash: null,
      newEmail: null,
      totpSecret: null,
      totpSince: null,
      lastSignInFrom: '',
    };
    await tx.user.update({
      where: { id: account.id },
      data: { ...gone, email: `left-${account.id}`, name, role: 'viewer', leftAt: new Date() },
    });
    const theirs = { where: { userId: account.id } };
    await endSessionsOf(tx, account.id);
    await tx.mailedLink.deleteMany(theirs);
    await tx.recoveryCode.deleteMany(theirs);
    await tx.passkey.deleteMany(theirs);
    await tx.identity.deleteMany(theirs);
    await tx.apiToken.deleteMany(theirs);
    if (!keepsName) await forgetName(tx, account, name);
  });
}

/** Of what the trail says about the person their role stays, and nothing that names them: nor an address that they had before. */
async function forgetName(tx: Prisma.TransactionClient, { id, email }: Person, name: string): Promise<void> {
  const [{ addresses } = { addresses: [] }] = await tx.$queryRaw<{ addresses: string[] }[]>`
    SELECT array_agg(lower(before ->> 'email')) AS addresses FROM changes
    WHERE noun = 'people' AND record_id = ${id} AND before ? 'email'`;
  const theirs = [addressKey(email), ...(addresses ?? [])];
  await tx.$executeRaw`
    UPDATE changes SET label = ${name},
      before = CASE WHEN before ? 'role' THEN jsonb_build_object('role', before -> 'role') END,
      after = CASE WHEN after ? 'role' THEN jsonb_build_object('role', after -> 'role') END
    WHERE noun = 'people' AND record_id = ${id}`;
  await tx.$executeRaw`
    UPDATE changes SET label = ${name} WHERE noun = 'people' AND record_id = 0 AND lower(label) = ANY(${theirs})`;
}

/** What somebody handed out as an admin is good no more: an invitation would bring them back in. */
async function withdrawLinksBy(tx: Prisma.TransactionClient, createdById: number): Promise<void> {
  await tx.mailedLink.deleteMany({ where: { createdById } });
}

/** Where the one admin that the database holds on to is about to go, it holds on to another who can come in. */
async function handOnAdmin(tx: Prisma.TransactionClient, id: number, role: Role): Promise<void> {
  if (role === 'admin') return;
  await tx.$executeRaw`
    UPDATE admin_kept SET user_id = other.id
    FROM (SELECT id FROM users WHERE role = 'admin' AND id <> ${id} AND confirmed_at IS NOT NULL AND left_at IS NULL
      ORDER BY id LIMIT 1) AS other
    WHERE user_id = ${id}`;
}

async function keepingAnAdmin(work: (tx: Prisma.TransactionClient) => Promise<void>): Promise<RoleChange> {
  return unlessViolated('admin_kept_user_id_role_fkey', 'last admin', async () => {
    await db.$transaction(work);
    return 'changed';
  });
}
