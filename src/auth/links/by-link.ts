import { db } from '../../db/client.js';
import type { Prisma } from '../../db/generated/client.js';
import { unlessViolated } from '../../db/violations.js';
import { type Account, findAccount, holdAccount, type SeenPerson } from '../accounts.js';
import { type MailedLink, useUp } from '../mailed-links.js';
import { type NewPassword, setPassword } from '../set-password.js';
import { dropUnconfirmed, insertAccount } from '../sign-up.js';
import { record } from '../trail.js';
import { forgetAllTries, forgetTries, tryKeys } from '../tries.js';

// What a link does, once. Each gives null where the link is good no more, a moment ago perhaps: then nothing is done.

/** Whether the link went to the address that the account has; one that an admin hands out goes to none. */
export function wentTo(link: MailedLink, account: Account): boolean {
  return link.email === null || link.email === account.email;
}

/** Sets the password. The link came to the address, so the address is theirs; an admin who hands one out answers for that. */
export async function resetBy(link: MailedLink, password: NewPassword, ip: string): Promise<Account | null> {
  return using(link, async (tx, account) => {
    // It may have been sent to an address that was given up at that very moment.
    if (!wentTo(link, account)) return null;
    await tx.user.update({
      where: { id: account.id },
      data: { confirmedAt: account.confirmedAt ?? new Date() },
      select: { id: true },
    });
    await setPassword(tx, account, password, { userId: account.id, address: ip });
    await forgetTries(tryKeys.password(account.email), tx);
    await forgetTries(tryKeys.passwordAgain(account.id), tx);
    return account;
  });
}

/**
 * Confirms the address that the link was sent to: the first of a new account, or the one that was asked for instead (`old` and `email` differ
 * then). Null where it is neither by now. `taken` when somebody else has it by now.
 */
export async function confirmBy(
  link: MailedLink,
  ip: string,
): Promise<{ old: string; email: string; name: string } | 'taken' | null> {
  return unlessViolated('users_email_key', 'taken', () =>
    using(link, async (tx, { id }) => {
      const user = await tx.user.findUniqueOrThrow({ where: { id } });
      const { email } = link;
      if (email === null || email !== (user.newEmail ?? user.email)) return null;
      if (user.newEmail !== null) await dropUnconfirmed(tx, email);
      await tx.user.update({
        where: { id },
        data: { email, newEmail: null, confirmedAt: user.confirmedAt ?? new Date() },
      });
      // Those that went to the address before open nothing any more.
      await tx.mailedLink.deleteMany({ where: { userId: id } });
      const [before, after] = [{ email: user.email }, { email, confirmed: true }];
      await record(tx, { userId: id, address: ip }, 'changed', user, { before, after });
      return { old: user.email, email, name: user.name };
    }),
  );
}

/** Lets the account be tried again. */
export async function unlockBy(link: MailedLink, ip: string): Promise<Account | null> {
  return using(link, async (tx, account) => {
    if (!wentTo(link, account)) return null;
    await forgetAllTries(account, tx);
    await record(tx, { userId: account.id, address: ip }, 'was unlocked', account, { after: { by: 'mail' } });
    return account;
  });
}

/** Makes the account of somebody invited. `taken` when the address has one by now. */
export async function acceptBy(
  link: MailedLink,
  name: string,
  passwordHash: string,
  ip: string,
): Promise<SeenPerson | 'taken' | null> {
  const { email, role } = link;
  return unlessViolated('users_email_key', 'taken', () =>
    db.$transaction(async (tx) => {
      if (!email || !(await useUp(tx, link))) return null;
      await dropUnconfirmed(tx, email);
      const account = { name, email, passwordHash, role: role ?? 'viewer', confirmedAt: new Date() };
      return insertAccount(tx, account, ip);
    }),
  );
}

/** Does what a link to somebody's account is for, in the transaction that uses it up. */
async function using<T>(
  link: MailedLink,
  work: (tx: Prisma.TransactionClient, account: Account) => Promise<T>,
): Promise<T | null> {
  const account = await findAccount(link.userId ?? 0);
  if (!account) return null;
  return db.$transaction(async (tx) => {
    // The person's row first and then the link, as everybody does: else two would wait for each other.
    await holdAccount(tx, account.id);
    return (await useUp(tx, link)) ? work(tx, account) : null;
  });
}
