import type { RequestHandler } from 'express';

/**
 * What somebody sees is theirs: no proxy keeps it, and a browser asks again before it shows it. A visitor's page too, it holds the token
 * of that visitor's forms.
 */
export const keepPrivate: RequestHandler = (_req, res, next) => {
  res.set('Cache-Control', 'private, no-cache');
  next();
};
