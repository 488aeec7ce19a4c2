import type { Request } from 'express';

/** One sentence for the next page, and where it can be undone, the address that undoes it. */
export type Flash = { message: string; undo?: { action: string; label: string } };

declare module 'express-session' {
  interface SessionData {
    flash?: Flash;
  }
}

export function setFlash(req: Request, flash: Flash): void {
  req.session.flash = flash;
}

/** Reads and clears it while the page is made: later would be after the session is saved. */
export function takeFlash(req: Request): Flash | null {
  const flash = req.session?.flash;
  if (!flash) return null;
  delete req.session.flash;
  return flash;
}
