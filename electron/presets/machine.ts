/** This machine, as presets read it. */
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

/** `path`: the user's search path, when it is known better than from `env`. */
export function thisMachine(env: NodeJS.ProcessEnv = process.env, path?: string): Machine {
  // With the folders of personal programs, which the desktop session's search path may lack.
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

/** An id for a profile of a program: two names never get the same id. */
export function presetId(preset: string, name: string): string {
  const id = `${preset}-${name.toLowerCase().replaceAll('_', '-')}`;
  if (id.length <= 40 && /^[a-z0-9-]*[a-z0-9]$/.test(id) && id === `${preset}-${name}`) return id;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${id.slice(0, 33).replace(/-+$/, '')}-${hash}`;
}
