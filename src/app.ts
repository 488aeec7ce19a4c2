import { join } from 'node:path';
import compression from 'compression';
import cookieParser from 'cookie-parser';
import express, { type Express } from 'express';
import helmet from 'helmet';
import { identifyAgain, installAuth } from './auth/auth.js';
import type { Log } from './log.js';
import { operationOf } from './openapi/operations.js';
import { root } from './root.js';
import { drawRoutes } from './routes.js';
import type { Settings } from './settings.js';
import { csrf } from './web/csrf.js';
import { notFound, onError } from './web/errors.js';
import { health } from './web/health.js';
import { toHttps } from './web/https.js';
import { readJson } from './web/json-body.js';
import { keepPrivate } from './web/keep-private.js';
import type { Mail } from './web/mail.js';
import { bodyOfItsOwn, plainCookies } from './web/plain.js';
import { requestLog } from './web/request-log.js';
import { sendTexts } from './web/texts.js';
import { tellPrograms } from './web/told.js';
import { readUploads } from './web/uploads.js';

export type Dependencies = { settings: Settings; log: Log; mail: Mail };

/** The whole application, in the order in which a request meets it. Nothing listens yet. */
export function createApp({ settings, log, mail }: Dependencies): Express {
  const app = express();
  app.set('trust proxy', settings.trustProxy);
  app.set('env', settings.env);
  app.set('public read', settings.publicRead);
  app.set('query parser', 'simple');
  // Pages differ by their form's token; hashing each for a tag that never matches is work for nothing.
  app.disable('etag');
  app.disable('x-powered-by');
  sendTexts(app);

  app.use(requestLog(log));
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
  if (settings.forceHttps) app.use(toHttps(settings.appUrl));
  app.use(
    '/public',
    compression(),
    express.static(join(root, 'public'), { index: false, immutable: true, maxAge: '365d' }),
  );

  app.use(cookieParser(settings.sessionSecret));
  app.use(plainCookies);
  installAuth(app, { settings, mail, log });
  app.use(keepPrivate);
  app.use(express.urlencoded({ extended: false, limit: '200kb', parameterLimit: 2_000 }));
  app.use(readJson);
  app.use(readUploads);
  app.use(bodyOfItsOwn);
  app.use(identifyAgain);
  app.use(tellPrograms((method, path) => operationOf(method, path)?.creates ?? false));
  app.use(csrf(settings));

  drawRoutes(app);

  app.use(notFound);
  app.use(onError);
  return app;
}
