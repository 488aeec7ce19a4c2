import { z } from 'zod';
import { line } from '../web/form.js';
import { isCommon } from './common-passwords.js';

// Fields that several forms of this module have.

export const email = line('E-mail', { max: 254 }).pipe(
  z.email('E-mail must be an address like ada@example.com.'),
);

/** Of a password that is there already, any; it is only compared. */
export const knownPassword = z
  .string('Password is missing.')
  .min(1, 'Password cannot be empty.')
  .max(200, 'Password is too long.');

/** Length, and not one that is tried first; no other rules, they make passwords worse. */
export const newPassword = z
  .string('Password is missing.')
  .min(10, 'Password is too short: 10 characters or more, a few words do well.')
  .max(200, 'Password is too long: 200 characters at most.')
  .refine(
    (password) => !isCommon(password),
    'Password is one of the most common ones, which are tried first. A few words of your own do well.',
  );

/** A new password of who has this address: nor is it the address, or what stands before its @, which are tried as soon as the common ones. */
export function newPasswordOf(address: string) {
  return newPassword.refine((password) => !isOwnAddress(password, address), OWN_ADDRESS);
}

export const OWN_ADDRESS =
  'Password is your address, or how it begins, which is tried first. A few words of your own do well.';

export function isOwnAddress(password: string, address: string): boolean {
  const [name] = address.split('@', 1);
  return [address, name].some((one) => one?.toLowerCase() === password.toLowerCase());
}

/** The password again, before what matters. Nothing where somebody has none. */
export const passwordAgain = z.string().max(200, 'Password is too long.').default('');
export const passwordAgainForm = z.object({ password: passwordAgain });

/** The key of a passkey, an invitation or a session, as a form sends it along; '' for what is none. */
export function keyIn(value: unknown): string {
  return typeof value === 'string' && /^[\w-]{1,1400}$/.test(value) ? value : '';
}
