import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import compression from 'compression';
import cookieParser from 'cookie-parser';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { identify } from './auth/auth.js';
import type { Log } from './log.js';
import { root } from './root.js';
import { drawRoutes } from './routes.js';
import type { Settings } from './settings.js';
import { csrf } from './web/csrf.js';
import { notFound, onError } from './web/errors.js';
import { health } from './web/health.js';
import { toHttps } from './web/https.js';
import { readUploads } from './web/uploads.js';

export type Dependencies = { settings: Settings; log: Log };

/** The whole application, in the order in which a request meets it. Nothing listens yet. */
export function createApp({ settings, log }: Dependencies): Express {
  const app = express();
  app.set('trust proxy', settings.trustProxy);
  app.set('query parser', 'simple');
  app.disable('x-powered-by');

  app.use(
    pinoHttp({
      logger: log,
      genReqId: requestId,
      quietReqLogger: true,
      customLogLevel: levelOf,
      serializers: {
        req: ({ method, url }: { method: string; url: string }) => ({ method, path: url.split('?', 1)[0] }),
        res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
      },
    }),
  );
  app.use(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: {
          defaultSrc: ["'none'"],
          scriptSrc: ["'self'"],
          styleSrc: ["'self'"],
          imgSrc: ["'self'", 'data:'],
          connectSrc: ["'self'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
          baseUri: ["'none'"],
        },
      },
      strictTransportSecurity: settings.forceHttps && { maxAge: 31_536_000 },
      referrerPolicy: { policy: 'same-origin' },
    }),
  );
  app.get('/healthz', health);
  if (settings.forceHttps) app.use(toHttps);
  app.use(compression());
  app.use('/public', express.static(join(root, 'public'), { index: false, immutable: true, maxAge: '365d' }));

  app.use(cookieParser());
  identify(app, settings);
  app.use(express.urlencoded({ extended: false, limit: '200kb', parameterLimit: 2_000 }));
  app.use(readUploads);
  app.use(csrf(settings));

  drawRoutes(app);

  app.use(notFound);
  app.use(onError);
  return app;
}

/** The platform's own id where there is a proxy that gives one, so that its log lines and ours meet. */
function requestId(req: { headers: Record<string, unknown> }): string {
  const given = req.headers['x-request-id'];
  return typeof given === 'string' && /^[\w-]{8,64}$/.test(given) ? given : randomUUID();
}

function levelOf(_req: unknown, res: { statusCode: number }, error?: Error): 'error' | 'warn' | 'info' {
  if (error || res.statusCode >= 500) return 'error';
  return res.statusCode === 429 ? 'warn' : 'info';
}
