/**
 * A cgroup that belongs to the test run. Tests that prove an escape need groups to escape from, and
 * every process that they leave behind is found in it, by membership and not by name.
 *
 *   holdfast-test-<pid>/          HOLDFAST_TEST_CGROUP, owned by the test user
 *     runner/                     where the run itself starts
 *     ...                         the groups that tests make
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
import { nobody } from './unprivileged.mjs';

/** The unified hierarchy: alone, or beside the old controllers. */
const mountsFile = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'];
/** What the owner of a delegated group must be able to write, by the kernel's documentation. */
const delegated = ['.', 'cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads'];
/** The session bus and its programs end without help, a moment after the command. */
const leaveTimeoutMs = 3_000;
const pollMs = 20;
/** Some containers forbid control groups even to root. */
const forbidden = ['EROFS', 'EACCES', 'EPERM'];
/** Killed processes end within milliseconds; a busy machine may need longer. */
const emptyTimeoutMs = 5_000;

/**
 * @typedef {object} TestCgroup
 * @property {string} folder
 * @property {string[]} prefix words that start a command inside it, to come before all others
 * @property {() => Promise<string[]>} remove ends what is left in it; resolves to its command lines
 */

/**
 * @param {readonly string[]} mounts
 * @param {boolean} asRoot
 * @returns {TestCgroup | null} null for an ordinary user and where the system forbids one; tests that
 * need it are then skipped. Any other obstacle would hide those tests, so it is a Problem.
 */
export function makeTestCgroup(mounts = mountsFile, asRoot = isRoot) {
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
      for (const name of delegated) chownSync(path.join(group, name), nobody, nobody);
    }
  } catch (error) {
    for (const made of [runner, folder].filter(isGroup)) rmdirSync(made);
    explainMissing(folder, error);
    return null;
  }
  const join = `echo $$ > '${runner}/cgroup.procs' && exec "$@"`;
  return { folder, prefix: ['sh', '-c', join, 'holdfast-test'], remove: () => remove(folder) };
}

/**
 * Throws a Problem unless the system forbids control groups to everyone.
 * @param {string} folder @param {unknown} error
 */
function explainMissing(folder, error) {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const why = `The control group ${folder} can't be made: ${error instanceof Error ? error.message : error}.`;
  if (!forbidden.includes(code)) throw new Problem(why);
  say(`${why} Tests that need it are skipped.`);
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
  await until(() => alive().length === 0, leaveTimeoutMs);
  const left = alive();
  if (left.length > 0) writeFileSync(path.join(folder, 'cgroup.kill'), '1');
  await until(() => groups.every((group) => members(group).length === 0), emptyTimeoutMs);
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
    await new Promise((resolve) => setTimeout(resolve, pollMs));
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
