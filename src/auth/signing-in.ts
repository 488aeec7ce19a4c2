import type { Request } from 'express';
import type passport from 'passport';
import { db } from '../db/client.js';
import type { Log } from '../log.js';
import type { Settings } from '../settings.js';
import { pathOfThisSite } from '../web/addresses.js';
import { type Cookie, ownCookie } from '../web/cookies.js';
import { HttpError } from '../web/errors.js';
import type { Mail } from '../web/mail.js';
import type { Account, Person, SeenPerson } from './accounts.js';
import { endSession, startSession } from './sessions.js';
import { beginStep } from './steps.js';
import { type From, note, recordSignIn } from './trail.js';
import type { Provider } from './ways-in.js';

// How somebody comes in and out. All sessions start in `enter`, of accounts whose address is confirmed:
//
//   by a password   doors/ takes a try (tries.ts), then `authenticate` (by-password.ts), then `enterOrAskForCode`
//   by a provider   `enterOrAskForCode`
//   by a code, by a passkey (both factors at once), by an invitation or as the first who signs up (a new account)   `enter`
//   going on after a change that ended all sessions   `signInAnew`

/** What the module works with: given once, when the app is made. */
export type Auth = {
  settings: Settings;
  mail: Mail;
  log: Log;
  /** With a strategy for passwords, and one for each provider from the first time that somebody goes there. */
  passport: passport.Authenticator;
  providers: Provider[];
};

export function authOf(req: Request): Auth {
  return req.app.get('auth');
}

/** Who is signed in, behind the wall. */
export function personOf(req: Request): Person {
  if (!req.user) throw new HttpError(401, 'Sign in first.');
  return req.user;
}

/** Who did it and from where, for the lines of the trail about people; nobody where nobody is signed in. */
export function fromOf(req: Request): From {
  return { userId: req.user?.id ?? null, address: req.ip ?? '' };
}

/** What the browser's cookie holds: the secret of a session, or anything. */
export function sessionCookieIn(req: Request): string | undefined {
  return req.cookies[cookieOf(req).name];
}

function cookieOf(req: Request): Cookie {
  return ownCookie('session', req.app.get('env'));
}

/**
 * Signs in whoever has shown all that they must, on this browser and in a new session; `isKept` when it outlasts the closing of the browser. `method`
 * is what they came in with, for the trail; null where nobody came in: the session that there was goes on in a new one.
 */
export async function enter(
  req: Request,
  { id, name, email, role, generation }: SeenPerson,
  isKept: boolean,
  method: string | null,
): Promise<void> {
  const { sessions } = authOf(req).settings;
  const address = req.ip ?? '';
  const browser = { isKept, address, agent: req.get('user-agent') ?? '' };
  const session = await db
    .$transaction(async (tx) => {
      const started = await startSession(tx, { id, generation }, browser, sessions);
      if (method !== null) await recordSignIn(tx, { id, name }, { userId: id, address }, method);
      return started;
    })
    .catch(async (error) => {
      // 409, of an account that has changed at the same moment, is no failure of theirs.
      if (error instanceof HttpError && error.status === 403)
        await note(fromOf(req), 'failed to sign in', { id, name }, { by: method, why: 'not confirmed' });
      throw error;
    });
  if (req.session) await endSession(req.session.id);
  const cookie = cookieOf(req);
  const expires = isKept ? { expires: session.expiresAt } : {};
  req.res?.cookie(cookie.name, session.secret, { ...cookie.options, ...expires });
  // From here on the request is theirs: what its answer tells the next page is for this person, and the CSRF tokens of its forms are of this session.
  req.user = { id, name, email, role };
  req.session = { id: session.id, person: req.user, isKept };
}

/** After what ended all sessions of the person: this browser goes on in a new one, kept if the one before was. */
export function signInAnew(req: Request, account: Account, generation: number): Promise<void> {
  return enter(req, { ...account, generation }, req.session?.isKept ?? false, null);
}

/** What is kept of a sign-in until the second factor is shown. `by` is what the first one was, `generation` the account's when it was. */
export type Begun = { keep: boolean; to: string; by: string; generation: number };

/** Goes on with whoever has shown the first factor, and has another perhaps. Gives where the browser goes next: the page wanted, or that of the code. */
export async function enterOrAskForCode(
  req: Request,
  account: Account,
  { keep, to, by }: { keep: boolean; to: string | undefined; by: string },
): Promise<string> {
  const wanted = pathOfThisSite(to);
  if (account.totpSince) {
    const begun: Begun = { keep, to: wanted, by, generation: account.generation };
    await beginStep(req, 'second factor', { userId: account.id, data: begun });
    return '/sign-in/code';
  }
  await enter(req, account, keep, by);
  return wanted;
}

/** Ends the session of this browser. */
export async function signOut(req: Request): Promise<void> {
  if (req.session) await endSession(req.session.id);
  const { name, options } = cookieOf(req);
  req.res?.clearCookie(name, options);
  delete req.session;
  delete req.user;
}
