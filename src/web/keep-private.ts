import type { RequestHandler } from 'express';
import { isAboutPeople } from '../auth/auth.js';

/**
 * What somebody sees is theirs: no proxy keeps it, and a browser asks again before it shows it. A visitor's page too, it may hold the token
 * of that visitor's forms. What is about people a browser does not keep at all, so that its Back button shows none of it to who comes after;
 * of the rest it may, else a form that was left by mistake would come back empty.
 */
export const keepPrivate: RequestHandler = (req, res, next) => {
  res.set('Cache-Control', isAboutPeople(req.path) ? 'no-store' : 'private, no-cache');
  next();
};
