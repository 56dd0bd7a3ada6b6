/**
 * The end of `.ci/run`: what each stage took, and one line with the sum over all suites.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/paths.mjs';

/** The runs that must have happened; one that did not is a failure. */
const RUNS = ['all', 'update', 'real', 'mutants', 'windows', 'installer'];
/** On two cores. */
const BUDGET_MINUTES = 60;

const total = { passed: 0, failed: 0, skipped: 0 };
let seconds = 0;
for (const run of RUNS) {
  const file = path.join(root, 'test-results', `summary-${run}.json`);
  if (!existsSync(file)) {
    process.stdout.write(`${run.padEnd(10)} did not run\n`);
    total.failed++;
    continue;
  }
  /** @type {{ times: { stage: string, seconds: number }[], passed: number, failed: number, skipped: number }} */
  const summary = JSON.parse(readFileSync(file, 'utf8'));
  for (const time of summary.times) {
    process.stdout.write(`${run.padEnd(10)} ${time.stage.padEnd(12)} ${time.seconds} s\n`);
    seconds += time.seconds;
  }
  total.passed += summary.passed;
  total.failed += summary.failed;
  total.skipped += summary.skipped;
}
const minutes = Math.round(seconds / 6) / 10;
process.stdout.write(`together ${minutes} of ${BUDGET_MINUTES} minutes\n`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
