/** What the user has chosen in a dialog: whether it can be what it was chosen for. */
import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import { basename } from 'node:path';

/** What Windows starts; other files it opens with some program. */
const startedByWindows = /\.(?:exe|com|cmd|bat)$/i;

/** Why this can't be the program, or the folder, of a gateway, in a sentence; null when it can. */
export function refusalOf(
  kind: 'program' | 'folder',
  path: string,
  platform: NodeJS.Platform = process.platform,
): string | null {
  const name = basename(path);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return `${name} is not there any more.`;
  if (kind === 'folder') {
    if (!stats.isDirectory()) return `${name} is not a folder.`;
    return may(path, constants.R_OK | constants.X_OK)
      ? null
      : `${name} is a folder that you may not open. Choose another one.`;
  }
  if (stats.isDirectory() && name.endsWith('.app')) {
    return `${name} is an app: choose the program inside it, in Contents/MacOS.`;
  }
  if (!stats.isFile()) return `${name} is not a program.`;
  if (platform === 'win32') {
    return startedByWindows.test(name) ? null : `${name} is not a program that Windows can start.`;
  }
  return may(path, constants.X_OK)
    ? null
    : `${name} can’t be run: it is not marked as executable. Choose the program itself, or mark it so (chmod +x).`;
}

function may(path: string, how: number): boolean {
  try {
    accessSync(path, how);
    return true;
  } catch {
    return false;
  }
}

/** No link, no folder. */
export function isPlainFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
