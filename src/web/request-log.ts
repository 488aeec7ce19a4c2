import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Log } from '../log.js';

declare global {
  namespace Express {
    interface Request {
      /** Stands in every log line about this request, and in what a person is told when something breaks. */
      id: string;
      log: Log;
    }
  }
}

/**
 * Gives each request its id and logs one line when it is answered: method, path, status, milliseconds. The id is the platform's own where
 * its router gives one, so that its lines and ours meet. Nothing of the query, the headers or the body is logged.
 */
export function requestLog(log: Log): RequestHandler {
  return (req, res, next) => {
    const given = req.get('x-request-id');
    req.id = given !== undefined && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
    req.log = log;
    const { method, path } = req;
    const started = performance.now();
    res.once('close', () => {
      const status = res.statusCode;
      const level = status >= 500 ? 'error' : 'info';
      const done = res.writableFinished ? 'answered' : 'broken off';
      log[level]({ reqId: req.id, method, path, status, ms: Math.round(performance.now() - started) }, done);
    });
    next();
  };
}
