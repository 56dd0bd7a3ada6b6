/**
 * The supervisors that Holdfast is measured beside: fetched into the cache, never into the system.
 * Debian's by apt and unpacked there, which takes no rights; pm2 by npm. What can't be had is left
 * out, with the reason.
 *
 *   <cache>/peers/<name>-<version>/   the unpacked package and the libraries that only it needs
 *   <cache>/peers/pm2-<version>/      node_modules
 */
import path from 'node:path';
import { fetchDebianPackage, madeOnce, runInto } from './fetched-programs.mjs';
import { cacheFolder } from './paths.mjs';
import { say } from './say.mjs';

/** Debian's packages, and which of their dependencies come along: the rest every Debian has. */
const DEBIAN = {
  daemontools: /^$/,
  runit: /^$/,
  s6: /^lib(s6|skarnet|execline)/,
  supervisor: /^python3-pkg-resources$/,
};
/** The newest when this was written. */
const PM2_VERSION = '7.0.4';

const PEERS = path.join(cacheFolder(), 'peers');

/** @typedef {{ folder: string, version: string } | { problem: string }} Found */

/** @returns {Promise<string>} JSON for `bench/peers/installed.ts`: a {@link Found} for each by name */
export async function ensurePeers() {
  /** @type {Record<string, Found>} */
  const found = {};
  for (const [name, needed] of Object.entries(DEBIAN)) {
    found[name] = await orProblem(name, () => fetchDebianPackage(PEERS, name, needed));
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

/** @returns {Promise<Found>} */
async function pm2() {
  const target = path.join(PEERS, `pm2-${PM2_VERSION}-npm`);
  await madeOnce(target, async (place) => {
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
    const words = ['install', '--prefix', place, ...options, `pm2@${PM2_VERSION}`];
    await runInto(place, 'npm', words);
  });
  return { folder: target, version: PM2_VERSION };
}
