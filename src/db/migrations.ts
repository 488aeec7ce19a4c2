import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type { MigrationList, SchemaEngine } from '@prisma/schema-engine-wasm/schema_engine_bg';
import { root } from '../root.js';
import { read } from './client.js';

// Node's own types leave WebAssembly to the browser's library, which the rest of this program must not see.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

const folder = join(root, 'prisma/migrations');
export const schemaPath = join(root, 'prisma/schema.prisma');

/** The names of the migrations that the database has not had yet, oldest first. Cheap: no engine is loaded. */
export async function pendingMigrations(): Promise<string[]> {
  const applied = await appliedMigrations();
  return migrationNames().filter((name) => !applied.has(name));
}

/** Applies what is pending and gives the names applied. Idempotent: a release may run it at every change of a setting. */
export async function migrate(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<string[]> {
  if ((await pendingMigrations()).length === 0) return [];
  const engine = await schemaEngine(adapter);
  try {
    const applied = await engine.applyMigrations({
      migrationsList: await migrationList(),
      filters: { externalTables: [], externalEnums: [] },
    });
    return applied.appliedMigrationNames;
  } finally {
    engine.free();
  }
}

/**
 * Prisma's schema engine in WebAssembly: the same engine as in its command line, without the native binary that the command line
 * downloads. It keeps the `_prisma_migrations` table as the command line does.
 */
export async function schemaEngine(adapter: SqlMigrationAwareDriverAdapterFactory): Promise<SchemaEngine> {
  const datamodels: [string, string][] = [[schemaPath, await readFile(schemaPath, 'utf8')]];
  engineBindings ??= loadEngine();
  const bindings = await engineBindings;
  return bindings.SchemaEngine.new({ datamodels }, () => {}, bindMigrationAwareSqlAdapterFactory(adapter));
}

// Its bindings remember the memory of the first instance they meet, so there can be one only in a process.
let engineBindings: ReturnType<typeof loadEngine> | undefined;

async function loadEngine() {
  const bindings = await import('@prisma/schema-engine-wasm/schema_engine_bg');
  const package_ = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const bytes = await readFile(join(package_, 'schema_engine_bg.wasm'));
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return bindings;
}

/** The migrations folder as the engine wants it. */
export async function migrationList(): Promise<MigrationList> {
  const listed = migrationNames();
  return {
    baseDir: folder,
    lockfile: {
      path: 'migration_lock.toml',
      content: await readFile(join(folder, 'migration_lock.toml'), 'utf8'),
    },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      listed.map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(folder, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  };
}

// The folder is part of what was deployed: read once, so that asking whether all is well costs no disk.
let names: string[] | undefined;

function migrationNames(): string[] {
  names ??= readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
  return names;
}

async function appliedMigrations(): Promise<Set<string>> {
  const [table] = await read<
    { exists: boolean }[]
  >`SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists`;
  if (!table?.exists) return new Set();
  const rows = await read<{ name: string }[]>`
    SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  return new Set(rows.map((row) => row.name));
}
