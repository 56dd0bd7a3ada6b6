/**
 * A run in stages: each is timed, the first failure ends the run, and what was counted is kept in
 * `test-results/summary-<run>.json` for whoever sums up several runs.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { say } from './say.mjs';

/**
 * @typedef {object} Counts
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 *
 * @typedef {object} Stage
 * @property {string} name
 * @property {() => Promise<Counts | void>} run throws, or counts a failure, when it is not good
 */

/**
 * @param {string} name of the whole run
 * @param {readonly Stage[]} stages
 * @returns {Promise<number>} an exit code
 */
export async function runStages(name, stages) {
  /** @type {{ stage: string, seconds: number }[]} */
  const times = [];
  const total = { passed: 0, failed: 0, skipped: 0 };
  let broken = '';
  for (const stage of stages) {
    const start = performance.now();
    process.stdout.write(`\n── ${stage.name}\n`);
    try {
      const counts = await stage.run();
      total.passed += counts?.passed ?? 0;
      total.failed += counts?.failed ?? 0;
      total.skipped += counts?.skipped ?? 0;
      if (counts?.failed) broken = stage.name;
    } catch (error) {
      say(`error: ${error instanceof Error ? error.message : error}`);
      broken = stage.name;
    }
    times.push({ stage: stage.name, seconds: Math.round((performance.now() - start) / 100) / 10 });
    if (broken) break;
  }
  // A stage that is no test suite (a type error, say) still must not look like "0 failed".
  if (broken && total.failed === 0) total.failed = 1;
  const folder = path.join(root, 'test-results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `summary-${name}.json`), JSON.stringify({ times, ...total }));
  process.stdout.write(`\n${times.map((t) => `${t.stage} ${t.seconds} s`).join(', ')}\n`);
  if (broken) process.stdout.write(`The stage "${broken}" failed.\n`);
  process.stdout.write(
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
  );
  return broken ? 1 : 0;
}
