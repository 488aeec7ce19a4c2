import { openDatabase } from './db/client.js';
import { migrate } from './db/migrations.js';
import { createLog } from './log.js';
import { loadPriceBook } from './machine-types/price-book.js';
import { CannotStart, readSettings } from './settings.js';

/** The release phase: migrations, then the price book. Run it as often as you like: what is there already is left alone. */
try {
  const settings = readSettings(process.env);
  const log = createLog(settings.logLevel);
  const database = await openDatabase(settings.database, ({ message }) =>
    log.warn({ message }, 'a database connection broke'),
  );
  const applied = await migrate(database.adapter);
  const added = await loadPriceBook();
  log.info({ migrations: applied, pricesAdded: added }, 'released');
  await database.close();
} catch (error) {
  const told = error instanceof CannotStart ? error.message : ((error as Error)?.stack ?? String(error));
  process.stderr.write(`The release failed.\n${told}\n`);
  process.exit(1);
}
