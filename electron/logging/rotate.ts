/** Log files by number: `app.log` is being written, `app.log.1` came before it, and so on. */
import { renameSync, rmSync } from 'node:fs';

/**
 * Moves `file` to `file.1`, `file.1` to `file.2` … and lets the one past `keep` go. A missing file
 * is no error; one that can't be moved stays and is appended to.
 */
export function rotate(file: string, keep: number): void {
  rmSync(`${file}.${keep}`, { force: true });
  for (let number = keep - 1; number >= 0; number -= 1) {
    try {
      renameSync(number === 0 ? file : `${file}.${number}`, `${file}.${number + 1}`);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return;
    }
  }
}
