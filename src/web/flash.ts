import type { Request, Response } from 'express';
import { type Cookie, ownCookie } from './cookies.js';

/** One sentence for the next page, and where it can be undone, the address that undoes it. `isRefusal` says that nothing was written. */
export type Flash = { message: string; undo?: { action: string; label: string }; isRefusal?: boolean };

declare global {
  namespace Express {
    interface Request {
      /** What the answer itself tells, for who sees no next page. Null until something is told; not there for browsers. */
      told?: Flash | null;
    }
  }
}

// In a cookie of its own, signed: nothing is written to the database for it, and nobody else puts words or addresses into the next page.
const cookieOf = (req: Request): Cookie => {
  const { name, options } = ownCookie('flash', req.app.get('env'));
  return { name, options: { ...options, signed: true } };
};

/** A cookie holds 4,096 bytes, and a letter may take 12 of them. */
const MOST_LETTERS = 250;

/** Has the next page say this once, to this person; who sees no next page is told by the answer itself. */
export function setFlash(req: Request, flash: Flash): void {
  if (req.told !== undefined) {
    req.told = flash;
    return;
  }
  if (req.token) return;
  const { name, options } = cookieOf(req);
  const message = Array.from(flash.message.replace(/\p{Surrogate}/gu, '�'))
    .slice(0, MOST_LETTERS)
    .join('');
  req.res?.cookie(name, { ...flash, message, of: whoAsks(req) }, options);
}

/** Where a write ends: leads on to the page that shows what became of it, with one sentence. */
export function sendOn(res: Response, to: string, flash: string | Flash): void {
  setFlash(res.req, typeof flash === 'string' ? { message: flash } : flash);
  res.redirect(303, to);
}

/** Reads it, and has the browser forget it. What one person was to be told is told to nobody who comes after at the same browser. */
export function takeFlash(req: Request): Flash | null {
  const { name, options } = cookieOf(req);
  const kept: (Flash & { of: number | null }) | undefined = req.signedCookies?.[name];
  if (kept === undefined) return null;
  req.res?.clearCookie(name, options);
  return kept.message && kept.of === whoAsks(req) ? kept : null;
}

function whoAsks(req: Request): number | null {
  return req.user?.id ?? null;
}
