/**
 * The stages on a Windows Node: vitest, and the mutants. Elsewhere than on Windows it runs under
 * Wine, and where that can't be had they say why and pass, unless HOLDFAST_REQUIRE_WINDOWS=1 asks for it on a
 * machine that could (Debian, root).
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureDisplay } from './display.mjs';
import { bundledNode, isRoot, root } from './paths.mjs';
import { readReport } from './reports.mjs';
import { run, runTool } from './run.mjs';
import { Problem, say } from './say.mjs';
import { ensureSystemPackages } from './system-packages.mjs';
import {
  ensureWine,
  runInWine,
  toWindows,
  WineServerEnded,
  whyNoInstallers,
  whyNoWine,
} from './wine.mjs';

const reasons = 'expected-skips-windows.json';

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
  const { code, crashes } =
    process.platform === 'win32'
      ? { code: await runTool('vitest', words, env), crashes: 0 }
      : await onceMoreAfterCrash(() =>
          underWine(['node_modules/vitest/vitest.mjs', ...words], env, 'tests'),
        );
  if (code === 'skipped') return { passed: 0, failed: 0, skipped: 0 };
  const counts = { ...readReport(suite, reasons), crashes };
  if (code !== 0 && counts.failed === 0)
    throw new Problem(`The ${suite} tests ended with code ${code}.`);
  return counts;
}

/**
 * Whether no installer can be run under Wine on this machine, although Wine can be had; says so then.
 * @param {string} what is skipped for it
 */
export async function installersAreSkipped(what) {
  if (process.platform === 'win32' || whyNoWine()) return false;
  const why = await whyNoInstallers();
  if (why) say(`the tests of ${what} are skipped. ${why}`);
  return why !== null;
}

/**
 * Breaks the Windows code on purpose; see e2e/mutants/windows.ts.
 * @param {readonly string[]} names of mutants; without any, those of `part`
 * @param {string} part see e2e/fixtures/part-of.ts
 * @returns {Promise<import('./stages.mjs').Counts>}
 */
export async function runWindowsMutants(names, part) {
  const results = path.join(root, 'test-results');
  const env = {
    HOLDFAST_REPORT: 'mutants-windows',
    HOLDFAST_RESULTS: results,
    HOLDFAST_MUTANTS: part,
  };
  const words = ['e2e/mutants/run.ts', ...names];
  rmSync(path.join(results, 'mutants-windows.json'), { force: true });
  const code =
    process.platform === 'win32'
      ? await run(bundledNode, words, { cwd: root, env: { ...process.env, ...env } })
      : await underWine(words, env, 'mutants');
  if (code === 'skipped') return { passed: 0, failed: 0, skipped: 0 };
  const counts = readReport('mutants-windows');
  if (code !== 0 && counts.failed === 0)
    throw new Problem(`The Windows mutants ended with code ${code}.`);
  return counts;
}

/** Written by vitest.windows.config.ts. */
const failuresFile = path.join(root, 'test-results', 'windows-failures.txt');

/**
 * Runs tests under Wine, and all of them once more when Wine's server crashed and nothing had failed
 * before. Nothing else is ever repeated: a failed test counts, and so does a second crash.
 * @template T
 * @param {() => Promise<T>} run
 * @returns {Promise<{ code: T, crashes: number }>}
 */
async function onceMoreAfterCrash(run) {
  rmSync(failuresFile, { force: true });
  mkdirSync(path.dirname(failuresFile), { recursive: true });
  try {
    return { code: await run(), crashes: 0 };
  } catch (error) {
    if (!(error instanceof WineServerEnded && error.crashed)) throw error;
    if (existsSync(failuresFile))
      throw new Problem(
        `${error.message} These tests had failed before, so nothing is repeated:\n${readFileSync(failuresFile, 'utf8')}`,
      );
    say(`${error.message} No test had failed before, so all are run once more.`);
    return { code: await run(), crashes: 1 };
  }
}

/** @param {readonly string[]} words @param {Record<string, string>} env @param {string} what */
async function underWine(words, env, what) {
  const why = whyNoWine();
  if (why) {
    const required = process.env.HOLDFAST_REQUIRE_WINDOWS === '1';
    if (required && isRoot && existsSync('/etc/debian_version')) throw new Problem(why);
    say(`the Windows ${what} are skipped. ${why}`);
    return /** @type {const} */ ('skipped');
  }
  await ensureWine();
  await ensureSystemPackages(['tests']);
  const screen = await ensureDisplay([], process.env);
  try {
    return await runInWine({
      command: 'node.exe',
      args: words,
      env: Object.fromEntries(Object.entries(env).map(([name, value]) => [name, toWindows(value)])),
      display: screen.env.DISPLAY ?? process.env.DISPLAY ?? '',
    });
  } finally {
    screen.stop();
  }
}
