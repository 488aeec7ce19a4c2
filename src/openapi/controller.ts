import type { Request, Response } from 'express';
import type { documentOf } from './document.js';

/** Made once, since routes, forms and settings stay as they are while the process runs; with its schemas it is loaded when first asked for. */
let made: Promise<ReturnType<typeof documentOf>> | undefined;

export async function show(req: Request, res: Response) {
  made ??= import('./document.js').then(({ documentOf }) => documentOf(req.app));
  res.json(await made);
}
