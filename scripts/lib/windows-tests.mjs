/**
 * The `windows` stage: vitest on a Windows Node. Elsewhere than on Windows it runs under Wine, and
 * where that can't be had it says why and passes, unless HOLDFAST_REQUIRE_WINDOWS=1 asks for it on a
 * machine that could (Debian, root).
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isRoot, root } from './paths.mjs';
import { readReport } from './reports.mjs';
import { runTool } from './run.mjs';
import { Problem, say } from './say.mjs';
import { ensureWine, runInWine, toWindows, whyNoWine } from './wine.mjs';

const REASONS = 'expected-skips-windows.json';

/**
 * @param {readonly string[]} extra words for vitest
 * @param {'windows' | 'installer'} [suite] which vitest.<suite>.config.ts
 * @param {Readonly<Record<string, string>>} [more] environment; folders of the project by their path here
 * @returns {Promise<import('./stages.mjs').Counts>}
 */
export async function runWindowsTests(extra, suite = 'windows', more = {}) {
  const env = { HOLDFAST_REPORT: suite, ...more };
  const config = ['--configLoader', 'native', '--config', `vitest.${suite}.config.ts`];
  const words = ['run', ...config, ...extra];
  rmSync(path.join(root, 'test-results', `${suite}.json`), { force: true });
  const code =
    process.platform === 'win32'
      ? await runTool('vitest', words, env)
      : await underWine(words, env);
  if (code === 'skipped') return { passed: 0, failed: 0, skipped: 0 };
  const counts = readReport(suite, REASONS);
  if (code !== 0 && counts.failed === 0)
    throw new Problem(`The ${suite} tests ended with code ${code}.`);
  return counts;
}

/** @param {readonly string[]} words @param {Record<string, string>} env */
async function underWine(words, env) {
  const why = whyNoWine();
  if (why) {
    const required = process.env.HOLDFAST_REQUIRE_WINDOWS === '1';
    if (required && isRoot && existsSync('/etc/debian_version')) throw new Problem(why);
    say(`the Windows tests are skipped. ${why}`);
    return /** @type {const} */ ('skipped');
  }
  await ensureWine();
  return runInWine({
    command: 'node.exe',
    args: ['node_modules/vitest/vitest.mjs', ...words],
    env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, toWindows(value)])),
  });
}
