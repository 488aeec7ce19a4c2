import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';
import { type Database, openDatabase } from './db/client.js';
import { migrate, pendingMigrations } from './db/migrations.js';
import { keptSecret } from './kept-secret.js';
import { createLog, type Log } from './log.js';
import { CannotStart, readSettings, type Settings } from './settings.js';
import { serverOf } from './web/listening.js';
import { createMail } from './web/mail.js';

const HOUR = 3_600_000;

await start().catch((error: unknown) => {
  // What people can mend is said in their words; anything else with its stack.
  const told = error instanceof CannotStart;
  process.stderr.write(
    told ? `Moving Parts cannot start.\n${error.message}\n` : `${(error as Error)?.stack ?? error}\n`,
  );
  process.exit(1);
});

async function start(): Promise<void> {
  const settings = readSettings(process.env);
  if (settings.env !== 'production' && !process.env.SESSION_SECRET) {
    settings.sessionSecret = await keptSecret(`${settings.database.folder}.session-secret`);
  }
  const log = createLog(settings.logLevel);
  // The embedded database takes a while to be made the first time: what hinders the start is said before.
  if (!settings.database.url) await refuseTakenPort(settings);
  // The rest of the program loads while the database opens.
  const [database, { createApp }, { sweep }, { lettersLeave }, demo] = await Promise.all([
    openDatabase(settings.database, ({ message }) => log.warn({ message }, 'a database connection broke')),
    import('./app.js'),
    import('./auth/sweep.js'),
    import('./auth/post.js'),
    settings.database.url ? null : import('../prisma/seed.js'),
  ]);
  await prepare(settings, database);
  await demo?.tellStory();

  const app = createApp({ settings, log, mail: createMail(settings, log) });
  const server = serverOf(app).listen(settings.port, hostOf(settings));
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'EADDRINUSE' ? portTaken(settings) : error),
    );
    server.once('listening', resolve);
  });
  const hourly = setInterval(
    () =>
      void sweep(new Date(), settings.sessions).catch((error) => log.warn({ err: error }, 'sweep failed')),
    HOUR,
  );
  const { port } = server.address() as AddressInfo;
  const mailIs = settings.mail.smtpUrl ? 'on' : settings.env === 'production' ? 'off' : 'on this log';
  log.info({ port, database: database.embedded ? 'embedded' : 'server', mail: mailIs }, 'listening');
  if (settings.appUrl === null)
    log.warn(
      'APP_URL is not set: nobody can be invited, and there are no links for new passwords and no passkeys.',
    );
  if (demo) welcome(port, demo.DEMO_ACCOUNT);

  stopOnSignal(log, async () => {
    clearInterval(hourly);
    await close(server);
    await lettersLeave();
    await database.close();
  });
}

/** Elsewhere the release phase migrates; here, where nobody else does, it happens at the start. */
async function prepare(settings: Settings, database: Database): Promise<void> {
  if (settings.env === 'production') {
    const pending = await pendingMigrations();
    if (pending.length === 0) return;
    throw new CannotStart(`The database lacks the migrations ${pending.join(', ')}. Run: npm run release`);
  }
  await migrate(database.adapter);
  const { loadPriceBook } = await import('./machine-types/price-book.js');
  await loadPriceBook();
}

/** The embedded database has the demo's account, whose password everybody can read: it is served to this machine alone. */
function hostOf({ database }: Settings): string {
  return database.url ? '0.0.0.0' : '127.0.0.1';
}

function welcome(port: number, account: { email: string; password: string }): void {
  process.stdout.write(
    [
      '',
      `  Moving Parts is at http://localhost:${port}`,
      `  Unless you changed it, sign in to the demo as ${account.email} with the password: ${account.password}`,
      '  This database is embedded, for trying out: one process, this folder. In earnest, set DATABASE_URL to a Postgres server.',
      '',
      '',
    ].join('\n'),
  );
}

/** SIGTERM, or Ctrl-C: no new requests, those under way finish, and within 10 seconds the process is gone. */
function stopOnSignal(log: Log, stop: () => Promise<void>): void {
  let stopping = false;
  const onSignal = (signal: string) => {
    if (stopping) return;
    stopping = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => {
      log.error('requests were still under way after 9 seconds');
      process.exit(1);
    }, 9_000).unref();
    stop().then(
      () => process.exit(0),
      (error) => {
        log.error({ err: error }, 'did not stop cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error ? reject(error) : resolve()));
    server.closeIdleConnections();
    // A connection that is busy now would be kept for a next request after its answer, and hold the process.
    server.keepAliveTimeout = 1;
  });
}

async function refuseTakenPort(settings: Settings): Promise<void> {
  const probe = createServer().listen(settings.port, hostOf(settings));
  await once(probe, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? portTaken(settings) : error;
  });
  await new Promise((resolve) => probe.close(resolve));
}

function portTaken(settings: Settings): CannotStart {
  return new CannotStart(
    `PORT: ${settings.port} is in use by another process. Stop that one, or choose another: PORT=3001 npm start`,
  );
}
