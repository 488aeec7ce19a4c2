import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../root.js';
import { db, openDatabase } from './client.js';
import { migrate, migrationList, schemaEngine, schemaPath } from './migrations.js';

/**
 * `npm run migration -- NAME`: writes the next migration, the difference between what the migrations make and what schema.prisma says.
 * The old ones are applied to a database in memory, so no shadow database is asked for. Read what it wrote before you commit it.
 */
const name = process.argv[2];
if (!name || !/^[a-z][a-z0-9_]*$/.test(name)) {
  process.stderr.write(
    'Give the migration a name of small letters, digits and _: npm run migration -- add_teams\n',
  );
  process.exit(1);
}
const schema = await readFile(schemaPath, 'utf8');
const database = await openDatabase({ url: null, tls: 'off', poolSize: 1, folder: 'memory://' }, () => {});
await migrate(database.adapter);
const engine = await schemaEngine(database.adapter);
const today = (await migrationList()).migrationDirectories.length > 0 ? await asItIs() : null;
const difference = await engine.diff({
  from: today ? { tag: 'schemaDatamodel', files: today } : { tag: 'empty' },
  to: { tag: 'schemaDatamodel', files: [{ path: schemaPath, content: schema }] },
  script: true,
  exitCode: null,
  filters: { externalTables: ['public._prisma_migrations'], externalEnums: [] },
});
const sql = await withoutPartialIndexes(difference.stdout ?? '');
if (sql.trim() === '' || sql.includes('This is an empty migration')) {
  process.stdout.write('schema.prisma and the migrations say the same: nothing to write.\n');
} else {
  const stamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  const folder = join(root, 'prisma/migrations', `${stamp}_${name}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'migration.sql'), sql);
  process.stdout.write(`Wrote ${join(folder, 'migration.sql')}\n`);
}
await database.close();

async function asItIs() {
  const bare = schema.slice(0, schema.indexOf('// ----'));
  const read = await engine.introspect({
    schema: { files: [{ path: schemaPath, content: bare }] },
    baseDirectoryPath: join(root, 'prisma'),
    force: true,
    compositeTypeDepth: 0,
    namespaces: null,
  });
  return read.schema.files;
}

/** Partial indexes are written by hand, Prisma's schema has no word for them: the difference would drop every one. */
async function withoutPartialIndexes(script: string): Promise<string> {
  const partial = await db.$queryRaw<{ name: string }[]>`
    SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' AND indexdef LIKE '% WHERE %'`;
  return partial.reduce(
    (kept, { name }) => kept.replace(`-- DropIndex\nDROP INDEX "${name}";\n`, ''),
    script,
  );
}
