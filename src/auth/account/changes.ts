import { db } from '../../db/client.js';
import { type Account, holdUnchanged } from '../accounts.js';
import { type NewPassword, setPassword } from '../set-password.js';
import { type From, record } from '../trail.js';

// What people change of their own accounts.

/** Gives the person another name. */
export async function changeName(account: Account, name: string, from: From): Promise<void> {
  const { id } = account;
  await db.$transaction(async (tx) => {
    await holdUnchanged(tx, account);
    await tx.user.update({ where: { id }, data: { name }, select: { id: true } });
    await record(tx, from, 'changed', { id, name }, { before: { name: account.name }, after: { name } });
  });
}

/** Keeps the address that was asked for until it is confirmed. */
export async function askForAddress(account: Account, newEmail: string, from: From): Promise<void> {
  await db.$transaction(async (tx) => {
    await holdUnchanged(tx, account);
    await tx.user.update({ where: { id: account.id }, data: { newEmail }, select: { id: true } });
    // Those to an address that is asked for no more open nothing.
    await tx.mailedLink.deleteMany({ where: { userId: account.id, purpose: 'confirmation' } });
    await record(tx, from, 'changed', account, { after: { addressAskedFor: newEmail } });
  });
}

/** Takes back what was asked for; the link that was sent is good no more. */
export async function forgetAddress(account: Account, from: From): Promise<void> {
  if (account.newEmail === null) return;
  await db.$transaction(async (tx) => {
    await holdUnchanged(tx, account);
    await tx.user.update({ where: { id: account.id }, data: { newEmail: null }, select: { id: true } });
    const before = { addressAskedFor: account.newEmail };
    await record(tx, from, 'changed', account, { before, after: { addressAskedFor: null } });
  });
}

/** Sets the password of somebody who has just shown the old one. Gives the account's new generation. */
export async function changePassword(account: Account, password: NewPassword, from: From): Promise<number> {
  return db.$transaction(async (tx) => {
    await holdUnchanged(tx, account);
    return setPassword(tx, account, password, from);
  });
}
