/** This machine, as presets look at it. */
import { createHash } from 'node:crypto';
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { textOf } from '../files/untrusted-file.ts';
import { findProgram, joinSearchPaths, personalFolders } from '../process/index.ts';
import type { Machine } from './preset.ts';

const maxFileBytes = 1024 * 1024;

function statOf(path: string) {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** @param path the user's search path, where it is known better than by `env` */
export function thisMachine(env: NodeJS.ProcessEnv = process.env, path?: string): Machine {
  // Where people's own programs lie, even when the desktop session has a shorter search path.
  const searched = joinSearchPaths(path ?? env.PATH ?? env.Path, ...personalFolders('all'));
  return {
    platform: process.platform,
    home: homedir(),
    env,
    which: (command) => findProgram(command, searched) ?? null,
    real(path) {
      try {
        return realpathSync(path);
      } catch {
        return path;
      }
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

/** An id of a program's own profile: two names never get one id. */
export function presetId(preset: string, name: string): string {
  const id = `${preset}-${name.toLowerCase().replaceAll('_', '-')}`;
  if (id.length <= 40 && /^[a-z0-9-]*[a-z0-9]$/.test(id) && id === `${preset}-${name}`) return id;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${id.slice(0, 33).replace(/-+$/, '')}-${hash}`;
}
