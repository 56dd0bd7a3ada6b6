/** One test's own world: a state folder, free ports, profiles; and a census when it ends. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    // Staged folders are read-only; rmSync with force handles files, not read-only folders.
    remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }),
  };
}
