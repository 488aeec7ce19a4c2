import { z } from 'zod';
import { line, tick } from '../web/form.js';

const email = line('E-mail', { max: 254 }).pipe(z.email('E-mail must be an address like ada@example.com.'));

export const signInForm = z.object({
  email: line('E-mail', { max: 254 }),
  password: z
    .string('Password is missing.')
    .min(1, 'Password cannot be empty.')
    .max(200, 'Password is too long.'),
  keep: tick(),
  /** The page that was wanted. */
  to: z.string().max(2_000).optional().catch(undefined),
});

export const signUpForm = z.object({
  name: line('Name', { max: 100 }),
  email,
  password: z
    .string('Password is missing.')
    .min(10, 'Password is too short: 10 characters or more, a few words do well.')
    .max(200, 'Password is too long: 200 characters at most.'),
});
