import { defineConfig } from 'vitest/config';
import suite from './vitest.js';

/** Fresh copies of the last commit, installed and started as their users do: slow, one after the other. */
export default defineConfig({
  ...suite,
  test: {
    ...suite.test,
    include: ['test/production/**/*.production.ts'],
    globalSetup: [],
    fileParallelism: false,
    hookTimeout: 300_000,
  },
});
