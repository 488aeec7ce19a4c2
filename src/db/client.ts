import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import type { PoolConfig } from 'pg';
import type { Settings } from '../settings.js';
import { holdFolder } from './folder-lock.js';
import { Prisma, PrismaClient } from './generated/client.js';

/** Else Prisma's errors hold pieces of our source, and the record they speak of somewhere between: the log leaves that out. */
const errorFormat = 'minimal';

/** The only client there is. `openDatabase` sets it before anything is served. */
export let db: PrismaClient;

/**
 * Reads by SQL, for the pages that are asked for most: read<Row[]>`SELECT ... ${value}`, fragments by Prisma.sql within. It goes to the driver
 * directly, as a named statement; of a list of 25 rows Prisma's own raw query takes four times the processor. Not for use in a transaction.
 */
export let read: <T>(text: TemplateStringsArray, ...values: unknown[]) => Promise<T>;

export type Database = {
  /** What the adapter-speaking tools (migrations) need. */
  adapter: SqlMigrationAwareDriverAdapterFactory;
  embedded: boolean;
  close(): Promise<void>;
};

/**
 * Opens Postgres: the server that DATABASE_URL names, else the embedded one in its folder (or in memory, for tests: folder 'memory://').
 * `onError` hears of idle connections that break; the pool replaces them by itself.
 */
export async function openDatabase(
  settings: Settings['database'],
  onError: (error: Error) => void,
): Promise<Database> {
  return settings.url ? openServer(settings.url, settings, onError) : openEmbedded(settings.folder);
}

async function openServer(
  url: string,
  settings: Settings['database'],
  onError: (error: Error) => void,
): Promise<Database> {
  const [{ default: pg }, { PrismaPg }, { openReadLine }] = await Promise.all([
    import('pg'),
    import('@prisma/adapter-pg'),
    import('./read-line.js'),
  ]);
  const toServer = connection(url, settings.tls);
  const line =
    settings.poolSize > 1 ? openReadLine({ ...toServer, statement_timeout: 30_000 }, onError) : null;
  const pool = new pg.Pool({ ...toServer, max: settings.poolSize - (line ? 1 : 0) });
  pool.on('error', onError);
  const nameOf = statementNames();
  const questionOf = questions(nameOf);
  const adapter = new PrismaPg(pool, { statementNameGenerator: ({ sql }) => nameOf(sql) });
  db = new PrismaClient({ adapter, errorFormat });
  read = async <T>(strings: TemplateStringsArray, ...given: unknown[]) => {
    const question = questionOf(strings, given);
    return (await (line?.ask(question) ?? pool.query(question))).rows as T;
  };
  return {
    adapter,
    embedded: false,
    close: async () => {
      await db.$disconnect();
      await Promise.all([line?.close(), pool.end()]);
    },
  };
}

/** Heroku's certificates do not verify against the usual authorities, hence `encrypt`; a host on this machine gets no TLS. */
function connection(url: string, tls: Settings['database']['tls']): PoolConfig {
  const address = new URL(url);
  // node-postgres lets an sslmode in the URL replace the whole ssl object, so the setting would be lost.
  address.searchParams.delete('sslmode');
  const local = ['', 'localhost', '127.0.0.1', '[::1]'].includes(address.hostname);
  const mode = tls === 'auto' ? (local ? 'off' : 'encrypt') : tls;
  return {
    connectionString: address.href,
    ssl: mode === 'off' ? false : { rejectUnauthorized: mode === 'verify' },
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
  };
}

/**
 * Named statements are parsed and planned once a connection. Lists of ids make endless variants, so only the first few hundred
 * distinct texts get a name: the hot ones come early.
 */
function statementNames(): (sql: string) => string {
  const names = new Map<string, string>();
  return (sql) => {
    const known = names.get(sql);
    if (known !== undefined || names.size >= 400) return known ?? '';
    const name = createHash('sha1').update(sql).digest('base64url');
    names.set(sql, name);
    return name;
  };
}

type Question = { name: string; text: string; values: unknown[] };

/** A question without fragments has the same text each time, so that is put together once for each place in the code. */
function questions(nameOf: (sql: string) => string) {
  const plain = new WeakMap<TemplateStringsArray, Omit<Question, 'values'>>();
  return (strings: TemplateStringsArray, given: unknown[]): Question => {
    if (given.some((value) => value instanceof Prisma.Sql)) {
      const { text, values } = Prisma.sql(strings, ...given);
      return { name: nameOf(text), text, values };
    }
    let known = plain.get(strings);
    if (!known) {
      const { text } = Prisma.sql(strings, ...given);
      known = { name: nameOf(text), text };
      plain.set(strings, known);
    }
    return { name: known.name, text: known.text, values: given };
  };
}

/** PGlite is a development dependency: a production install does not carry it, and production never comes here. */
async function openEmbedded(folder: string): Promise<Database> {
  const { PGlite } = await import('@electric-sql/pglite');
  const { PrismaPGlite } = await import('pglite-prisma-adapter');
  const inMemory = folder.startsWith('memory://');
  if (!inMemory) await mkdir(folder, { recursive: true });
  const release = inMemory ? async () => {} : await holdFolder(folder);
  const pglite = await PGlite.create(folder);
  const adapter = new PrismaPGlite(pglite);
  db = new PrismaClient({ adapter, errorFormat });
  read = async <T>(strings: TemplateStringsArray, ...given: unknown[]) => {
    const { text, values } = Prisma.sql(strings, ...given);
    return (await pglite.query(text, values)).rows as T;
  };
  return {
    adapter,
    embedded: true,
    close: async () => {
      await db.$disconnect();
      await pglite.close();
      await release();
    },
  };
}
