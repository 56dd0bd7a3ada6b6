/**
 * Reads what the test runners report, and holds it to our rules: no empty suite, no retry, and no
 * skipped test but those whose reason is written down in e2e/expected-skips.json.
 */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { Problem } from './say.mjs';

/**
 * @typedef {import('./stages.mjs').Counts} Counts
 * @typedef {{ title: string, outcome: 'passed' | 'failed' | 'skipped' }} Result
 */

/**
 * @param {string} name of the report in test-results, without `.json`
 * @param {string} [reasons] the file in e2e that gives a reason for every skipped test
 * @returns {Counts}
 */
export function readReport(name, reasons = 'expected-skips.json') {
  const file = path.join(root, 'test-results', `${name}.json`);
  if (!existsSync(file)) throw new Problem(`The ${name} tests left no report; they did not run.`);
  const report = JSON.parse(readFileSync(file, 'utf8'));
  const results = 'testResults' in report ? fromVitest(report) : fromPlaywright(report);
  if (results.length === 0) throw new Problem(`The ${name} suite is empty.`);
  const count = (/** @type {Result['outcome']} */ outcome) =>
    results.filter((result) => result.outcome === outcome).length;
  refuseUnexpectedSkips(
    results.filter((result) => result.outcome === 'skipped'),
    reasons,
  );
  return { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
}

/** @param {{ testResults: { status: string, name: string, assertionResults: { fullName: string, status: string }[] }[] }} report */
function fromVitest(report) {
  return report.testResults.flatMap((file) => {
    // A file that could not be loaded has no tests to be counted.
    if (file.assertionResults.length === 0) return [result(file.name, 'failed')];
    return file.assertionResults.map((test) => result(test.fullName, test.status));
  });
}

/**
 * @typedef {{ title: string, specs?: { title: string, tests: { status: string, results: unknown[] }[] }[], suites?: PlaywrightSuite[] }} PlaywrightSuite
 * @param {{ suites: PlaywrightSuite[], errors: { message?: string }[] }} report
 */
function fromPlaywright(report) {
  /** @param {PlaywrightSuite} suite @returns {Result[]} */
  const inside = (suite) => [
    ...(suite.suites ?? []).flatMap(inside),
    ...(suite.specs ?? []).flatMap((spec) =>
      spec.tests.map((test) => result(spec.title, test.status)),
    ),
  ];
  const broken = report.errors.map((error) => result(error.message ?? 'an error', 'failed'));
  return [...report.suites.flatMap(inside), ...broken];
}

/** @param {string} title @param {string} status the runner's own word @returns {Result} */
function result(title, status) {
  if (status === 'passed' || status === 'expected') return { title, outcome: 'passed' };
  const skipped = ['skipped', 'pending', 'todo', 'disabled'].includes(status);
  return { title, outcome: skipped ? 'skipped' : 'failed' };
}

/** Which rows of docs/faults.md a test shows is no part of its name here. @param {string} title */
function withoutIds(title) {
  return title.replaceAll(/ \[[CFRU]\d+(?:, [CFRU]\d+)*\]/g, '');
}

/** @param {readonly Result[]} skipped @param {string} reasons */
function refuseUnexpectedSkips(skipped, reasons) {
  const file = path.join(root, 'e2e', reasons);
  /** `on`: only on these systems, in Node's words. @type {{ test: string, on?: string[], reason: string }[]} */
  const expected = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
  const allowed = new Set(
    expected
      .filter(({ on, reason }) => reason.trim() && (!on || on.includes(process.platform)))
      .map((entry) => entry.test),
  );
  const surprises = skipped.filter((test) => !allowed.has(withoutIds(test.title)));
  if (surprises.length === 0) return;
  const names = surprises.map((test) => `  ${withoutIds(test.title)}`).join('\n');
  throw new Problem(
    `These tests were skipped, and e2e/${reasons} gives no reason for it:\n${names}`,
  );
}
