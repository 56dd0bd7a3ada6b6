/**
 * For tests: takes, restores or removes a snapshot (arguments: which of these, its folder, a call's
 * number, and the folder to copy), and kills itself right before that call to the file system. It
 * prints how many calls there were.
 */
import fs, { promises } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [work, target = '', last, source = ''] = process.argv.slice(2);
let count = 0;

function counted<A extends unknown[], R>(call: (...args: A) => R): (...args: A) => R {
  return (...args) => {
    count += 1;
    if (count === Number(last)) process.kill(process.pid, 'SIGKILL');
    return call(...args);
  };
}

const { mkdir, copyFile, chmod, symlink, rename, unlink, rmdir, open } = promises;
Object.assign(promises, {
  mkdir: counted(mkdir),
  copyFile: counted(copyFile),
  chmod: counted(chmod),
  symlink: counted(symlink),
  rename: counted(rename),
  unlink: counted(unlink),
  rmdir: counted(rmdir),
  open: counted(open),
});
Object.assign(fs, { renameSync: counted(fs.renameSync), openSync: counted(fs.openSync) });
syncBuiltinESMExports();

const { removeSnapshot, takeSnapshot } = await import('../files/snapshot/snapshot.ts');
const { restoreSnapshot } = await import('../files/snapshot/restore.ts');
count = 0;
if (work === 'take') await takeSnapshot([source], target);
else if (work === 'restore') await restoreSnapshot(target);
else await removeSnapshot(target);
process.stdout.write(`${count}\n`);
