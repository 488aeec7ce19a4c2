import { z } from 'zod';
import { choice } from '../../web/form.js';
import { email } from '../fields.js';
import { ROLES } from '../roles.js';

export const invitationForm = z.object({ email, role: choice('Role', ROLES) });

export const roleForm = z.object({ role: choice('Role', ROLES) });
