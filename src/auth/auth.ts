import type { Application, Request, RequestHandler } from 'express';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Settings } from '../settings.js';
import { HttpError } from '../web/errors.js';
import { wantsJson } from '../web/page.js';
import { findByPassword } from './accounts.js';
import { type Action, can } from './roles.js';
import { type Person, sessions } from './sessions.js';

// The front of the auth module. Outside this folder one asks `req.user` (who is this), `can` (what may they) and these walls;
// nothing else of the module is imported.

declare global {
  namespace Express {
    interface User extends Person {}
  }
}

/** Gives every request its session and, when somebody is signed in, `req.user`: one database round trip for both. */
export function identify(app: Application, settings: Settings): void {
  const gate = new passport.Passport();
  gate.use(
    new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
      findByPassword(email, password).then((person) => done(null, person ?? false), done);
    }),
  );
  app.set('gate', gate);
  app.use(sessions(settings.sessionSecret, settings.env === 'production'));
  app.use(((req, _res, next) => {
    // A path outside the cookie's has no session: OPTIONS * is one.
    if (req.session?.person) req.user = req.session.person;
    next();
  }) satisfies RequestHandler);
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

/** Signs the person in on this browser, under a new session id. */
export function signIn(req: Request, person: Person): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.regenerate((broken) => {
      if (broken) return reject(broken);
      req.user = req.session.person = person;
      req.session.save((error) => (error ? reject(error) : resolve()));
    });
  });
}

export function signOut(req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    req.session.destroy((error) => (error ? reject(error) : resolve()));
  });
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
