/** What differs between two builds: files by their bytes, and what lies in archives by its own name. */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import path from 'node:path';
import { extractFile, listPackage } from '@electron/asar';

/**
 * @param {string} first
 * @param {string} second
 * @returns {string[]} relative paths, sorted; what lies in an asar archive as `app.asar/<path>`
 */
export function differencesOf(first, second) {
  const [one, other] = [entriesOf(first), entriesOf(second)];
  const names = [...new Set([...one.keys(), ...other.keys()])].sort();
  return names
    .filter((name) => one.get(name) !== other.get(name))
    .flatMap((name) => {
      const [a, b] = [path.join(first, name), path.join(second, name)];
      if (!name.endsWith('.asar') || !one.has(name) || !other.has(name)) return [name];
      const inside = insideArchives(a, b);
      return inside.length > 0 ? inside.map((file) => `${name}/${file}`) : [name];
    });
}

/** Each file's mode and hash, or where a link leads. @param {string} folder */
function entriesOf(folder) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const file = path.join(folder, name);
    const stats = lstatSync(file);
    if (stats.isSymbolicLink()) found.set(name, `-> ${readlinkSync(file)}`);
    else if (stats.isFile()) found.set(name, `${stats.mode} ${hash(readFileSync(file))}`);
  }
  return found;
}

/** @param {string} first @param {string} second */
function insideArchives(first, second) {
  const names = new Set([first, second].flatMap((one) => listPackage(one, { isPack: false })));
  /** @param {string} archive @param {string} name */
  const content = (archive, name) => {
    try {
      return hash(extractFile(archive, name.replace(/^[\\/]/, '')));
    } catch {
      return null; // a folder, or it is not there
    }
  };
  return [...names]
    .filter((name) => content(first, name) !== content(second, name))
    .map((name) => name.replace(/^[\\/]/, ''))
    .sort();
}

/** @param {Uint8Array} bytes */
function hash(bytes) {
  return createHash('sha256').update(bytes).digest('hex');
}
