/**
 * Unit tests live beside the code they test and use real processes, files and sockets. There are
 * no retries: a test that fails now and then is a fault in the test or in the product.
 */
import { defineConfig } from 'vitest/config';
import { patienceMs } from './electron/testing/patience.ts';

/** Where reports go; the test environment's user can't write into the clone. */
const results = process.env.HOLDFAST_RESULTS ?? 'test-results';

/** A hang is found all the same; a machine on which everything takes ten times as long is none. */
const testTimeoutMs = 180_000;

/** Most tests wait for processes, and use a third of a core. */
const workers = 3;

/** What they look at, or how they count what is left, is /proc; no other system has it. */
const readingProc = [
  'electron/gateway/faults/{namespaces,stop}.test.ts',
  'electron/gateway/logs/log-keeper.test.ts',
  'electron/link/link.test.ts',
  'electron/process/{exit-waiter,identity,spawn-detached,stop-tree}.test.ts',
  'electron/process/login-shell.test.ts',
  'electron/watcher/profile-reload.test.ts',
  'electron/watcher/update/kill.test.ts',
  'e2e/{crashpoints,fixtures}/**',
];

export default defineConfig({
  define: {
    __APP_VERSION__: JSON.stringify('0.0.0-unit'),
    __BUILD_ID__: JSON.stringify('0.0.0-unit+test'),
    __E2E__: 'false',
  },
  test: {
    include: [
      'electron/**/*.test.ts',
      'renderer/**/*.test.{ts,tsx}',
      'build/**/*.test.ts',
      'scripts/**/*.test.ts',
      'e2e/{crashpoints,fixtures,mutants}/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    exclude: [
      '**/node_modules/**',
      // These need Windows itself: `npm run test:windows`.
      'electron/**/*.windows.test.ts',
      ...(process.platform === 'linux' ? [] : ['electron/process/linux/**', ...readingProc]),
    ],
    environment: 'node',
    pool: 'forks',
    maxWorkers: workers,
    // Where the clone is closed to the test user, there is no place for one.
    fsModuleCache: false,
    retry: 0,
    testTimeout: testTimeoutMs,
    hookTimeout: testTimeoutMs,
    expect: { poll: { timeout: patienceMs, interval: 20 } },
    passWithNoTests: false,
    allowOnly: false,
    reporters: process.env.HOLDFAST_REPORT ? ['default', 'json'] : ['default'],
    outputFile: { json: `${results}/${process.env.HOLDFAST_REPORT ?? 'unit'}.json` },
    cache: false,
  },
});
