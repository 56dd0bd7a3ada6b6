/**
 * The servers that `npm run test:real` puts under Holdfast: OpenClaw and Node-RED as
 * e2e/real/packages/package-lock.json pins them, and Debian's Redis, nginx, Syncthing and setproctitle.
 *
 *   <cache>/real/npm-<hash of the lock files>/node_modules
 *   <cache>/real/npm-<hash of the lock files>/cache   npm's own: a test serves its packages on 127.0.0.1
 *   <cache>/real/<package>-<version>/
 */
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fetchDebianPackage, madeOnce, runInto } from './fetched-programs.mjs';
import { cacheFolder, root } from './paths.mjs';

const real = path.join(cacheFolder(), 'real');
const packages = path.join(root, 'e2e', 'real', 'packages');
/** The OpenClaw that a test updates from. */
const before = path.join(root, 'e2e', 'real', 'before');

const librariesOf = 'usr/lib/x86_64-linux-gnu';

/** Variable for the tests -> package, and which of its dependencies come along. */
const debian = {
  HOLDFAST_REAL_REDIS: { name: 'redis-tools', needed: /^lib(jemalloc2|lzf1|atomic1)$/ },
  HOLDFAST_REAL_NGINX: { name: 'nginx', needed: /^libpcre2-8-0$/ },
  HOLDFAST_REAL_SYNCTHING: { name: 'syncthing', needed: /^$/ },
  HOLDFAST_REAL_SETPROCTITLE: { name: 'python3-setproctitle', needed: /^$/ },
};

/** Off Debian the system's own are taken, where there are any. */
const isDebian = process.platform === 'linux' && existsSync('/var/lib/dpkg/status');

/**
 * nginx and Redis, whose titles the unit tests need: a folder of commands that start them with their
 * own libraries.
 * @returns {Promise<Record<string, string>>} `HOLDFAST_REAL_COMMANDS` for the tests
 */
export async function ensureTitledServers() {
  if (!isDebian) return {};
  const nginx = await fetchDebianPackage(real, 'nginx', debian.HOLDFAST_REAL_NGINX.needed);
  const redis = await fetchDebianPackage(real, 'redis-tools', debian.HOLDFAST_REAL_REDIS.needed);
  const name = `commands-${path.basename(nginx.folder)}-${path.basename(redis.folder)}`;
  const target = path.join(real, name);
  await madeOnce(target, async (place) => {
    mkdirSync(path.join(place, 'redis'));
    // Debian's program decides by its name what it is.
    const server = path.join(place, 'redis', 'redis-server');
    symlinkSync(path.join(redis.folder, 'usr/bin/redis-check-rdb'), server);
    const made = path.join(target, 'redis', 'redis-server');
    writeCommand(path.join(place, 'redis-server'), redis.folder, made);
    const program = path.join(nginx.folder, 'usr/sbin/nginx');
    writeCommand(path.join(place, 'nginx'), nginx.folder, program);
  });
  return { HOLDFAST_REAL_COMMANDS: target };
}

/** @param {string} file @param {string} folder of the package @param {string} program */
function writeCommand(file, folder, program) {
  const libraries = path.join(folder, librariesOf);
  const text = `#!/bin/sh\nLD_LIBRARY_PATH='${libraries}' exec '${program}' "$@"\n`;
  writeFileSync(file, text, { mode: 0o755 });
}

/**
 * @returns {Promise<Record<string, string>>} variables for the tests: where each server lies
 */
export async function ensureRealServers() {
  /** @type {Record<string, string>} */
  const found = { HOLDFAST_REAL_NPM: path.join(await npmServers(), 'node_modules') };
  for (const [variable, { name, needed }] of Object.entries(debian)) {
    found[variable] = (await fetchDebianPackage(real, name, needed)).folder;
  }
  return found;
}

async function npmServers() {
  const files = ['package.json', 'package-lock.json'];
  // This file defines how they are installed.
  const hash = createHash('sha256').update(readFileSync(new URL(import.meta.url)));
  for (const folder of [packages, before]) {
    for (const file of files) hash.update(readFileSync(path.join(folder, file)));
  }
  const target = path.join(real, `npm-${hash.digest('hex').slice(0, 16)}`);
  await madeOnce(target, async (place) => {
    const old = path.join(place, 'before');
    mkdirSync(old);
    for (const file of files) {
      copyFileSync(path.join(packages, file), path.join(place, file));
      copyFileSync(path.join(before, file), path.join(old, file));
    }
    const options = ['--no-audit', '--no-fund', '--loglevel=error'];
    const fetching = ['ci', '--ignore-scripts', '--cache', path.join(place, 'cache'), ...options];
    await runInto(place, 'npm', fetching);
    await runInto(old, 'npm', fetching);
    // The test installs it for itself, from what is in the cache now.
    rmSync(path.join(old, 'node_modules'), { recursive: true });
    // OpenClaw runs only after its own install scripts, which change its own folder alone. The user's
    // npm may be set to ignore all scripts.
    await runInto(place, 'npm', ['rebuild', 'openclaw', '--ignore-scripts=false', ...options]);
  });
  return target;
}
