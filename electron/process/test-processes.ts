/** For this room's tests: real processes, conditions instead of sleeps, and a broom for the end. */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayEnvironment } from './environment.ts';
import { isAlive } from './identity.ts';
import { platform } from './platform.ts';
import { spawnDetached } from './spawn-detached.ts';
import type { SpawnResult, SpawnSpec } from './spawn-spec.ts';

export interface Workbench {
  readonly folder: string;
  /** A Node program started through spawnDetached; changes override its spec. */
  run(script: string, changes?: Partial<SpawnSpec>): SpawnResult;
  spec(script: string, changes?: Partial<SpawnSpec>): SpawnSpec;
  /** Remembers a start made elsewhere, so that it is ended too. */
  own(result: SpawnResult): SpawnResult;
  clean(): void;
}

/** Waits for a condition that no event announces (a file another process writes). */
export async function until<T>(
  look: () => T | undefined | false,
  what: string,
  ms = 15_000,
): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const seen = look();
    if (seen !== undefined && seen !== false) return seen;
    if (performance.now() > deadline) throw new Error(`Waited ${ms} ms in vain for ${what}.`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

export function createWorkbench(): Workbench {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'holdfast-process-')));
  const started: SpawnResult[] = [];
  const spec: Workbench['spec'] = (script, changes = {}) => ({
    kind: 'gateway',
    command: process.execPath,
    args: ['-e', script],
    cwd: folder,
    env: gatewayEnvironment(process.env),
    stdout: join(folder, 'out.log'),
    stderr: join(folder, 'out.log'),
    nonce: '',
    escape: 'session',
    ...changes,
  });
  const own: Workbench['own'] = (result) => {
    started.push(result);
    return result;
  };
  return {
    folder,
    spec,
    own,
    run: (script, changes) => own(spawnDetached(spec(script, changes))),
    clean: () => {
      for (const { identity } of started) {
        for (const one of platform.treeOf(identity)) platform.signal(one, 'SIGKILL');
        if (isAlive(identity)) platform.signal(identity, 'SIGKILL');
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A program that does nothing for ever. */
export const idle = 'setInterval(() => {}, 1e6)';
