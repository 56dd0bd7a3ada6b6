/**
 * The tests of the whole app for Windows: the packed win32 app runs under Wine, and Playwright drives
 * its window from here, over 127.0.0.1. So they need Linux; where Wine can't be had they say why and
 * pass, like the other Windows tests.
 */
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureDisplay } from './display.mjs';
import { ensurePackedReleases, ensureReleasesAfter } from './packed-images.mjs';
import { specsByTurns } from './parts.mjs';
import { isRoot, root } from './paths.mjs';
import { readReport } from './reports.mjs';
import { runTool } from './run.mjs';
import { Problem, say } from './say.mjs';
import { ensureSystemPackages } from './system-packages.mjs';
import { installersAreSkipped } from './windows-tests.mjs';
import { ensureWine, whyNoWine } from './wine.mjs';

const report = 'windows-app';

/**
 * @param {readonly string[]} extra words for Playwright
 * @param {string} repeat how often each test is run
 * @param {boolean} all also those that are marked @all, for which a third release is packed
 * @returns {Promise<import('./stages.mjs').Counts>}
 */
export async function runWindowsAppTests(extra, repeat, all) {
  const skipped = { passed: 0, failed: 0, skipped: 0 };
  const why = whyNoWine();
  if (why) {
    const required = process.env.HOLDFAST_REQUIRE_WINDOWS === '1';
    if (required && isRoot && existsSync('/etc/debian_version')) throw new Problem(why);
    say(`the tests of the whole app for Windows are skipped. ${why}`);
    return skipped;
  }
  await ensureSystemPackages(['tests']);
  await ensureWine();
  if (await installersAreSkipped('the whole app for Windows')) return skipped;
  const releases = {
    ...(await ensurePackedReleases('windows')),
    ...(all ? await ensureReleasesAfter(2, 'windows') : {}),
  };
  const results = path.join(root, 'test-results');
  rmSync(path.join(results, `${report}.json`), { force: true });
  const display = await ensureDisplay([], process.env);
  try {
    const code = await runTool(
      'playwright',
      [
        ...['test', '--project=windows', '--repeat-each', repeat],
        ...(all || extra.length > 0
          ? []
          : ['--grep-invert', '@all', ...specsByTurns('windows', '.spec.ts')]),
        ...extra,
      ],
      { ...releases, ...display.env, HOLDFAST_REPORT: report, HOLDFAST_RESULTS: results },
    );
    const counts = readReport(report, 'expected-skips-windows.json');
    if (code !== 0 && counts.failed === 0)
      throw new Problem(`The ${report} tests ended with code ${code}.`);
    return counts;
  } finally {
    display.stop();
  }
}
