/**
 * Root's way to run tests and Electron as `nobody`: Chromium's sandbox and root exclude each other,
 * and a test that only passes as root proves little.
 */
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  statSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { isRoot, root } from './paths.mjs';
import { say } from './say.mjs';

/** `nobody` and `nogroup`, the same numbers on every Linux. */
export const nobody = 65_534;

/** What a copy of the clone can do without. */
const notCopied = new Set(['.git', 'test-results', 'playwright-report']);

/**
 * The words to put before a command so that it runs as `nobody`, without groups, and can't become root again.
 * @returns {string[]} empty when we are not root
 */
export function dropPrivileges() {
  if (!isRoot || process.platform !== 'linux') return [];
  const id = String(nobody);
  return ['setpriv', `--reuid=${id}`, `--regid=${id}`, '--clear-groups', '--'];
}

/**
 * A private home with everything a program expects to be able to write to.
 * @returns {{ folder: string, env: NodeJS.ProcessEnv }} the folder is the caller's to remove
 */
export function privateHome() {
  // Short, because a socket's path must fit into 107 bytes.
  const folder = mkdtempSync(path.join(os.tmpdir(), 'hf-'));
  const env = {
    HOME: path.join(folder, 'home'),
    TMPDIR: path.join(folder, 'tmp'),
    XDG_RUNTIME_DIR: path.join(folder, 'run'),
    HOLDFAST_RESULTS: path.join(folder, 'results'),
  };
  for (const place of Object.values(env)) {
    mkdirSync(place, { mode: 0o700 });
    giveAway(place);
  }
  giveAway(folder);
  return { folder, env };
}

/** @param {string} file */
function giveAway(file) {
  if (isRoot) chownSync(file, nobody, nobody);
}

/**
 * The clone, or a copy of it when the user `nobody` can't reach it (as in /root).
 * @param {string} folder where a copy would go
 * @returns {string}
 */
export function reachableClone(folder) {
  if (!isRoot || isReachable(root)) return root;
  // Under its own name: a space or a letter in it that a program trips over must be met here too.
  const copy = path.join(folder, 'clone', path.basename(root));
  say(`${root} is closed to other users; running in a copy, ${copy}`);
  cpSync(root, copy, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (source) => path.dirname(source) !== root || !notCopied.has(path.basename(source)),
  });
  for (const place of [path.dirname(copy), copy]) chmodSync(place, 0o755);
  return copy;
}

/** @param {string} place */
function isReachable(place) {
  for (let at = place; ; at = path.dirname(at)) {
    if ((statSync(at).mode & 0o005) !== 0o005) return false;
    if (at === path.dirname(at)) return true;
  }
}

/** Gives FUSE to every user, as Debian does; some containers don't. */
export function openFuse() {
  const device = '/dev/fuse';
  if (!isRoot || !existsSync(device) || (statSync(device).mode & 0o666) === 0o666) return;
  chmodSync(device, 0o666);
  say(
    `${device} was closed to users; it is now 0666, Debian's own default, so that AppImages mount`,
  );
}
