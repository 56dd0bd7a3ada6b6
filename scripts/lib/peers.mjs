/**
 * The supervisors that Holdfast is measured beside: fetched into the cache, never into the system.
 * Debian's by apt and unpacked there, which takes no rights; pm2 by npm. What can't be had is left
 * out, with the reason.
 *
 *   <cache>/peers/<name>-<version>/   the unpacked package and the libraries that only it needs
 *   <cache>/peers/pm2-<version>/      node_modules
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fetchDebianPackage, madeOnce, runInto } from './fetched-programs.mjs';
import { cacheFolder } from './paths.mjs';
import { say } from './say.mjs';

/** Debian's packages, and which of their dependencies come along: the rest every Debian has. */
const debian = {
  daemontools: /^$/,
  runit: /^$/,
  s6: /^lib(s6|skarnet|execline)/,
  supervisor: /^python3-pkg-resources$/,
};
/** The newest when this was written. */
const pm2Version = '7.0.4';

const peers = path.join(cacheFolder(), 'peers');

/** @typedef {{ folder: string, version: string } | { problem: string }} Found */

/** @returns {Promise<string>} JSON for `bench/peers/installed.ts`: a {@link Found} for each by name */
export async function ensurePeers() {
  /** @type {Record<string, Found>} */
  const found = {};
  for (const [name, needed] of Object.entries(debian)) {
    found[name] = await orProblem(name, () => fetchDebianPackage(peers, name, needed));
  }
  found.pm2 = await orProblem('pm2', pm2);
  return JSON.stringify(found);
}

/**
 * For `bench:listen`: the folder that holds usr/bin/systemd-socket-activate, the system's own where it is
 * there.
 * @returns {Promise<string>} JSON for `bench/peers/socket-activate.ts`: a {@link Found}
 */
export async function ensureSocketActivate() {
  if (existsSync('/usr/bin/systemd-socket-activate')) {
    return JSON.stringify({ folder: '/', version: '' });
  }
  const get = () => fetchDebianPackage(peers, 'systemd', /^libsystemd-shared$/);
  return JSON.stringify(await orProblem('systemd-socket-activate', get));
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

/** @returns {Promise<Found>} */
async function pm2() {
  const target = path.join(peers, `pm2-${pm2Version}-npm`);
  await madeOnce(target, async (place) => {
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    const words = ['install', '--prefix', place, ...options, `pm2@${pm2Version}`];
    await runInto(place, 'npm', words);
  });
  return { folder: target, version: pm2Version };
}
