import { z } from 'zod';
import { line, tick } from '../../web/form.js';
import { email, newPassword, passwordAgain } from '../fields.js';

export const addressForm = z.object({ email });

export const newPasswordForm = z.object({ password: newPassword, all: tick() });

/** The password is asked for where an account's first address is confirmed. */
export const confirmationForm = z.object({ password: passwordAgain });

export const acceptForm = z.object({ name: line('Name', { max: 100 }), password: newPassword });
