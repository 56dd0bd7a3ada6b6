/** The tests of the Windows installer; `node scripts/test.mjs installer` packs what they run. */
import { defineConfig } from 'vitest/config';
import base from './vitest.windows.config.ts';

/** An installation writes a third of a gigabyte, three times. */
const timeoutMs = 120_000;

export default defineConfig({
  ...base,
  test: {
    ...base.test,
    include: ['e2e/windows/**/*.test.ts'],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    outputFile: { json: 'test-results/installer.json' },
  },
});
