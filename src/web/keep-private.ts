import type { RequestHandler } from 'express';

/** What somebody sees signed in is theirs: no proxy keeps it, and a browser asks again before it shows it. */
export const keepPrivate: RequestHandler = (req, res, next) => {
  if (req.user) res.set('Cache-Control', 'private, no-cache');
  next();
};
