import type { Application, CookieOptions, Request, RequestHandler } from 'express';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Settings } from '../settings.js';
import { HttpError } from '../web/errors.js';
import { wantsJson } from '../web/page.js';
import { findByPassword } from './accounts.js';
import { type Action, can } from './roles.js';
import { endSession, findSession, type Person, type Session, startSession } from './sessions.js';

// The front of the auth module. Outside this folder one asks `req.user` (who is this), `can` (what may they) and these walls;
// nothing else of the module is imported.

declare global {
  namespace Express {
    interface User extends Person {}
    interface Request {
      /** Set when somebody is signed in, and then `user` is too. */
      session?: Session;
    }
  }
}

/** Gives every request of somebody signed in its `req.session` and `req.user`: one database round trip for both. */
export function identify(app: Application, settings: Settings): void {
  const gate = new passport.Passport();
  gate.use(
    new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
      findByPassword(email, password).then((person) => done(null, person ?? false), done);
    }),
  );
  app.set('gate', gate);
  app.set('session limits', settings.sessions);
  app.set('session cookie', cookieOf(settings));
  app.use((async (req, _res, next) => {
    const id: string | undefined = req.cookies[cookieFor(req).name];
    const session = id ? await findSession(id, settings.sessions) : null;
    if (session) {
      req.session = session;
      req.user = session.person;
    }
    next();
  }) satisfies RequestHandler);
}

type SessionCookie = { name: string; options: CookieOptions };

/** This host's alone, out of reach of scripts, and not sent by other sites' forms. */
function cookieOf({ env }: Settings): SessionCookie {
  const secure = env === 'production';
  return {
    name: secure ? '__Host-session' : 'session',
    options: { httpOnly: true, sameSite: 'lax', secure, path: '/' },
  };
}

function cookieFor(req: Request): SessionCookie {
  return req.app.get('session cookie');
}

/** Checks an address and a password; null when they belong to nobody. */
export function authenticate(req: Request): Promise<Person | null> {
  const gate: passport.Authenticator = req.app.get('gate');
  return new Promise((resolve, reject) => {
    const done = (error: unknown, person: Person | false) =>
      error ? reject(error) : resolve(person || null);
    gate.authenticate('local', done)(req, req.res, reject);
  });
}

/** Signs the person in on this browser, under a new id; `isKept` over the closing of the browser. */
export async function signIn(req: Request, person: Person, isKept: boolean): Promise<void> {
  if (req.session) await endSession(req.session.key);
  const from = { isKept, address: req.ip ?? '', agent: req.get('user-agent') ?? '' };
  const { id, expiresAt } = await startSession(person.id, from, req.app.get('session limits'));
  const { name, options } = cookieFor(req);
  req.res?.cookie(name, id, { ...options, ...(isKept && { expires: expiresAt }) });
}

export async function signOut(req: Request): Promise<void> {
  if (req.session) await endSession(req.session.key);
  const { name, options } = cookieFor(req);
  req.res?.clearCookie(name, options);
}

/** The wall behind which somebody is signed in. The page that was wanted goes along in the address. */
export const signedIn: RequestHandler = (req, res, next) => {
  if (req.user) return next();
  if (wantsJson(req)) throw new HttpError(401, 'Sign in first: this address needs a session.');
  const wanted =
    req.method === 'GET' && req.originalUrl !== '/' ? `?to=${encodeURIComponent(req.originalUrl)}` : '';
  res.redirect(303, `/sign-in${wanted}`);
};

/** The wall behind which everybody may do this. */
export function allowedTo(action: Action): RequestHandler {
  return (req, _res, next) => {
    if (req.user && can(req.user.role, action)) return next();
    throw new HttpError(
      403,
      `Your role does not allow this. Ask an admin if you should be able to ${action} here.`,
    );
  };
}

/** Who is signed in, behind the wall. */
export function personOf(req: Request): Person {
  if (!req.user) throw new HttpError(401, 'Sign in first.');
  return req.user;
}
