import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import { HttpError } from './errors.js';

/** Refuses further failed tries from one address for a while. What succeeds is not counted. */
export function limitFailures(tries: number, minutes: number): RequestHandler {
  return rateLimit({
    windowMs: minutes * 60_000,
    limit: tries,
    skipSuccessfulRequests: true,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    handler: (_req, res) => {
      res.set('Retry-After', String(minutes * 60));
      throw new HttpError(
        429,
        `Too many failed tries from your address. Wait ${minutes} minutes and try again.`,
      );
    },
  });
}
