import { defineConfig } from 'vitest/config';
import suite from './vitest.js';

/** What only a browser can tell, on the app with its story loaded. */
export default defineConfig({
  ...suite,
  test: { ...suite.test, include: ['test/browser/**/*.browser.ts'] },
});
