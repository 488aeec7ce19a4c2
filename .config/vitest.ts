import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

// The gate sums up what its runs report, each into a file of its own.
const report = process.env.TEST_REPORT;

export default defineConfig({
  root: new URL('..', import.meta.url).pathname,
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global.ts'],
    pool: 'forks',
    // Left to itself vitest keeps one core free, which is half of a small machine.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: report ? ['default', ['json', { outputFile: report }]] : ['default'],
  },
});
