import { z } from 'zod';
import { line, tick } from '../../web/form.js';
import { email, newPasswordOf, passwordAgain } from '../fields.js';

export const nameForm = z.object({ name: line('Name', { max: 100 }) });

export const newAddressForm = z.object({ email, password: passwordAgain });

export const passwordForm = (address: string) =>
  z.object({ current: passwordAgain, password: newPasswordOf(address), all: tick() });

export const leaveForm = z.object({ password: passwordAgain, nameless: tick() });
