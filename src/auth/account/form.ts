import { z } from 'zod';
import { line, tick } from '../../web/form.js';
import { email, newPassword, passwordAgain } from '../fields.js';

export const nameForm = z.object({ name: line('Name', { max: 100 }) });

export const newAddressForm = z.object({ email, password: passwordAgain });

export const passwordForm = z.object({ current: passwordAgain, password: newPassword, all: tick() });

export const leaveForm = z.object({ password: passwordAgain, nameless: tick() });
