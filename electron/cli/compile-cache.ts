/**
 * Node keeps what it has compiled of this program in the state folder, so that the next command starts sooner.
 * It is never needed: where it can't be kept, the program is compiled each time.
 */
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import path from 'node:path';
import type { StateFolder } from '../files/state-folder.ts';

/** Of this build; that of others is removed. A state folder that does not exist is not made for it. */
export function keepCompiled({ root, compiled }: StateFolder, buildId: string): void {
  try {
    if (!existsSync(root)) return;
    const own = path.join(compiled, buildId.replace(/[^\w.-]/g, '-'));
    if (!existsSync(own)) {
      mkdirSync(own, { recursive: true, mode: 0o700 });
      for (const name of readdirSync(compiled)) {
        const other = path.join(compiled, name);
        if (other !== own) rmSync(other, { recursive: true, force: true });
      }
    }
    enableCompileCache(own);
  } catch {
    // A full disk, a folder of another user: it is slower, and right.
  }
}
