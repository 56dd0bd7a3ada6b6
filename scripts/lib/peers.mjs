/**
 * The supervisors that Holdfast is measured beside: fetched into the cache, never into the system.
 * Debian's by apt and unpacked there, pm2 by npm. What can't be had is left out, with the reason.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder, toolEnvironment } from './paths.mjs';
import { mustRun, run } from './run.mjs';
import { say } from './say.mjs';

/** With the libraries that Debian's s6 needs. */
const DEBIAN = [
  'daemontools',
  'runit',
  's6',
  'libs6-2.11',
  'libskarnet2.13',
  'libexecline2.9',
  'supervisor',
  'python3-pkg-resources',
];
const PM2 = 'pm2@7.0.4';

/**
 * @returns {Promise<string>} a folder with `debian/` (unpacked packages) and `pm2/` (node_modules);
 *   either is missing where it could not be fetched
 */
export async function ensurePeers() {
  const folder = path.join(cacheFolder(), 'peers', PM2.replace('@', '-'));
  mkdirSync(folder, { recursive: true });
  await once(path.join(folder, 'debian'), async (place) => {
    const packages = path.join(place, 'packages');
    mkdirSync(packages, { recursive: true });
    await mustRun('apt-get', ['download', ...DEBIAN], { cwd: packages });
    for (const name of readdirSync(packages)) {
      await mustRun('dpkg', ['-x', path.join(packages, name), place]);
    }
    rmSync(packages, { recursive: true });
  });
  await once(path.join(folder, 'pm2'), async (place) => {
    const npm = path.join(path.dirname(process.execPath), 'npm');
    const words = [
      'install',
      '--prefix',
      place,
      '--no-audit',
      '--no-fund',
      '--ignore-scripts',
      PM2,
    ];
    await mustRun(existsSync(npm) ? npm : 'npm', words, { env: toolEnvironment() });
  });
  // Tests run as another user.
  await run('chmod', ['-R', 'a+rX', folder]);
  return folder;
}

/**
 * Makes a folder whole or not at all.
 * @param {string} target
 * @param {(place: string) => Promise<void>} fill
 */
async function once(target, fill) {
  if (existsSync(target)) return;
  const place = `${target}.${process.pid}`;
  try {
    mkdirSync(place, { recursive: true });
    await fill(place);
    renameSync(place, target);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`${path.basename(target)} can't be had for the comparison: ${why}`);
    rmSync(place, { recursive: true, force: true });
  }
}
