import type { Request } from 'express';
import { HttpError } from '../../web/errors.js';
import { isForBrowsers } from '../addresses.js';
import { findToken, type Token } from './tokens.js';

declare global {
  namespace Express {
    interface Request {
      /** Set when a program sent a token, and then `user` is its person and no cookie counts. */
      token?: Token;
    }
  }
}

/** What stands behind `Authorization: Bearer`; null without such a header. */
export function bearerIn(req: Request): string | null {
  const [scheme = '', text = ''] = (req.get('authorization') ?? '').split(' ', 2);
  return scheme.toLowerCase() === 'bearer' ? text : null;
}

/**
 * Gives a request its token and the token's person. Cookies are forgotten first: what a browser adds by itself must not make more of a token
 * than it is. 401 where nobody has such a token, 403 where the token may not do this, whoever it belongs to.
 */
export async function admitToken(req: Request, text: string): Promise<void> {
  req.cookies = {};
  req.signedCookies = {};
  const found = await findToken(text);
  if (!found) {
    throw refusal(
      req,
      401,
      'error="invalid_token"',
      'This token is not known here, has run out or was revoked.',
    );
  }
  if (isForBrowsers(req.path))
    throw new HttpError(403, 'No token is taken here: sign in with a browser for this.');
  const isReading = req.method === 'GET' || req.method === 'HEAD';
  if (!isReading && found.token.scope !== 'write') {
    const message = 'This token may only read. Make one with the scope “write” for this.';
    throw refusal(req, 403, 'error="insufficient_scope", scope="write"', message);
  }
  req.token = found.token;
  req.user = found.person;
}

/** RFC 6750: the header says in a word what the message says in a sentence. */
function refusal(req: Request, status: number, why: string, message: string): HttpError {
  req.res?.set('WWW-Authenticate', `Bearer ${why}`);
  return new HttpError(status, message);
}
