/** For tests: real processes in a temporary folder, all of them ended by `clean`, and waits for conditions. */
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpawnResult, SpawnSpec } from '../process/index.ts';
import { gatewayEnvironment, isAlive, spawnDetached } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { patienceMs } from './patience.ts';

export interface Workbench {
  readonly folder: string;
  /** Starts a Node program through spawnDetached; `changes` override its spec. */
  run(script: string, changes?: Partial<SpawnSpec>): SpawnResult;
  spec(script: string, changes?: Partial<SpawnSpec>): SpawnSpec;
  /** Has `clean` end a process that the test has started itself. */
  endLater(result: SpawnResult): SpawnResult;
  clean(): void;
}

/** For programs run from source: Node keeps what it has compiled, which is most of such a start. */
export const compiledOnce = {
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), 'compiled'),
};

/** Waits for a condition that no event announces (a file that another process writes). */
export async function until<T>(
  find: () => T | undefined | false,
  what: string,
  ms = patienceMs,
): Promise<T> {
  const deadline = performance.now() + ms;
  for (;;) {
    const found = find();
    if (found !== undefined && found !== false) return found;
    if (performance.now() > deadline) throw new Error(`Waited ${ms} ms in vain for ${what}.`);
    await new Promise((resume) => setTimeout(resume, 5));
  }
}

/** The pid that a process writes into `file`; undefined until it is there as a whole. */
export function pidIn(file: string): number | undefined {
  const text = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  return /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

/** Sends a signal to one process: without its pid it would go to all processes of this test run. */
export function signalOne(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined || !Number.isInteger(pid) || pid <= 1) {
    throw new Error(`${pid} is the pid of no process of a test; ${signal} was not sent.`);
  }
  process.kill(pid, signal);
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
  const own: Workbench['endLater'] = (result) => {
    started.push(result);
    return result;
  };
  return {
    folder,
    spec,
    endLater: own,
    run: (script, changes) => own(spawnDetached(spec(script, changes))),
    clean: () => {
      for (const { identity } of started) {
        for (const one of platform.treeOf(identity)) platform.signal(one, 'SIGKILL');
        if (isAlive(identity)) platform.signal(identity, 'SIGKILL');
      }
      // The console of a program ends a moment after it, and under Wine it stands in the same folder.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 20 });
    },
  };
}

/** A Node program that does nothing and never ends. */
export const idleProgram = 'setInterval(() => {}, 1e6)';
