import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { HttpError } from './errors.js';

/** Refuses further failed tries from one address for a while. What succeeds is not counted. */
export function limitFailures(tries: number, minutes: number): RequestHandler {
  return limit(tries, minutes, { skipSuccessfulRequests: true });
}

/** Refuses further posts from one address for a while, whatever became of them: of what sends mail to others. */
export function limitPosts(posts: number, minutes: number): RequestHandler {
  return limit(posts, minutes, {});
}

function limit(most: number, minutes: number, more: { skipSuccessfulRequests?: boolean }): RequestHandler {
  return rateLimit({
    windowMs: minutes * 60_000,
    limit: most,
    ...more,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, res) => {
      res.set('Retry-After', String(minutes * 60));
      throw new HttpError(429, `Too many tries from your address. Wait ${minutes} minutes and try again.`);
    },
  });
}
