/** A small disk that tests may fill: only root can mount one. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { isRoot } from './paths.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';
import { nobody } from './unprivileged.mjs';

/** Holds a state folder with room to spare, and is full at once. */
const size = '4m';
const files = 500;

/**
 * @typedef {object} SmallDisk
 * @property {string} folder
 * @property {() => Promise<void>} remove
 */

/**
 * @param {string} home
 * @returns {Promise<SmallDisk | null>} null where we can't make one, as in a container that may not
 *   mount; tests that need it are then skipped
 */
export async function makeSmallDisk(home) {
  if (!isRoot || process.platform !== 'linux') return null;
  const folder = path.join(home, 'disk');
  mkdirSync(folder);
  const options = `size=${size},nr_inodes=${files},mode=0700,uid=${nobody},gid=${nobody}`;
  const words = ['-t', 'tmpfs', '-o', options, 'holdfast-test', folder];
  const code = await run('mount', words).catch(() => -1);
  if (code !== 0) {
    say(`${folder} could not be mounted; tests that fill a disk are skipped`);
    return null;
  }
  return {
    folder,
    // Lazily: files that are left there go with it.
    remove: async () => {
      await run('umount', ['--lazy', folder]);
    },
  };
}
