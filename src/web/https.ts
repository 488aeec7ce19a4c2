import type { RequestHandler } from 'express';

/**
 * A visit by plain http is sent on to https, to the app's own address where the settings say it; anything that carries data by plain http is
 * refused, it has been read already.
 */
export function toHttps(appUrl: string | null): RequestHandler {
  return (req, res, next) => {
    if (req.secure) return next();
    const isVisit = ['GET', 'HEAD'].includes(req.method) && !req.get('authorization');
    if (isVisit) return res.redirect(308, (appUrl ?? `https://${req.get('host')}`) + req.originalUrl);
    res.status(403).type('text').send('Use https.\n');
  };
}
