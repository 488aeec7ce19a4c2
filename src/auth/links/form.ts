import { z } from 'zod';
import { line, tick } from '../../web/form.js';
import { email, newPasswordOf } from '../fields.js';

export const addressForm = z.object({ email });

export const newPasswordForm = (address: string) =>
  z.object({ password: newPasswordOf(address), all: tick() });

export const acceptForm = (address: string) =>
  z.object({ name: line('Name', { max: 100 }), password: newPasswordOf(address) });
