import type { Application, Request, RequestHandler } from 'express';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Author } from '../changes/queries.js';
import type { Log } from '../log.js';
import type { Settings } from '../settings.js';
import { type Cookie, ownCookie } from '../web/cookies.js';
import { HttpError } from '../web/errors.js';
import type { Mail } from '../web/mail.js';
import { wantsJson } from '../web/page.js';
import { type Account, changedMeanwhile, findByPassword } from './accounts.js';
import { type Provider, providersIn } from './providers/providers.js';
import { type Action, can } from './roles.js';
import {
  type Arrived,
  endSession,
  findSession,
  type Person,
  type Session,
  startSession,
} from './sessions.js';
import { admitToken, bearerIn } from './tokens/bearer.js';
import { type From, recordSignIn } from './trail.js';

// The front of the auth module. Outside this folder one asks `req.user` (who is this), `can` (what may they), these walls, and who writes.
// Signing in and out stands here as well, for the folders within.

declare global {
  namespace Express {
    interface User extends Person {}
    interface Request {
      /** Set when somebody is signed in, and then `user` is too. */
      session?: Session;
    }
  }
}

/** What the module works with: given once, when the app is made. */
export type Auth = {
  settings: Settings;
  mail: Mail;
  log: Log;
  gate: passport.Authenticator;
  providers: Provider[];
};

/**
 * Gives every request of somebody signed in its `req.session` and `req.user`, every one with a token its `req.token` and `req.user`: one
 * database round trip for both.
 */
export function identify(app: Application, given: Omit<Auth, 'gate' | 'providers'>): void {
  const { sessions, passwords } = given.settings;
  const gate = new passport.Passport();
  gate.use(
    new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
      findByPassword(email, password, passwords).then((account) => done(null, account ?? false), done);
    }),
  );
  app.set('auth', { ...given, gate, providers: providersIn(given.settings) } satisfies Auth);
  app.use((async (req, _res, next) => {
    const bearer = bearerIn(req);
    if (bearer !== null) {
      await admitToken(req, bearer);
      return next();
    }
    const id: string | undefined = req.cookies[cookieFor(req).name];
    const session = id ? await findSession(id, sessions) : null;
    if (session) {
      req.session = session;
      req.user = session.person;
    }
    next();
  }) satisfies RequestHandler);
}

/** Whether nobody has an account here yet. */
export { isEmpty } from './accounts.js';

/** What the module works with. */
export function authOf(req: Request): Auth {
  return req.app.get('auth');
}

/** Who did it and from where, for the trail. */
export function fromOf(req: Request): From {
  return { userId: req.user?.id ?? null, address: req.ip ?? '' };
}

function cookieFor(req: Request): Cookie {
  return ownCookie('session', authOf(req).settings.env);
}

/** Checks an address and a password; null when they belong to nobody. */
export function authenticate(req: Request): Promise<Account | null> {
  const { gate } = authOf(req);
  return new Promise((resolve, reject) => {
    const done = (error: unknown, account: Account | false) =>
      error ? reject(error) : resolve(account || null);
    gate.authenticate('local', { session: false }, done)(req, req.res, reject);
  });
}

/** Signs the person in on this browser, under a new id; `isKept` over the closing of the browser. */
async function signIn(
  req: Request,
  { id, name, email, role, generation }: Arrived,
  isKept: boolean,
): Promise<void> {
  const { sessions } = authOf(req).settings;
  const from = { isKept, address: req.ip ?? '', agent: req.get('user-agent') ?? '' };
  const started = await startSession({ id, generation }, from, sessions);
  if (!started) throw changedMeanwhile();
  if (req.session) await endSession(req.session.key);
  const cookie = cookieFor(req);
  const expires = isKept ? { expires: started.expiresAt } : {};
  req.res?.cookie(cookie.name, started.id, { ...cookie.options, ...expires });
  // What the next page is told is told to this person.
  req.user = { id, name, email, role };
  // So that the page that answers holds forms of the new session.
  req.session = { key: started.key, person: req.user, isKept };
}

/** After what ended all sessions of the person: this browser goes on in a new one, kept if the one before was. */
export function signInAnew(req: Request, account: Account, generation: number): Promise<void> {
  return signIn(req, { ...account, generation }, req.session?.isKept ?? false);
}

/** Signs in whoever has shown all that they must, and says so in the trail. `by` is what they came in with. */
export async function enter(req: Request, account: Arrived, keep: boolean, by: string): Promise<void> {
  await signIn(req, account, keep);
  await recordSignIn(account, fromOf(req), by);
}

/** Ends the session of this browser. */
export async function signOut(req: Request): Promise<void> {
  if (req.session) await endSession(req.session.key);
  const { name, options } = cookieFor(req);
  req.res?.clearCookie(name, options);
  delete req.session;
  delete req.user;
}

/** The wall behind which what is recorded can be read: by everybody where the settings say so, else by those who are signed in. */
export const readers: RequestHandler = (req, res, next) => {
  const isReading = req.method === 'GET' || req.method === 'HEAD';
  if (isReading && req.app.get('public read')) return next();
  return signedIn(req, res, next);
};

/** The wall behind which somebody is signed in. The page that was wanted goes along in the address. */
export const signedIn: RequestHandler = (req, res, next) => {
  if (req.user) return next();
  if (wantsJson(req)) throw new HttpError(401, 'Sign in first: this address needs a session.');
  const wanted =
    req.method === 'GET' && req.originalUrl !== '/' ? `?to=${encodeURIComponent(req.originalUrl)}` : '';
  res.redirect(303, `/sign-in${wanted}`);
};

const MAY: Record<Action, string> = {
  read: 'read here',
  comment: 'comment here',
  edit: 'record and change things here',
  administer: 'look after people here',
};

/** The wall behind which everybody may do this. */
export function allowedTo(action: Action): RequestHandler {
  return (req, _res, next) => {
    if (req.user && can(req.user.role, action)) return next();
    throw new HttpError(
      403,
      `Your role does not allow this. Ask an admin if you should be able to ${MAY[action]}.`,
    );
  };
}

/** Who writes, behind the wall: what the trail keeps of them. */
export function authorOf(req: Request): Author {
  return { userId: personOf(req).id, address: req.ip ?? '', token: req.token?.name ?? '' };
}

/** Who is signed in, behind the wall. */
export function personOf(req: Request): Person {
  if (!req.user) throw new HttpError(401, 'Sign in first.');
  return req.user;
}
