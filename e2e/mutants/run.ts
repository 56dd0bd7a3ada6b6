/**
 * Breaks the code on purpose, one named mutant at a time, and demands that an executed test turns
 * red. A mutant that survives means that a promise is guarded by nothing.
 *
 * Everything happens in private copies of the tree. All guards must first be green there without
 * any mutant, in one run, so that a test that is red anyway cannot pass for a guard. A file that no
 * longer loads turns no test red: only a failed test that ran counts.
 *
 *   node e2e/mutants/run.ts [name …]      HOLDFAST_MUTANTS=1/2: a part of them
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorText } from '../../electron/contract/error-text.ts';
import { partOf } from '../fixtures/part-of.ts';
import { change } from './find.ts';
import { endLeftovers } from './leftovers.ts';
import { mutants } from './mutants.ts';
import { openPlace, type Place } from './place.ts';
import { type GuardResult, runGuards } from './run-guards.ts';
import type { Guard, Mutant } from './types.ts';

/** Copies of the tree that are broken at the same time. Wine's server is one process for all of them. */
const labs = process.platform === 'win32' ? 1 : 2;

/** A test that never ends because of a mutant is red: it gets this long, ms, or so many times what it takes. */
const leastLimitMs = 20_000;
const limitFactor = 4;

/** Breaks the copy; answers what mends it. */
function apply(tree: string, mutant: Mutant): () => void {
  const file = join(tree, mutant.file);
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, change(text, mutant));
  return () => writeFileSync(file, text);
}

const keyOf = ({ file, name }: Guard): string => `${file} › ${name}`;

/** Every guard's result without a mutant, by `keyOf`. */
async function seeGreen(lab: Place, chosen: readonly Mutant[]): Promise<Map<string, GuardResult>> {
  const guards = [...new Map(chosen.map(({ guard }) => [keyOf(guard), guard])).values()];
  const results = await runGuards(lab, guards);
  await endLeftovers(lab);
  return new Map(results.map((result) => [keyOf(result.guard), result]));
}

/** One mutant's verdict: null when its guard caught it, else what is wrong. */
async function verdictOn(lab: Place, mutant: Mutant, without: GuardResult): Promise<string | null> {
  if (without.passed === 0 && without.failed === 0)
    return `no such test: ${keyOf(mutant.guard)}\n${without.output}`;
  if (without.failed > 0) return `not a guard: red without the mutant\n${without.output}`;
  let mend: () => void;
  try {
    mend = apply(lab.tree, mutant);
  } catch (error) {
    return errorText(error);
  }
  try {
    const limitMs = Math.max(leastLimitMs, limitFactor * without.tookMs);
    const [result] = await runGuards(lab, [mutant.guard], limitMs);
    if (result && result.failed > 0) return null;
    if (result && result.passed > 0) return `SURVIVED: ${mutant.harm}`;
    return `broke the file, so that no test of it ran\n${result?.output ?? ''}`;
  } finally {
    mend();
    await endLeftovers(lab);
  }
}

interface Verdict {
  readonly name: string;
  readonly caught: boolean;
}

/** Breaks the code by one mutant, and says what came of it. */
async function tried(
  lab: Place,
  mutant: Mutant,
  green: ReadonlyMap<string, GuardResult>,
): Promise<Verdict> {
  const start = performance.now();
  const without = green.get(keyOf(mutant.guard));
  const trouble = without ? await verdictOn(lab, mutant, without) : 'its guard did not run';
  const said = trouble ?? `caught by "${mutant.guard.name}"`;
  console.log(`${trouble ? '✗' : '✓'} ${mutant.name}: ${said} (${secondsSince(start)} s)`);
  return { name: mutant.name, caught: !trouble };
}

/** In the shape of the unit tests' report, so that several suites can be summed up. */
function writeReport(verdicts: readonly Verdict[]): void {
  const { HOLDFAST_REPORT: name, HOLDFAST_RESULTS: results } = process.env;
  if (!name || !results) return;
  const assertionResults = verdicts.map((verdict) => ({
    fullName: verdict.name,
    status: verdict.caught ? 'passed' : 'failed',
  }));
  const testResults = [{ name: 'mutants', status: 'done', assertionResults }];
  writeFileSync(join(results, `${name}.json`), JSON.stringify({ testResults }));
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const unknown = wanted.filter((name) => !mutants.some((mutant) => mutant.name === name));
  if (unknown.length > 0) throw new Error(`No mutant is called ${unknown.join(', ')}.`);
  const chosen =
    wanted.length > 0
      ? mutants.filter(({ name }) => wanted.includes(name))
      : partOf(mutants, process.env.HOLDFAST_MUTANTS);
  const [first, ...others] = Array.from({ length: labs }, openPlace);
  if (!first) throw new Error('no place to break the code in');
  const verdicts: Verdict[] = [];
  try {
    const began = performance.now();
    const green = await seeGreen(first, chosen);
    console.log(`${green.size} guards without a mutant: ${secondsSince(began)} s`);
    // Each place takes the next one from the same list.
    const left = chosen.values();
    const work = async (lab: Place): Promise<void> => {
      for (const mutant of left) verdicts.push(await tried(lab, mutant, green));
    };
    await Promise.all([first, ...others].map(work));
  } finally {
    for (const lab of [first, ...others]) lab.remove();
  }
  const failed = verdicts.filter(({ caught }) => !caught).length;
  writeReport(verdicts);
  console.log(`${verdicts.length - failed} passed, ${failed} failed`);
  if (failed > 0) process.exitCode = 1;
}

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

await main();
