import { replaceMailedLinks } from '../../src/auth/mailed-links.js';
import { db } from '../../src/db/client.js';

/** The token of a link that is good, for each page that one opens by a link. */
export async function linksOf(userId: number): Promise<Record<string, string>> {
  const { email } = await db.user.findUniqueOrThrow({ where: { id: userId } });
  return {
    '/password-reset': await replaceMailedLinks('reset', { userId }),
    '/confirmation': await replaceMailedLinks('confirmation', { userId, email }),
    '/unlock': await replaceMailedLinks('unlock', { userId }),
    '/invitation': await replaceMailedLinks('invitation', { email: 'guest@example.com', role: 'editor' }),
  };
}
