/**
 * A cgroup that belongs to the test run. Tests that prove an escape need groups to escape from,
 * and whatever they leave behind is found in it, by membership and not by name.
 *
 *   holdfast-test-<pid>/          HOLDFAST_TEST_CGROUP, owned by the test user
 *     runner/                     where the run itself starts
 *     ...                         whatever tests make
 */
import {
  accessSync,
  chownSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { isRoot } from './paths.mjs';
import { Problem, say } from './say.mjs';
import { NOBODY } from './unprivileged.mjs';

/** The unified hierarchy: alone, or beside the old controllers. */
const MOUNTS = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'];
/** What a delegated group's owner must be able to write, says the kernel's documentation. */
const DELEGATED = ['.', 'cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads'];
/** The session bus and what it started leave by themselves, a moment after the command. */
const LEAVE_TIMEOUT_MS = 3_000;
const POLL_MS = 20;
/** Containers keep their control groups from their own root. */
const KEPT_AWAY = ['EROFS', 'EACCES', 'EPERM'];
/** Killed processes leave within milliseconds; a busy machine gets some more. */
const EMPTY_TIMEOUT_MS = 5_000;

/**
 * @typedef {object} TestCgroup
 * @property {string} folder
 * @property {string[]} prefix words that start a command inside it, to come before all others
 * @property {() => Promise<string[]>} remove ends what is left in it; resolves to its command lines
 */

/**
 * @param {readonly string[]} mounts
 * @param {boolean} asRoot
 * @returns {TestCgroup | null} null for an ordinary user, and where the system lets nobody make one;
 * tests that need it are then skipped. Anything else that stands against it would hide them: a Problem.
 */
export function makeTestCgroup(mounts = MOUNTS, asRoot = isRoot) {
  if (!asRoot || process.platform !== 'linux') return null;
  const mount = mounts.find((folder) => existsSync(path.join(folder, 'cgroup.procs')));
  if (!mount) {
    say('No version 2 of control groups is mounted; tests that need it are skipped');
    return null;
  }
  const folder = path.join(mount, `holdfast-test-${process.pid}`);
  const runner = path.join(folder, 'runner');
  try {
    accessSync(mount, constants.W_OK);
    mkdirSync(runner, { recursive: true });
    for (const group of [folder, runner]) {
      for (const name of DELEGATED) chownSync(path.join(group, name), NOBODY, NOBODY);
    }
  } catch (error) {
    for (const made of [runner, folder].filter(isGroup)) rmdirSync(made);
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const why = `The control group ${folder} can't be made: ${error instanceof Error ? error.message : error}.`;
    if (!KEPT_AWAY.includes(code)) throw new Problem(why);
    say(`${why} Tests that need it are skipped.`);
    return null;
  }
  const join = `echo $$ > '${runner}/cgroup.procs' && exec "$@"`;
  return { folder, prefix: ['sh', '-c', join, 'holdfast-test'], remove: () => remove(folder) };
}

/** @param {string} folder */
function isGroup(folder) {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true;
}

/** @param {string} folder */
async function remove(folder) {
  const groups = groupsUnder(folder);
  const alive = () =>
    groups
      .flatMap(members)
      .map(commandLine)
      .filter((line) => line !== null);
  await until(() => alive().length === 0, LEAVE_TIMEOUT_MS);
  const left = alive();
  if (left.length > 0) writeFileSync(path.join(folder, 'cgroup.kill'), '1');
  await until(() => groups.every((group) => members(group).length === 0), EMPTY_TIMEOUT_MS);
  try {
    for (const group of groups) rmdirSync(group);
  } catch (error) {
    say(`${folder} could not be removed: ${error instanceof Error ? error.message : error}`);
  }
  return left;
}

/** @param {() => boolean} condition @param {number} timeoutMs */
async function until(condition, timeoutMs) {
  const deadline = Date.now() + timeoutMs;
  while (!condition() && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Deepest first, as they have to be removed. @param {string} folder @returns {string[]} */
function groupsUnder(folder) {
  const inner = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...inner.flatMap((entry) => groupsUnder(path.join(folder, entry.name))), folder];
}

/** @param {string} group */
function members(group) {
  return readFileSync(path.join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean);
}

/** Null for a process that has ended and only waits to be reaped. @param {string} pid */
function commandLine(pid) {
  try {
    const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
    return words === '' ? null : `${pid} ${words}`;
  } catch {
    return null;
  }
}
