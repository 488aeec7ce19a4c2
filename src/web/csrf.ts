import { doubleCsrf } from 'csrf-csrf';
import type { Request, RequestHandler, Response } from 'express';
import type { Settings } from '../settings.js';
import { ownCookie } from './cookies.js';
import { HttpError } from './errors.js';

/**
 * Every unsafe request must carry the token of its own session (a form field `_csrf`, or the header `x-csrf-token`) and, where the
 * browser says where it comes from, come from this site. Comes after sessions and body parsers. What came with a token is let through:
 * browsers add no such header by themselves, and no cookie counts beside it.
 */
export function csrf(settings: Settings): RequestHandler {
  const { name, options } = ownCookie('csrf', settings.env);
  const { generateCsrfToken, validateRequest, invalidCsrfTokenError } = doubleCsrf({
    getSecret: () => settings.sessionSecret,
    getSessionIdentifier: (req) => req.session?.id ?? 'nobody',
    cookieName: name,
    cookieOptions: options,
    getCsrfTokenFromRequest: (req) => tokenIn(req),
  });
  // Tokens that were found to be of a session: finding out takes as long as finding the session and its person.
  const known = new Map<string, string>();
  // One function for all requests: one of its own would hold each until the next full collection, see texts.ts.
  const csrfToken = function (this: Request): string {
    const brought: string | undefined = this.cookies[name];
    const key = this.session?.id;
    if (brought !== undefined && key !== undefined && known.get(brought) === key) return brought;
    const token = generateCsrfToken(this, SILENT);
    if (token !== brought) this.res?.cookie(name, token, options);
    if (known.size >= MOST_KNOWN) known.clear();
    if (key !== undefined) known.set(token, key);
    return token;
  };
  return (req, _res, next) => {
    if (req.token) return next();
    req.csrfToken = csrfToken;
    if (SAFE.includes(req.method)) return next();
    if (isForeign(req))
      throw new HttpError(403, 'This form was sent from another site. Open the page here and send it again.');
    if (!validateRequest(req)) throw invalidCsrfTokenError;
    req.isOwnForm = true;
    next();
  };
}

/** In place of an answer, to which the library adds its cookie each time, whether or not the browser has it. */
const SILENT = { cookie: () => SILENT } as unknown as Response;

const MOST_KNOWN = 2_000;

const SAFE = ['GET', 'HEAD', 'OPTIONS'];

function isForeign(req: Request): boolean {
  const origin = req.get('origin');
  const site = req.get('sec-fetch-site');
  return (
    (site !== undefined && site !== 'same-origin' && site !== 'none') ||
    (origin !== undefined && origin !== `${req.protocol}://${req.get('host')}`)
  );
}

function tokenIn(req: Request): string | undefined {
  const header = req.get('x-csrf-token');
  const field: unknown = req.body._csrf;
  return header ?? (typeof field === 'string' ? field : undefined);
}
