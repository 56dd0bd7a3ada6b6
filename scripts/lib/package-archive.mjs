/**
 * An npm package of which we want a file, without installing it. Bytes that differ from the
 * integrity that was written down are never used.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from 'node:fs';
import path from 'node:path';
import { cacheFolder } from './paths.mjs';
import { mustRun } from './run.mjs';
import { Problem, say } from './say.mjs';

/**
 * A package's archive, from the cache or the registry that npm is set to.
 * @param {string} name @param {string} version
 * @param {string} integrity as npm writes it: `sha512-` and base64
 * @returns {Promise<string>} a file whose bytes match
 */
export async function packageArchive(name, version, integrity) {
  const folder = path.join(cacheFolder(), 'packages');
  const kept = path.join(folder, `${path.basename(name)}-${version}.tgz`);
  if (existsSync(kept) && integrityOf(kept) === integrity) return kept;
  say(`fetching ${name}@${version} ...`);
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(path.join(folder, 'fetch-'));
  try {
    await mustRun('npm', ['pack', `${name}@${version}`, '--silent', '--pack-destination', work], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [file] = readdirSync(work);
    if (!file) throw new Problem(`The registry did not hand out ${name}@${version}.`);
    const found = integrityOf(path.join(work, file));
    if (found !== integrity) {
      throw new Problem(
        `The registry's ${name}@${version} is not the one that was looked at: its integrity is ` +
          `${found}, not ${integrity}. It will not be used.`,
      );
    }
    renameSync(path.join(work, file), kept);
    return kept;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** @param {string} file */
function integrityOf(file) {
  return `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
}
