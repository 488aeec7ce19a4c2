import type { Request, Response } from 'express';
import { page } from '../web/page.js';

export async function show(req: Request, res: Response) {
  if (!req.user) return page(req, res, 'home/visitor', { title: 'Know what you run' });
  page(req, res, 'home/show', { title: 'Home' });
}
