/**
 * The supervisors that Holdfast is measured beside: fetched into the cache, never into the system.
 * Debian's by apt and unpacked there, which takes no rights; pm2 by npm. What can't be had is left
 * out, with the reason.
 *
 *   <cache>/peers/<name>-<version>/   the unpacked package and the libraries that only it needs
 *   <cache>/peers/pm2-<version>/      node_modules
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, toolEnvironment } from './paths.mjs';
import { mustRun, outputOf } from './run.mjs';
import { Problem, say } from './say.mjs';

/** Debian's packages, and which of their dependencies come along: the rest every Debian has. */
const DEBIAN = {
  daemontools: /^$/,
  runit: /^$/,
  s6: /^lib(s6|skarnet|execline)/,
  supervisor: /^python3-pkg-resources$/,
};
/** The newest when this was written. */
const PM2_VERSION = '7.0.4';

/** @typedef {{ folder: string, version: string } | { problem: string }} Found */

/** @returns {Promise<string>} JSON for `bench/peers/installed.ts`: a {@link Found} for each by name */
export async function ensurePeers() {
  /** @type {Record<string, Found>} */
  const found = {};
  for (const [name, needed] of Object.entries(DEBIAN)) {
    found[name] = await orProblem(name, () => debian(name, needed));
  }
  found.pm2 = await orProblem('pm2', pm2);
  return JSON.stringify(found);
}

/** @param {string} name @param {() => Promise<Found>} get @returns {Promise<Found>} */
async function orProblem(name, get) {
  try {
    return await get();
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    say(`${name} will not be measured: ${problem}`);
    return { problem };
  }
}

/** @param {string} name @param {RegExp} needed @returns {Promise<Found>} */
async function debian(name, needed) {
  const version = candidate(name);
  const target = path.join(cacheFolder(), 'peers', `${name}-${version.replace(/[^\w.-]/g, '_')}`);
  await once(target, async (place) => {
    const depends = outputOf('apt-cache', ['depends', name]) ?? '';
    const libraries = [...depends.matchAll(/^\s*Depends: (\S+)$/gm)]
      .map(([, library = '']) => library)
      .filter((library) => needed.test(library));
    const packages = path.join(place, 'packages');
    mkdirSync(packages);
    await quietly('apt-get', ['download', '-qq', name, ...libraries], packages);
    for (const file of readdirSync(packages)) {
      await mustRun('dpkg', ['-x', path.join(packages, file), place]);
    }
    rmSync(packages, { recursive: true });
  });
  return { folder: target, version };
}

/** The version that apt would install. @param {string} name */
function candidate(name) {
  const policy = outputOf('apt-cache', ['policy', name]);
  if (policy === null)
    throw new Problem('its package is for Debian and its kin, and there is no apt');
  const version = /^ {2}Candidate: (.+)$/m.exec(policy)?.[1] ?? '(none)';
  if (version === '(none)') throw new Problem(`apt knows no ${name}; try: sudo apt-get update`);
  return version;
}

/** @returns {Promise<Found>} */
async function pm2() {
  const target = path.join(cacheFolder(), 'peers', `pm2-${PM2_VERSION}-npm`);
  await once(target, async (place) => {
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    const words = ['install', '--prefix', place, ...options, `pm2@${PM2_VERSION}`];
    await quietly('npm', words, place);
  });
  return { folder: target, version: PM2_VERSION };
}

/** @param {string} command @param {readonly string[]} args @param {string} cwd */
async function quietly(command, args, cwd) {
  await mustRun(command, args, { cwd, env: toolEnvironment(), stdio: ['ignore', 'ignore', 2] });
}

/**
 * Makes a folder whole or not at all.
 * @param {string} target
 * @param {(place: string) => Promise<void>} fill
 */
async function once(target, fill) {
  if (existsSync(target)) return;
  say(`fetching ${path.basename(target)} for the comparison ...`);
  const place = `${target}.${process.pid}`;
  try {
    mkdirSync(place, { recursive: true });
    await fill(place);
    // Benchmarks run as another user.
    chmodSync(place, 0o755);
    renameSync(place, target);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
