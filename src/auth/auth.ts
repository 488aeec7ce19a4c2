import type { Application, RequestHandler } from 'express';
import { HttpError, StaleForm } from '../web/errors.js';
import { wantsJson } from '../web/page.js';
import type { Person } from './accounts.js';
import { isForBrowsers } from './addresses.js';
import { newPassport } from './by-password.js';
import { preparePasswords } from './passwords.js';
import { providersIn } from './providers/providers.js';
import { type Action, can } from './roles.js';
import { findSession, type Session } from './sessions.js';
import { type Auth, authOf, sessionCookieIn } from './signing-in.js';
import { admitToken, bearerIn } from './tokens/bearer.js';

// The front of the auth module. The rest of the code knows `req.user`, `req.session` and `req.token` (who is this), roles.ts (what may they), and what
// this file exports: above all walls, which are middleware that lets a request through or refuses it. Three files know more: routes.ts the folders'
// controllers, server.ts what runs beside requests (post.ts, sweep.ts), and prisma/seed.ts how accounts are made (sign-up.ts).
//
// The files beside this one are the core; each folder is one thing that people do, with its controller and its form, and knows the core and itself.
// (Of the core, only this file and sweep.ts know folders: they put it together.)
// Its views stand in views/account, views/people or views/auth. To know how it works, read in this order, in half an hour:
//
//   roles.ts secrets.ts        who may what; what people hold, of which the database has only the hash
//   accounts.ts                a person's row, and the two rules for whatever is done to one
//   sessions.ts                who is signed in on which browser
//   tries.ts                   failures counted, delays, locks
//   signing-in.ts auth.ts      how somebody comes in and out; whose a request is, and the walls
//
// Words: a person has an account, their row; the door is where one signs in; a letter is a mail that we send; the trail says who did what, for admins to
// read; a step is what a browser begins and a later request ends (steps.ts). And then what you came for, five to twenty-five minutes each: a folder, with
// by-password.ts and passwords.ts (whose a password is; hashing, few at once), mailed-links.ts (good once), ways-in.ts (its head says what another way in
// is added to) or trail.ts.

export { isAboutPeople, isForBrowsers, isOfDevices } from './addresses.js';
export { authorOf, holdAuthor, whoIsHere } from './authors.js';
export { hasNobody, takesStrangers } from './sign-up.js';
export { personOf } from './signing-in.js';

declare global {
  namespace Express {
    interface User extends Person {}
    interface Request {
      /** Set when somebody is signed in with a browser, and then `user` is too. (`token`, of a program, stands in tokens/bearer.ts.) */
      session?: Session;
      /** True when the body had not arrived by the time it was found out whose the request is. */
      bodyCameLater?: boolean;
    }
  }
}

/** Has every request identified. */
export function installAuth(app: Application, given: Omit<Auth, 'passport' | 'providers'>): void {
  const { settings } = given;
  preparePasswords(settings.passwords);
  app.set('auth', {
    ...given,
    passport: newPassport(settings),
    providers: providersIn(settings),
  } satisfies Auth);
  app.use(identify);
}

/**
 * Finds out whose a request is, by one query: sets `session` and `user` by its cookie, or `token` and `user` by `admitToken`, which throws 401 of a
 * token that is not good, and 403 where one that reads would write, or where only browsers go.
 */
const identify: RequestHandler = async (req, _res, next) => {
  const bearer = bearerIn(req);
  if (bearer !== null) await admitToken(req, bearer);
  else {
    const secret = sessionCookieIn(req);
    const session = secret ? await findSession(secret, authOf(req).settings.sessions) : null;
    if (session) {
      req.session = session;
      req.user = session.person;
    }
  }
  req.bodyCameLater = !req.complete;
  next();
};

/**
 * Identifies the request again once a late body has arrived: meanwhile its sender may have been signed out, or may less. In app.ts it stands before
 * all walls. The one route that reads its body behind a wall calls it again, and `personOf` refuses who is nobody by then.
 */
export const identifyAgain: RequestHandler = (req, res, next) => {
  if (!req.user || !req.bodyCameLater) return next();
  delete req.session;
  delete req.token;
  delete req.user;
  return identify(req, res, next);
};

/** The wall in front of what is recorded: lets everybody read where the settings say so, else those who are signed in. */
export const readers: RequestHandler = (req, res, next) => {
  const isReading = req.method === 'GET' || req.method === 'HEAD';
  if (isReading && req.app.get('public read')) return next();
  return signedIn(req, res, next);
};

/** The wall that lets those through who are signed in; others to the door, with the page that they wanted in its address. */
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
  administer: 'look after people and the price book here',
};

/** The wall that lets those through whose role may do this, behind `signedIn`. A token may it too, but where addresses.ts says that none is taken. */
export function allowedTo(action: Action): RequestHandler {
  return (req, _res, next) => {
    if (req.user && can(req.user.role, action)) return next();
    throw new HttpError(
      403,
      `Your role does not allow this. Ask an admin if you should be able to ${MAY[action]}.`,
    );
  };
}
