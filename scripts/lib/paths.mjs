/**
 * Where things are: the clone, its tools, and the cache that outlives it.
 */
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The clone's root folder. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** The registry's packages say `win` where Node says `win32`. */
const packageOs = process.platform === 'win32' ? 'win' : process.platform;

/** The Node that the project is developed with and that the watcher runs on. */
export const bundledNode = path.join(
  root,
  'node_modules',
  `node-${packageOs}-${process.arch}`,
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** True when this process may do everything, and should therefore run as little as possible. */
export const isRoot = process.getuid?.() === 0;

/**
 * The folder for downloads that are worth keeping across clones. Root's is outside its home,
 * because tests run as an unprivileged user who must be able to read it.
 * @returns {string} an absolute path; it may not exist yet
 */
export function cacheFolder() {
  if (process.env.HOLDFAST_CACHE) return path.resolve(process.env.HOLDFAST_CACHE);
  if (process.platform === 'win32') {
    const local = process.env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
    return path.join(local, 'holdfast-build-cache');
  }
  if (isRoot) return '/var/cache/holdfast';
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library/Caches/holdfast');
  return path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'holdfast');
}

/**
 * The environment for the project's own tools: `node_modules/.bin` first, so that `node` is the
 * pinned one, regardless of the machine's.
 * @param {NodeJS.ProcessEnv} [extra]
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(extra = {}) {
  const bin = path.join(root, 'node_modules', '.bin');
  return { ...process.env, PATH: `${bin}${path.delimiter}${process.env.PATH ?? ''}`, ...extra };
}

/**
 * The entry file of an npm tool, to be run by {@link bundledNode}.
 * @param {string} name as in `node_modules/.bin`
 */
export function toolPath(name) {
  const file = tools[name];
  if (!file) throw new Error(`No tool is called ${name}.`);
  return path.join(root, 'node_modules', file);
}

/** Given by file, not through `.bin`, whose entries are shell scripts on Windows. */
/** @type {Readonly<Record<string, string>>} */
const tools = {
  biome: '@biomejs/biome/bin/biome',
  depcruise: 'dependency-cruiser/bin/dependency-cruise.mjs',
  'electron-builder': 'electron-builder/cli.js',
  knip: 'knip/bin/knip.js',
  playwright: '@playwright/test/cli.js',
  tsc: 'typescript/bin/tsc',
  vite: 'vite/bin/vite.js',
  vitest: 'vitest/vitest.mjs',
};
