import { z } from 'zod';
import { choice, line, number } from '../../web/form.js';
import { passwordAgain } from '../fields.js';
import { MOST_DAYS, SCOPES } from './tokens.js';

export const tokenForm = z.object({
  name: line('Name', { max: 100 }),
  scope: choice('Scope', SCOPES),
  password: passwordAgain,
  days: number('Days', { min: 1, max: MOST_DAYS, whole: true }),
});
