import { z } from 'zod';
import { line } from '../../web/form.js';
import { passwordAgain } from '../fields.js';

/** A code of an app, or a recovery code. */
export const codeForm = z.object({ code: line('Code', { max: 100 }) });

/** The password again, in one of two forms that stand on the same page. */
export const provenForm = z.object({
  password: passwordAgain,
  current: passwordAgain,
});
