import type { Application, Request, RequestHandler } from 'express';
import passport from 'passport';
import { Strategy as LocalStrategy } from 'passport-local';
import type { Author } from '../changes/queries.js';
import { HttpError, StaleForm } from '../web/errors.js';
import { wantsJson } from '../web/page.js';
import { findByPassword } from './accounts.js';
import { providersIn } from './providers/providers.js';
import { type Action, can } from './roles.js';
import { findSession, type Person, type Session } from './sessions.js';
import { type Auth, authOf, personOf, sessionIdOf } from './signing-in.js';
import { admitToken, bearerIn, isForBrowsers } from './tokens/bearer.js';

// The front of the auth module. Outside this folder one asks `req.user` (who is this), `can` (what may they), these walls, and who writes; web/csrf.ts
// also knows a session by its key, and what answers programs asks `req.token`. The files beside this one are the core and know no folder (but for
// sweep.ts); each folder is one thing that people do, and knows the core and itself. Its views stand in views/account, views/people or views/auth.
// To know how it works, read these in half an hour:
//
//   auth.ts roles.ts             the front: whose a request is, the walls, the one table of who may what
//   signing-in.ts sessions.ts    a session begins under a new id, is found with every request, ends
//   accounts.ts                  a person's row, and the two rules for whatever is done to one
//   passwords.ts tries.ts        hashing, few at once; failures counted, delays, locks
//   secrets.ts mailed-links.ts   links that come by mail: only a hash is kept, good once
//   steps.ts                     what a browser begins and a later request ends
//
// and of the folders, ten minutes each, the one that you came for: its controller, its form, and the file that is named after what it is about.
// The rest when you meet it: trail.ts (lines about people), last-admin.ts (one remains), own-account.ts (the password again, before what matters),
// set-password.ts and leaving.ts (what goes with them), post.ts and letters.ts (letters that nobody waits for), tokens/bearer.ts, shown-once.ts,
// sealed.ts, ways-in.ts, fields.ts, sweep.ts.

declare global {
  namespace Express {
    interface User extends Person {}
    interface Request {
      /** Set when somebody is signed in, and then `user` is too. */
      session?: Session;
      /** Set where the body was not there yet when it was found out whose the request is. */
      isLate?: boolean;
    }
  }
}

/** Has every request identified. */
export function identify(app: Application, given: Omit<Auth, 'gate' | 'providers'>): void {
  const { passwords } = given.settings;
  const gate = new passport.Passport();
  gate.use(
    new LocalStrategy({ usernameField: 'email' }, (email, password, done) => {
      findByPassword(email, password, passwords).then((account) => done(null, account ?? false), done);
    }),
  );
  app.set('auth', { ...given, gate, providers: providersIn(given.settings) } satisfies Auth);
  app.use(identified);
}

/**
 * Gives a request of somebody signed in its `req.session` and `req.user`, one with a token its `req.token` and `req.user`: one database round trip
 * for both.
 */
const identified: RequestHandler = async (req, _res, next) => {
  const bearer = bearerIn(req);
  if (bearer !== null) await admitToken(req, bearer);
  else {
    const id = sessionIdOf(req);
    const session = id ? await findSession(id, authOf(req).settings.sessions) : null;
    if (session) {
      req.session = session;
      req.user = session.person;
    }
  }
  req.isLate = !req.complete;
  next();
};

/**
 * Asks once more whose a request is, behind its body, where that came later, as its sender may keep it on its way for minutes: who was signed out
 * meanwhile, or may less now, does nothing by what they had begun to send.
 */
export const identifiedStill: RequestHandler = (req, res, next) => {
  if (!req.user || !req.isLate) return next();
  delete req.session;
  delete req.user;
  return identified(req, res, next);
};

export { hasNobody } from './accounts.js';
export { personOf } from './signing-in.js';
export { isForBrowsers } from './tokens/bearer.js';

/** The wall behind which what is recorded can be read: by everybody where the settings say so, else by those who are signed in. */
export const readers: RequestHandler = (req, res, next) => {
  const isReading = req.method === 'GET' || req.method === 'HEAD';
  if (isReading && req.app.get('public read')) return next();
  return signedIn(req, res, next);
};

/** The wall behind which somebody is signed in. The page that was wanted goes along in the address. */
export const signedIn: RequestHandler = (req, res, next) => {
  if (req.user) return next();
  if (wantsJson(req)) {
    const token = isForBrowsers(req.path)
      ? 'at a browser'
      : 'or send a token: Authorization: Bearer mp_…, made in your account';
    throw new HttpError(401, `Sign in first, ${token}.`);
  }
  // A form is shown to its sender once more, to be sent when they are signed in: nothing that was typed is lost.
  if (req.method === 'POST') throw new StaleForm();
  const wanted = req.originalUrl === '/' ? '' : `?to=${encodeURIComponent(req.originalUrl)}`;
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
