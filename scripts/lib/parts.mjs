/**
 * What a run that has little time leaves out: a lane that takes too long tries one part of its list, by turns of
 * the clock, and prints which. A slow machine takes smaller parts, so that the whole run stays in its budget.
 */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { say } from './say.mjs';

/** About what `npm test` takes in a bare clone on two cores of a machine that is not slow, s. */
const usualSeconds = 1_080;
/** A machine that is slower by less than this is not slow. */
const slackFactor = 1.25;
/** Much of what a lane takes can't be made smaller: it packs, installs and starts. So parts shrink faster than the pace. */
const shrinkFactor = 2;

/**
 * By how much the parts are to be smaller.
 * @param {number} seconds that `npm test` took here
 * @returns {number} 1 on a usual machine; twice as many parts at 2
 */
export function slowerBy(seconds) {
  const pace = seconds / usualSeconds;
  return pace <= slackFactor ? 1 : Math.ceil(pace * shrinkFactor);
}

/** Set by `.ci/run` once it knows; see slowerBy. */
export const slower = Math.max(1, Number(process.env.HOLDFAST_SLOWER) || 1);

/** Which of so many parts it is the turn of; another one each minute. @param {number} parts */
export const turnOf = (parts) => Math.floor(Date.now() / 60_000) % parts;

/** One of so many parts by turns, as e2e/fixtures/part-of.ts reads it. @param {number} parts */
export const partByTurns = (parts) => `${turnOf(parts)}/${parts}`;

/** Says what a slow machine leaves out. @param {string} what */
export const sayPart = (what) => say(`this machine is slow: ${what} (HOLDFAST_SLOWER=${slower})`);

/**
 * The words for Playwright that choose its test files: none, so all of them, where the machine is not slow.
 * @param {string} folder below e2e
 * @param {string} ending of their names
 * @returns {string[]}
 */
export function specsByTurns(folder, ending) {
  if (slower === 1) return [];
  const all = readdirSync(path.join(root, 'e2e', folder)).filter((name) => name.endsWith(ending));
  const parts = Math.min(slower, all.length);
  const turn = turnOf(parts);
  const chosen = all.sort().filter((_, index) => index % parts === turn);
  sayPart(`of ${all.length} test files, ${chosen.join(', ')}`);
  // A word for Playwright is part of a path: without the folder, `faults` would be `gateway-faults` too.
  return chosen.map((name) => path.posix.join('e2e', folder, name));
}

/** The words for vitest that choose one part of its test files. @returns {string[]} none where the machine is not slow */
export function shardByTurns() {
  if (slower === 1) return [];
  const shard = `${turnOf(slower) + 1}/${slower}`;
  sayPart(`of the test files, part ${shard}`);
  return [`--shard=${shard}`];
}
