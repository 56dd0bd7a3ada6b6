/** A disk of its own that tests may fill: only root can mount one. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { isRoot } from './paths.mjs';
import { run } from './run.mjs';
import { say } from './say.mjs';
import { NOBODY } from './unprivileged.mjs';

/** Holds a state folder with room to spare, and is full at once. */
const SIZE = '4m';
const FILES = 500;

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
  const options = `size=${SIZE},nr_inodes=${FILES},mode=0700,uid=${NOBODY},gid=${NOBODY}`;
  const words = ['-t', 'tmpfs', '-o', options, 'holdfast-test', folder];
  const code = await run('mount', words).catch(() => -1);
  if (code !== 0) {
    say(`${folder} could not be mounted; tests that fill a disk are skipped`);
    return null;
  }
  return {
    folder,
    // Lazily: whatever still lies there goes with it.
    remove: async () => {
      await run('umount', ['--lazy', folder]);
    },
  };
}
