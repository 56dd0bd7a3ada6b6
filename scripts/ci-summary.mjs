/**
 * The end of `.ci/run`: what each stage took, and one line with the sum over all suites.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/paths.mjs';

/** The runs that must have happened; one that did not is a failure. */
const runs = ['all', 'update', 'real', 'mutants', 'crashpoints', 'windows', 'installer', 'deb'];
/** On two cores. */
const budgetMinutes = 60;

const total = { passed: 0, failed: 0, skipped: 0, crashes: 0 };
let seconds = 0;
for (const run of runs) {
  const file = path.join(root, 'test-results', `summary-${run}.json`);
  if (!existsSync(file)) {
    process.stdout.write(`${run.padEnd(11)} did not run\n`);
    total.failed++;
    continue;
  }
  /** @type {{ times: { stage: string, seconds: number }[], passed: number, failed: number, skipped: number, crashes: number }} */
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  for (const time of summary.times) {
    process.stdout.write(`${run.padEnd(11)} ${time.stage.padEnd(12)} ${time.seconds} s\n`);
    seconds += time.seconds;
  }
  total.passed += summary.passed;
  total.failed += summary.failed;
  total.skipped += summary.skipped;
  total.crashes += summary.crashes;
}
const minutes = Math.round(seconds / 6) / 10;
if (total.crashes > 0)
  process.stdout.write(
    `${total.crashes} x Wine's server crashed, and its tests were run once more\n`,
  );
process.stdout.write(`together ${minutes} of ${budgetMinutes} minutes\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
