/**
 * End-to-end tests drive the real app. One worker: they share a display, a session bus and, in
 * part, an installed copy of the app. No retries, so that a flaw is never hidden.
 */
import { defineConfig } from '@playwright/test';

/** Starting Electron, a watcher and a gateway takes seconds; a slow machine under load, ten times as long. */
const testTimeoutMs = 180_000;
/** An update test packs nothing itself but installs, restarts and soaks: a minute, or several. */
const updateTimeoutMs = 420_000;

/** The slowest of the real servers needs 12 s to be ready, and some tests start it twice. */
const realTimeoutMs = 420_000;

/** Setup, two starts of Electron and four of Node, all under Wine. */
const windowsTimeoutMs = 360_000;

/** Where reports go; the test environment's user can't write into the clone. */
const results = process.env.HOLDFAST_RESULTS ?? 'test-results';

export default defineConfig({
  testDir: 'e2e',
  // Fixtures have unit tests beside them, which are vitest's.
  testMatch: /\.spec\.ts$/,
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  timeout: testTimeoutMs,
  expect: { timeout: 30_000 },
  // Of the gallery, which lie beside its test.
  snapshotPathTemplate: '{testDir}/gallery/{arg}{ext}',
  outputDir: `${results}/playwright`,
  reporter: process.env.HOLDFAST_REPORT
    ? [['list'], ['json', { outputFile: `${results}/${process.env.HOLDFAST_REPORT}.json` }]]
    : [['list']],
  use: { trace: 'retain-on-failure', screenshot: 'only-on-failure' },
  projects: [
    { name: 'app', testIgnore: [/\.(update|mutant|real)\.spec\.ts$/, /\/windows\//] },
    { name: 'update', testMatch: /\.update\.spec\.ts$/, timeout: updateTimeoutMs },
    { name: 'real', testMatch: /\.real\.spec\.ts$/, timeout: realTimeoutMs },
    { name: 'windows', testMatch: /\/windows\/.*\.spec\.ts$/, timeout: windowsTimeoutMs },
    { name: 'pictures', testMatch: /\.pictures\.ts$/ },
    { name: 'mutants', testMatch: /\.mutant\.spec\.ts$/, timeout: updateTimeoutMs },
  ],
});
