/**
 * Builds `out/`, unless it already holds what the present sources would give.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './paths.mjs';
import { runTool } from './run.mjs';
import { Problem } from './say.mjs';

/** Everything that the build reads. */
const inputs = [
  'electron',
  'renderer',
  'build/vite',
  'vite.config.ts',
  'package.json',
  'package-lock.json',
];
/** Variables that change what is built. */
const buildSettings = [
  'HOLDFAST_FLAVOUR',
  'HOLDFAST_VERSION',
  'HOLDFAST_BUILD_ID',
  'HOLDFAST_TARGET',
  'HOLDFAST_TRUSTED_ROOT',
  'HOLDFAST_PUBLISHERS',
];
const stamp = path.join(root, 'out', '.built-from');

/**
 * @param {NodeJS.ProcessEnv} [settings] such as `{ HOLDFAST_FLAVOUR: 'e2e' }`
 * @returns {Promise<void>}
 */
export async function ensureBuilt(settings = {}) {
  const wanted = fingerprint({ ...process.env, ...settings });
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  const args = ['build', '--app', '--configLoader', 'native', '--logLevel', 'warn'];
  if ((await runTool('vite', args, settings)) !== 0) {
    throw new Problem('The build failed; its message is above.');
  }
  writeFileSync(stamp, wanted);
}

/** @param {NodeJS.ProcessEnv} env */
function fingerprint(env) {
  const hash = createHash('sha256').update(sourcesFingerprint());
  for (const name of buildSettings) hash.update(`${name}=${env[name] ?? ''}\0`);
  return hash.digest('hex');
}

/** A hash of everything that the build reads. */
export function sourcesFingerprint() {
  const hash = createHash('sha256');
  for (const input of inputs) {
    for (const file of filesOf(path.join(root, input))) {
      hash.update(`${path.relative(root, file)}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex');
}

/** @param {string} place a file or a folder @returns {string[]} */
function filesOf(place) {
  if (path.extname(place) !== '') return [place];
  return readdirSync(place, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.test\.tsx?$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
