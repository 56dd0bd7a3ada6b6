/** One test's own world: a state folder, free ports, profiles; and a census when it ends. */
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProfileInput } from '../../electron/contract/profile.ts';

export interface Sandbox {
  readonly folder: string;
  readonly state: string;
  writeProfile(profile: ProfileInput): void;
  readText(...path: string[]): string;
  remove(): void;
}

export function createSandbox(name: string): Sandbox {
  const folder = mkdtempSync(join(tmpdir(), `holdfast-${name}-`));
  const state = join(folder, 'state');
  mkdirSync(join(state, 'profiles'), { recursive: true, mode: 0o700 });
  return {
    folder,
    state,
    writeProfile(profile) {
      writeFileSync(join(state, 'profiles', `${profile.id}.json`), JSON.stringify(profile), {
        mode: 0o600,
      });
    },
    readText: (...path) => readFileSync(join(state, ...path), 'utf8'),
    remove() {
      makeWritable(folder);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Staged folders are read-only, and a folder that may not be written can't be emptied. */
function makeWritable(folder: string): void {
  chmodSync(folder, 0o700);
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) makeWritable(join(folder, entry.name));
  }
}
