import type { Purpose } from '../../src/auth/mailed-links.js';
import type { Role } from '../../src/auth/roles.js';
import { hashOf, newSecret } from '../../src/auth/secrets.js';
import { db } from '../../src/db/client.js';

/** A link that is good for an hour, however it came to somebody. Gives its secret. */
export async function aLink(
  purpose: Purpose,
  to: { userId?: number; email?: string; role?: Role },
): Promise<string> {
  const secret = newSecret();
  const expiresAt = new Date(Date.now() + 3_600_000);
  await db.mailedLink.create({ data: { id: hashOf(secret), purpose, expiresAt, ...to } });
  return secret;
}

/** The secret of a link that is good, for each page that one opens by a link; the invitation is for a guest. */
export async function linksOf(userId: number, guest = 'guest@example.com'): Promise<Record<string, string>> {
  const { email } = await db.user.findUniqueOrThrow({ where: { id: userId } });
  return {
    '/password-reset': await aLink('reset', { userId }),
    '/confirmation': await aLink('confirmation', { userId, email }),
    '/unlock': await aLink('unlock', { userId }),
    '/invitation': await aLink('invitation', { email: guest, role: 'editor' }),
  };
}
