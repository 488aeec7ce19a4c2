import { db } from '../../db/client.js';
import { unlessViolated } from '../../db/violations.js';
import { confirmAddress, type NewPassword, setPassword } from '../account-changes.js';
import { type Account, dropUnconfirmed, findAccount, holdRow, insertAccount } from '../accounts.js';
import { type Link, useUp } from '../mailed-links.js';
import type { Proven } from '../sessions.js';
import { record } from '../trail.js';
import { forgetAllTries, forgetTries, triesOf } from '../tries.js';

// What a link does, once. Each gives null where the link is good no more, a moment ago perhaps: then nothing is done.

/** Sets the password. The link came to the address, so the address is theirs. */
export async function resetBy(link: Link, password: NewPassword, address: string): Promise<Account | null> {
  const account = await findAccount(link.userId ?? 0);
  if (!account) return null;
  const isDone = await db.$transaction(async (tx) => {
    await holdRow(tx, account.id);
    if (!(await useUp(tx, link))) return false;
    await tx.user.update({
      where: { id: account.id },
      data: { confirmedAt: account.confirmedAt ?? new Date() },
      select: { id: true },
    });
    await setPassword(tx, account, password, { userId: account.id, address });
    return true;
  });
  if (!isDone) return null;
  await forgetTries(triesOf.password(account.email));
  await forgetTries(triesOf.passwordAgain(account.id));
  return account;
}

/** Confirms the address: `old` and `email` differ where it takes another's place. `taken` when somebody else has it by now. */
export async function confirmBy(
  link: Link,
  address: string,
): Promise<{ old: string; email: string; name: string } | 'taken' | null> {
  return unlessViolated('users_email_key', 'taken', () =>
    db.$transaction(async (tx) => {
      // The person's row first and then the link, as everybody does: else two would wait for each other.
      await holdRow(tx, link.userId ?? 0);
      return (await useUp(tx, link)) ? confirmAddress(tx, link.userId ?? 0, link.email, address) : null;
    }),
  );
}

/** Lets the account be tried again. */
export async function unlockBy(link: Link, address: string): Promise<Account | null> {
  const account = await findAccount(link.userId ?? 0);
  if (!account) return null;
  const isDone = await db.$transaction(async (tx) => {
    await holdRow(tx, account.id);
    if (!(await useUp(tx, link))) return false;
    await record(tx, { userId: account.id, address }, 'was unlocked', account, { after: { by: 'mail' } });
    return true;
  });
  if (!isDone) return null;
  await forgetAllTries(account);
  return account;
}

/** Makes the account of somebody invited. `taken` when the address has one by now. */
export async function acceptBy(
  link: Link,
  name: string,
  passwordHash: string,
  address: string,
): Promise<Proven | 'taken' | null> {
  const { email, role } = link;
  return unlessViolated('users_email_key', 'taken', () =>
    db.$transaction(async (tx) => {
      if (!email || !(await useUp(tx, link))) return null;
      await dropUnconfirmed(tx, email);
      const account = { name, email, passwordHash, role: role ?? 'viewer', confirmedAt: new Date() };
      return insertAccount(tx, account, address);
    }),
  );
}
