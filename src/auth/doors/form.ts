import { z } from 'zod';
import { line, tick } from '../../web/form.js';
import { email, isOwnAddress, knownPassword, newPassword, OWN_ADDRESS } from '../fields.js';

export const signInForm = z.object({
  email: line('E-mail', { max: 254 }),
  password: knownPassword,
  keep: tick(),
  /** The page that was wanted. */
  to: z.string().max(2_000).optional().catch(undefined),
});

export const signUpForm = z
  .object({ name: line('Name', { max: 100 }), email, password: newPassword })
  .refine(({ email, password }) => !isOwnAddress(password, email), {
    path: ['password'],
    message: OWN_ADDRESS,
  });
