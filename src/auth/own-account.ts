import type { Request } from 'express';
import type { z } from 'zod';
import { db } from '../db/client.js';
import { HttpError } from '../web/errors.js';
import { type FormResult, readForm, withError } from '../web/form.js';
import { type Account, findAccount } from './accounts.js';
import { isPassword } from './passwords.js';
import { authOf, fromOf, personOf } from './signing-in.js';
import { note } from './trail.js';
import { forgetTries, takeTry, toldToWait, tryKeys } from './tries.js';

/** The account of whoever is signed in. */
export async function ownAccount(req: Request): Promise<Account> {
  const account = await findAccount(personOf(req).id);
  if (!account) throw new HttpError(404, 'This account is gone.');
  return account;
}

/**
 * Whether this is the person's password, asked again before what matters. Of somebody without one their session is all there is. Wrong ones
 * count, from wherever they come: else whoever finds a browser left open could try on and on. Throws 429 where it is to wait.
 */
export async function isProven(req: Request, account: Account, password: string): Promise<boolean> {
  if (!account.hasPassword) return true;
  const tried = await takeTry(tryKeys.passwordAgain(account.id));
  if (!tried.ok) {
    const wait = toldToWait(req, tried, 'Wait a day, or ask an admin to unlock you.');
    throw new HttpError(429, `Too many wrong passwords. ${wait}`);
  }
  const user = await db.user.findUnique({ where: { id: account.id }, select: { passwordHash: true } });
  if (await isPassword(user?.passwordHash ?? null, password, authOf(req).settings.passwords)) {
    await forgetTries(tryKeys.passwordAgain(account.id));
    return true;
  }
  await note(fromOf(req), tried.locks ? 'was locked' : 'failed to sign in', account, {
    by: 'password, asked again',
  });
  return false;
}

/** Reads a form in which the password is asked again, in `field`: it is wrong as a whole where that is. */
export async function readProven<F extends string, T extends Record<F, string>>(
  req: Request,
  account: Account,
  schema: z.ZodType<T>,
  field: F,
): Promise<FormResult<T>> {
  const read = readForm(schema, req.body);
  if (!read.ok || (await isProven(req, account, read.data[field]))) return read;
  return { ok: false, form: withError(req.body, { [field]: 'This is not your password.' }) };
}
