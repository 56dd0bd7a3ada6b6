/**
 * Programs of others that tests and benchmarks run: fetched into the cache, never into the system, so
 * that no service of theirs is ever started. Debian's packages are unpacked there, which takes no rights.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isRoot, toolEnvironment } from './paths.mjs';
import { mustRun, outputOf, run } from './run.mjs';
import { Problem, say } from './say.mjs';

/**
 * One of Debian's packages, unpacked to `<folder>/<name>-<version>`.
 * @param {string} folder
 * @param {string} name
 * @param {RegExp} needed which of its dependencies come along; the rest every Debian has
 * @returns {Promise<{ folder: string, version: string }>}
 */
export async function fetchDebianPackage(folder, name, needed) {
  const version = await candidate(name);
  const target = path.join(folder, `${name}-${version.replace(/[^\w.-]/g, '_')}`);
  await madeOnce(target, async (place) => {
    const depends = outputOf('apt-cache', ['depends', name]) ?? '';
    const libraries = [...depends.matchAll(/^\s*Depends: (\S+)$/gm)]
      .map(([, library = '']) => library)
      .filter((library) => needed.test(library));
    const packages = path.join(place, 'packages');
    mkdirSync(packages);
    await runInto(packages, 'apt-get', [
      'download',
      '-qq',
      // Its own user can't write into our cache, and it would warn so for every package.
      '--option=APT::Sandbox::User=root',
      name,
      ...new Set(libraries),
    ]);
    for (const file of readdirSync(packages)) {
      await mustRun('dpkg', ['-x', path.join(packages, file), place]);
    }
    rmSync(packages, { recursive: true });
  });
  return { folder: target, version };
}

/** The version that apt would install. @param {string} name */
async function candidate(name) {
  const first = candidateOf(name);
  if (first !== null) return first;
  // A fresh machine knows no packages yet.
  if (isRoot) await run('apt-get', ['update', '-qq']);
  const second = candidateOf(name);
  if (second === null) throw new Problem(`apt knows no ${name}; try: sudo apt-get update`);
  return second;
}

/** @param {string} name @returns {string | null} */
function candidateOf(name) {
  const policy = outputOf('apt-cache', ['policy', name]);
  if (policy === null)
    throw new Problem('its package is for Debian and its kin, and there is no apt');
  const version = /^ {2}Candidate: (.+)$/m.exec(policy)?.[1] ?? '(none)';
  return version === '(none)' ? null : version;
}

/**
 * Runs a program that fetches something; only what it complains about is shown.
 * @param {string} folder where
 * @param {string} command
 * @param {readonly string[]} args
 */
export async function runInto(folder, command, args) {
  await mustRun(command, args, {
    cwd: folder,
    env: toolEnvironment(),
    stdio: ['ignore', 'ignore', 2],
  });
}

/**
 * Makes a folder whole or not at all.
 * @param {string} target
 * @param {(place: string) => Promise<void>} fill
 */
export async function madeOnce(target, fill) {
  if (existsSync(target)) return;
  say(`fetching ${path.basename(target)} ...`);
  const place = `${target}.${process.pid}`;
  try {
    mkdirSync(place, { recursive: true });
    await fill(place);
    // Tests and benchmarks run as another user.
    chmodSync(place, 0o755);
    // Someone else may have been quicker; theirs is as good.
    if (!existsSync(target)) renameSync(place, target);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
