import { z } from 'zod';
import { passwordAgain } from '../fields.js';

/** The password is asked of those who have one. */
export const linkForm = z.object({ password: passwordAgain });
