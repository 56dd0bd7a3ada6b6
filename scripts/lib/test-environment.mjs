/**
 * The place where tests and benchmarks run: a display, a session bus, a private home, an
 * unprivileged user and its own cgroup. All of it is removed afterwards.
 *
 *   root:  sh (joins the cgroup) > setpriv (nobody) > dbus-run-session > the command
 *   user:                                             dbus-run-session > the command
 */
import { chmodSync, cpSync, existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { makeTestCgroup } from './cgroup.mjs';
import { ensureDisplay } from './display.mjs';
import { isRoot, root } from './paths.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';
import { makeSmallDisk } from './small-disk.mjs';
import { dropPrivileges, openFuse, privateHome, reachableClone } from './unprivileged.mjs';

/** Variables that would let the user's own session into the tests, or change what programs print. */
const outside = [
  'CI',
  'LANG',
  'LANGUAGE',
  'LC_ALL',
  'LC_MESSAGES',
  'NO_COLOR',
  'FORCE_COLOR',
  'COLORTERM',
  'DBUS_SESSION_BUS_ADDRESS',
  'XDG_CONFIG_HOME',
  'XDG_DATA_HOME',
  'XDG_CACHE_HOME',
  'XDG_STATE_HOME',
  'ELECTRON_RUN_AS_NODE',
  'NODE_OPTIONS',
];

/** Enters a network namespace that has nothing but a loopback device. */
const loopbackOnlyWords = [
  'unshare',
  ...(isRoot ? [] : ['--user', '--map-current-user', '--keep-caps']),
  '--net',
  '--',
  'sh',
  '-c',
  'ip link set lo up && exec "$@"',
  'holdfast-test',
];

/**
 * @typedef {object} TestCommand
 * @property {readonly string[]} command
 * @property {NodeJS.ProcessEnv} [env]
 * @property {boolean} [asRoot] without becoming an ordinary user, for what only root can set up
 * @property {boolean} [fromSource] it starts hundreds of programs from the same sources, and a third of each start is
 *   compiling them: Node keeps what it has compiled
 * @property {boolean} [loopbackOnly] in its own network, for programs that would call home (Linux)
 */

/**
 * Runs one command in a fresh test environment. Where the clone is closed to the test user, words and
 * variables that name something in it are given their place in the copy.
 * @param {TestCommand} task
 * @returns {Promise<{ code: number, left: string[] }>} the command's exit code, and the command lines
 *   of processes that were still there when it had ended
 */
export async function inTestEnvironment({
  command,
  env = {},
  asRoot = false,
  fromSource = false,
  loopbackOnly = false,
}) {
  // Ctrl-C reaches the command; we stay to clean up behind it, however often it is pressed.
  const stay = () => {};
  process.on('SIGINT', stay).on('SIGTERM', stay);
  openFuse();
  const group = makeTestCgroup();
  const home = privateHome();
  const disk = await makeSmallDisk(home.folder);
  const clone = reachableClone(home.folder);
  /** @param {string | undefined} word */
  const there = (word) => (word === undefined ? word : movedTo(clone, word));
  const given = Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, there(value)]),
  );
  const outer = { ...process.env, ...home.env, ...given };
  for (const name of outside) delete outer[name];
  // The app speaks the system's language.
  outer.LANG = 'C.UTF-8';
  outer.PATH = `${path.join(clone, 'node_modules', '.bin')}${path.delimiter}${process.env.PATH ?? ''}`;
  if (fromSource) outer.NODE_COMPILE_CACHE = path.join(home.folder, 'compiled');
  if (group) outer.HOLDFAST_TEST_CGROUP = group.folder;
  if (disk) outer.HOLDFAST_TEST_DISK = disk.folder;

  const drop = asRoot ? [] : dropPrivileges();
  const display = await ensureDisplay(drop, outer);
  const bus = process.platform === 'linux' ? ['dbus-run-session', '--'] : [];
  const own = command.map((word) => movedTo(clone, word));
  const [program = '', ...args] = [
    ...(group?.prefix ?? []),
    ...(loopbackOnly ? loopbackOnlyWords : []),
    ...drop,
    ...bus,
    ...own,
  ];
  try {
    const code = await run(program, args, { cwd: clone, env: { ...outer, ...display.env } });
    const left = (await group?.remove()) ?? [];
    return { code, left };
  } finally {
    display.stop();
    await group?.remove().catch(() => {}); // already gone, unless the command could not start
    await disk?.remove();
    keepResults(home.env.HOLDFAST_RESULTS);
    rmSync(home.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
    process.off('SIGINT', stay).off('SIGTERM', stay);
  }
}

/** @param {string} clone where the clone can be reached @param {string} word which may name something in it */
export function movedTo(clone, word) {
  const inside = word === root || word.startsWith(root + path.sep);
  return inside ? clone + word.slice(root.length) : word;
}

/** Brings reports, traces and screenshots back into the clone. @param {string | undefined} results */
function keepResults(results) {
  if (!results || !existsSync(results)) return;
  try {
    cpSync(results, path.join(root, 'test-results'), { recursive: true });
    chmodSync(path.join(root, 'test-results'), 0o755);
  } catch (error) {
    say(`the reports could not be kept: ${error instanceof Error ? error.message : error}`);
  }
}
