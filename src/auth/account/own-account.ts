import type { Request } from 'express';
import { HttpError } from '../../web/errors.js';
import { type FormState, withError } from '../../web/form.js';
import { type Account, findAccount, isPasswordOf } from '../accounts.js';
import { authOf, personOf } from '../auth.js';

/** The account of whoever is signed in. */
export async function accountOf(req: Request): Promise<Account> {
  const account = await findAccount(personOf(req).id);
  if (!account) throw new HttpError(404, 'This account is gone.');
  return account;
}

/** Of somebody without a password their session is all there is. */
export async function isProven(req: Request, account: Account, password: string): Promise<boolean> {
  return !account.hasPassword || isPasswordOf(account.id, password, authOf(req).settings.passwords);
}

export function wrongPassword(req: Request, field: string): FormState {
  return withError(req.body, { [field]: 'This is not your password.' });
}
