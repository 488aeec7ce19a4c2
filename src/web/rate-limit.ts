import type { RequestHandler } from 'express';
import { type Options, rateLimit } from 'express-rate-limit';
import { personOf } from '../auth/auth.js';
import { HttpError } from './errors.js';

/** Refuses further failed tries from one address for a while. What succeeds is not counted. */
export function limitFailures(tries: number, minutes: number): RequestHandler {
  return limit(tries, minutes, { skipSuccessfulRequests: true });
}

/** Refuses further posts from one address for a while, whatever became of them: of what sends mail to others. */
export function limitPosts(posts: number, minutes: number): RequestHandler {
  return limit(posts, minutes, {});
}

/** Refuses further writes of one person for a while, from wherever they come: of what everybody who is here may write, and nobody ever purges. */
export function limitWrites(writes: number, minutes: number): RequestHandler {
  const message = `You have written a lot in a short time. Wait ${minutes} minutes and go on.`;
  return limit(writes, minutes, { keyGenerator: (req) => String(personOf(req).id) }, message);
}

function limit(
  most: number,
  minutes: number,
  more: Pick<Partial<Options>, 'skipSuccessfulRequests' | 'keyGenerator'>,
  message = `Too many tries from your address. Wait ${minutes} minutes and try again.`,
): RequestHandler {
  return rateLimit({
    windowMs: minutes * 60_000,
    limit: most,
    ...more,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, res) => {
      res.set('Retry-After', String(minutes * 60));
      throw new HttpError(429, message);
    },
  });
}
