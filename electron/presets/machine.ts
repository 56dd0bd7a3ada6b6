/** This machine, as presets look at it. */
import { accessSync, constants, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { textOf } from '../files/untrusted-file.ts';
import type { Machine } from './preset.ts';

const maxFileBytes = 1024 * 1024;

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

function isExecutable(path: string): boolean {
  if (statOf(path)?.isFile() !== true) return false;
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export function thisMachine(env: NodeJS.ProcessEnv = process.env): Machine {
  const home = homedir();
  const onWindows = process.platform === 'win32';
  // Where people's own programs lie, even when the desktop session has a shorter search path.
  const own = onWindows ? [] : [join(home, '.local', 'bin'), '/usr/local/bin', '/opt/homebrew/bin'];
  const folders = [...(env.PATH ?? env.Path ?? '').split(delimiter), ...own].filter(Boolean);
  const endings = onWindows ? ['.exe', '.cmd', '.bat'] : [''];
  return {
    platform: process.platform,
    home,
    env,
    which(command) {
      for (const folder of folders) {
        const found = endings.map((ending) => join(folder, command + ending)).find(isExecutable);
        if (found !== undefined) return found;
      }
      return null;
    },
    isFile: (path) => statOf(path)?.isFile() === true,
    isFolder: (path) => statOf(path)?.isDirectory() === true,
    list(folder) {
      try {
        return readdirSync(folder).sort();
      } catch {
        return [];
      }
    },
    read(path) {
      return textOf(path, maxFileBytes, { links: 'follow', owner: 'any' }) ?? null;
    },
  };
}
