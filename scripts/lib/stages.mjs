/**
 * A run in stages: each is timed, the first failure ends the run, and the counts are kept in
 * `test-results/summary-<run>.json`, where several runs are summed up.
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
 * @property {number} [crashes] of Wine's server, after which tests were run once more
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
  const total = { passed: 0, failed: 0, skipped: 0, crashes: 0 };
  let broken = '';
  for (const stage of stages) {
    const start = performance.now();
    process.stdout.write(`\n── ${stage.name}\n`);
    const counts = await countsOf(stage);
    total.passed += counts.passed;
    total.failed += counts.failed;
    total.skipped += counts.skipped;
    total.crashes += counts.crashes ?? 0;
    if (counts.failed > 0) broken = stage.name;
    times.push({ stage: stage.name, seconds: Math.round((performance.now() - start) / 100) / 10 });
    if (broken) break;
  }
  const folder = path.join(root, 'test-results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, `summary-${name}.json`), JSON.stringify({ times, ...total }));
  process.stdout.write(`\n${times.map((t) => `${t.stage} ${t.seconds} s`).join(', ')}\n`);
  if (broken) process.stdout.write(`The stage "${broken}" failed.\n`);
  if (total.crashes > 0)
    process.stdout.write(`${total.crashes} crash of Wine's server (docs/windows.md)\n`);
  process.stdout.write(
    `${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`,
  );
  return broken ? 1 : 0;
}

/**
 * A stage that throws counts as one failure.
 * @param {Stage} stage
 * @returns {Promise<Counts>}
 */
async function countsOf(stage) {
  try {
    return (await stage.run()) ?? { passed: 0, failed: 0, skipped: 0 };
  } catch (error) {
    say(`error: ${error instanceof Error ? error.message : error}`);
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
