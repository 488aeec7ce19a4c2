import type { RequestHandler, Response } from 'express';
import { isForBrowsers } from '../auth/auth.js';
import type { Flash } from './flash.js';
import { wantsJson } from './page.js';

/** What a write answers to who asked for JSON: where to go on, in words what became of it, and the address that undoes it. */
export type Told = { location: string; message: string; undo?: string };

/**
 * Answers the writes of programs. Where a browser is sent on to a page that says what became of it, a program is told both at once:
 * 201 where `creates` says that something was made, else 200, 409 where nothing was written. The actions need not know: they redirect.
 */
export function tellPrograms(creates: (method: string, path: string) => boolean): RequestHandler {
  return (req, res, next) => {
    if (['GET', 'HEAD'].includes(req.method) || !wantsJson(req) || isForBrowsers(req.path)) return next();
    req.told = null;
    res.redirect = (...given: [number | string, (string | number)?]) => {
      const location = String(given.find((one) => typeof one === 'string'));
      const isMade = creates(req.method, String(req.route?.path));
      tell(res, location, req.told ?? { message: '' }, isMade ? 201 : 200);
    };
    next();
  };
}

function tell(res: Response, location: string, { message, undo, isRefusal }: Flash, status: number): void {
  if (isRefusal) {
    res.status(409).json({ title: 'That did not work', status: 409, message, location });
    return;
  }
  res.status(status).location(location);
  res.json({ location, message, ...(undo && { undo: undo.action }) } satisfies Told);
}
