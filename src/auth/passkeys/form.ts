import { z } from 'zod';
import { line, tick } from '../../web/form.js';
import { passwordAgain } from '../fields.js';

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

/** Asked before a challenge is given: a browser left open must not be enough to add a way in. */
export const challengeForm = z.object({ current: passwordAgain });

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
