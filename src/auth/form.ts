import { z } from 'zod';
import { choice, line, number, tick } from '../web/form.js';
import { isCommon } from './passwords.js';
import { ROLES } from './roles.js';
import { MOST_DAYS, SCOPES } from './tokens.js';

const email = line('E-mail', { max: 254 }).pipe(z.email('E-mail must be an address like ada@example.com.'));

/** Of a password that is there already, any; it is only compared. */
const knownPassword = z
  .string('Password is missing.')
  .min(1, 'Password cannot be empty.')
  .max(200, 'Password is too long.');

/** Length, and not one that is tried first; no other rules, they make passwords worse. */
const newPassword = z
  .string('Password is missing.')
  .min(10, 'Password is too short: 10 characters or more, a few words do well.')
  .max(200, 'Password is too long: 200 characters at most.')
  .refine(
    (password) => !isCommon(password),
    'Password is one of the most common ones, which are tried first. A few words of your own do well.',
  );

export const signInForm = z.object({
  email: line('E-mail', { max: 254 }),
  password: knownPassword,
  keep: tick(),
  /** The page that was wanted. */
  to: z.string().max(2_000).optional().catch(undefined),
});

export const signUpForm = z.object({ name: line('Name', { max: 100 }), email, password: newPassword });

export const addressForm = z.object({ email });

export const newPasswordForm = z.object({ password: newPassword });

export const acceptForm = z.object({ name: line('Name', { max: 100 }), password: newPassword });

export const nameForm = z.object({ name: line('Name', { max: 100 }) });

export const newAddressForm = z.object({ email, password: z.string().max(200).default('') });

export const passwordForm = z.object({ current: z.string().max(200).default(''), password: newPassword });

/** The password is asked of those who have one. */
export const linkForm = z.object({ password: z.string().max(200).default('') });

export const leaveForm = z.object({ password: z.string().max(200).default(''), nameless: tick() });

/** A code of an app, or a recovery code. */
export const codeForm = z.object({ code: line('Code', { max: 100 }) });

/** The password again, in one of two forms that stand on the same page. */
export const provenForm = z.object({
  password: z.string().max(200).default(''),
  current: z.string().max(200).default(''),
});

/** Bytes as a browser writes them in JSON; how many they may be is for the limit of the whole body. */
const bytes = z.string('This is no passkey.').regex(/^[\w-]+$/, 'This is no passkey.');

const credential = <T extends z.ZodRawShape>(response: T) =>
  z.object(
    {
      id: bytes,
      rawId: bytes,
      type: z.literal('public-key', 'This is no passkey.'),
      response: z.object(response, 'This is no passkey.'),
      clientExtensionResults: z.object({}).default({}),
    },
    'This is no passkey.',
  );

/** What `navigator.credentials.create` gives. */
export const newPasskeyForm = z.object({
  name: line('Name', { max: 100 }),
  credential: credential({
    clientDataJSON: bytes,
    attestationObject: bytes,
    transports: z.array(z.string().max(30)).max(10).default([]).catch([]),
  }),
});

/** What `navigator.credentials.get` gives, and what the form of the sign-in holds beside it. */
export const passkeyForm = z.object({
  credential: credential({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.optional().catch(undefined),
  }),
  keep: tick(),
  to: z.string().max(2_000).optional().catch(undefined),
});

export const invitationForm = z.object({ email, role: choice('Role', ROLES) });

export const roleForm = z.object({ role: choice('Role', ROLES) });

export const tokenForm = z.object({
  name: line('Name', { max: 100 }),
  scope: choice('Scope', SCOPES),
  days: number('Days', { min: 1, max: MOST_DAYS, whole: true }),
});
