/**
 * The servers that `npm run test:real` puts under Holdfast: OpenClaw and Node-RED as
 * e2e/real/packages/package-lock.json pins them, and Debian's Redis, nginx, Syncthing and setproctitle.
 *
 *   <cache>/real/npm-<hash of the lock file>/node_modules
 *   <cache>/real/<package>-<version>/
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fetchDebianPackage, madeOnce, runInto } from './fetched-programs.mjs';
import { cacheFolder, root } from './paths.mjs';

const REAL = path.join(cacheFolder(), 'real');
const PACKAGES = path.join(root, 'e2e', 'real', 'packages');

/** Variable for the tests -> package, and which of its dependencies come along. */
const DEBIAN = {
  HOLDFAST_REAL_REDIS: { name: 'redis-tools', needed: /^lib(jemalloc2|lzf1|atomic1)$/ },
  HOLDFAST_REAL_NGINX: { name: 'nginx', needed: /^libpcre2-8-0$/ },
  HOLDFAST_REAL_SYNCTHING: { name: 'syncthing', needed: /^$/ },
  HOLDFAST_REAL_SETPROCTITLE: { name: 'python3-setproctitle', needed: /^$/ },
};

/**
 * @returns {Promise<Record<string, string>>} variables for the tests: where each server lies
 */
export async function ensureRealServers() {
  /** @type {Record<string, string>} */
  const found = { HOLDFAST_REAL_NPM: path.join(await npmServers(), 'node_modules') };
  for (const [variable, { name, needed }] of Object.entries(DEBIAN)) {
    found[variable] = (await fetchDebianPackage(REAL, name, needed)).folder;
  }
  return found;
}

async function npmServers() {
  const files = ['package.json', 'package-lock.json'];
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(PACKAGES, file)));
  const target = path.join(REAL, `npm-${hash.digest('hex').slice(0, 16)}`);
  await madeOnce(target, async (place) => {
    for (const file of files) copyFileSync(path.join(PACKAGES, file), path.join(place, file));
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
    await runInto(place, 'npm', ['ci', ...options]);
  });
  return target;
}
