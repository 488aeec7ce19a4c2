import { z } from 'zod';
import { line, tick } from '../../web/form.js';
import { email, newPassword } from '../fields.js';

export const addressForm = z.object({ email });

export const newPasswordForm = z.object({ password: newPassword, all: tick() });

export const acceptForm = z.object({ name: line('Name', { max: 100 }), password: newPassword });
