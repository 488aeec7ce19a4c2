import { defineConfig } from 'prisma/config';

/**
 * `generate`, `format` and `validate` never run Prisma's native schema engine, yet its CLI downloads one before anything else.
 * Pointing it at a file that exists leaves those three working without a network; `prisma migrate` is not touched.
 */
const needsNoEngine = ['generate', 'format', 'validate'].some((command) => process.argv.includes(command));
if (needsNoEngine) process.env.PRISMA_SCHEMA_ENGINE_BINARY ??= process.execPath;

export default defineConfig({
  schema: '../prisma/schema.prisma',
  migrations: { path: '../prisma/migrations' },
  ...(process.env.DATABASE_URL && { datasource: { url: process.env.DATABASE_URL } }),
});
