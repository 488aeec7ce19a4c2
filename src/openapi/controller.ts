import type { Request, Response } from 'express';
import { documentOf } from './document.js';

type Document = ReturnType<typeof documentOf>;

/** Made once: the routes and their forms do not change while the process runs. */
let made: Document | undefined;

export function show(req: Request, res: Response) {
  made ??= documentOf(req.app);
  res.json(made);
}
