import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/client.js';
import { migrate } from '../../src/db/migrations.js';
import { loadPriceBook } from '../../src/machine-types/price-book.js';
import { statement } from './statement.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** A migrated database with the price book, for each test file to copy. */
    template: { folder: string } | { server: string; database: string };
  }
}

/** Makes the template once a run: on the Postgres server that TEST_DATABASE_URL names, else embedded in a temporary folder. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = process.env.TEST_DATABASE_URL;
  const made = server ? await onServer(server) : await embedded();
  project.provide('template', made.template);
  return made.remove;
}

async function onServer(server: string) {
  const database = `moving_parts_template_${randomBytes(4).toString('hex')}`;
  await statement(server, `CREATE DATABASE ${database}`);
  await fill({ url: Object.assign(new URL(server), { pathname: `/${database}` }).href, folder: '' });
  return {
    template: { server, database },
    remove: () => statement(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`),
  };
}

async function embedded() {
  const parent = await mkdtemp(join(tmpdir(), 'moving-parts-'));
  const folder = join(parent, 'template');
  await fill({ url: null, folder });
  return { template: { folder }, remove: () => rm(parent, { recursive: true, force: true }) };
}

async function fill(where: { url: string | null; folder: string }): Promise<void> {
  const database = await openDatabase({ ...where, tls: 'off', poolSize: 2 }, () => {});
  await migrate(database.adapter);
  await loadPriceBook();
  await database.close();
}
