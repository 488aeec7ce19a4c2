import type { Request, RequestHandler, Response } from 'express';
import { type Options, type RateLimitInfo, rateLimit } from 'express-rate-limit';
import { personOf } from '../auth/auth.js';
import { HttpError } from './errors.js';
import * as format from './format.js';

/** Refuses further failed tries from one IP address for a while. What succeeds is not counted, nor what was not even tried as it came too soon. */
export function limitFailures(tries: number, minutes: number): RequestHandler {
  const wasNoFailure = (_req: Request, { statusCode }: Response) => statusCode < 400 || statusCode === 429;
  return limit(tries, minutes, { skipSuccessfulRequests: true, requestWasSuccessful: wasNoFailure });
}

/** Refuses further posts from one IP address for a while, whatever became of them: of what sends mail to others, or writes where nobody is known yet. */
export function limitPosts(posts: number, minutes: number): RequestHandler {
  return limit(posts, minutes, {});
}

/** Refuses further writes of one person for a while, from wherever they come: of what everybody who is here may write, and nobody ever purges. */
export function limitWrites(writes: number, minutes: number): RequestHandler {
  return limit(
    writes,
    minutes,
    { keyGenerator: (req) => String(personOf(req).id) },
    'You have written a lot in a short time.',
  );
}

function limit(
  most: number,
  minutes: number,
  more: Pick<Partial<Options>, 'skipSuccessfulRequests' | 'requestWasSuccessful' | 'keyGenerator'>,
  reason = 'Too many tries from your network; other people on it count, too.',
): RequestHandler {
  return rateLimit({
    windowMs: minutes * 60_000,
    limit: most,
    ...more,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (req, res) => {
      const { resetTime } = (req as Request & { rateLimit: RateLimitInfo }).rateLimit;
      const seconds = resetTime
        ? Math.max(1, Math.ceil((resetTime.getTime() - Date.now()) / 1_000))
        : minutes * 60;
      res.set('Retry-After', String(seconds));
      throw new HttpError(429, `${reason} Wait ${format.wait(seconds)} and go on.`);
    },
  });
}
