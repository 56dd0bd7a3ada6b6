/**
 * Starts a staged watcher outside the app and waits until it has proved itself: it serves at an
 * endpoint of its own, knows the secret, and says itself where it lives, from which its escape is
 * judged. Everything that is staged is verified once more, right before it runs.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import type { Escape, Identity } from '../contract/identity.ts';
import { PROTOCOL_VERSION } from '../contract/watcher-contract.ts';
import { readPart } from '../files/untrusted-file.ts';
import { connectWatcher, type WatcherConnection } from '../handoff/client.ts';
import { readEndpoint, readSecret } from '../handoff/endpoint.ts';
import { type Stage, verifyStage, watcherScript } from '../handoff/staged.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import {
  appEnvironment,
  type Clock,
  judgeEscape,
  launchOutside,
  observeSelf,
  type SpawnResult,
  sameProcess,
} from '../process/index.ts';

/** Node starts in 50 ms; a cold disk and a scanner that reads 120 MB first have been seen to need 20 s. */
const START_MS = 30_000;
/** How often the endpoint is looked for: below what a person notices. */
const LOOK_MS = 15;
/** All watchers of a folder write what goes wrong into one file. Each is a few lines; a loop is not. */
const COMPLAINTS_BYTES = 1024 * 1024;
/** A sentence, even with a stack below it. */
const SENTENCE_BYTES = 4 * 1024;

/** The watcher did not come to serve; `code` is its exit code (watcher/options.ts), when it told one. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  readonly code: number | null;
  constructor(message: string, code: number | null) {
    super(message);
    this.code = code;
  }
}

/** Exit code of a watcher that found another one serving. */
export const TAKEN = 75;
/** … and of one whose disk takes nothing more, its sentence perhaps included. */
const DISK = 74;

export interface Launched {
  readonly connection: WatcherConnection;
  readonly escape: Escape;
}

export interface LaunchDeps {
  readonly state: StateFolder;
  readonly clock: Clock;
  readonly stage: Stage;
  /** Ask the serving watcher to make room. */
  readonly succeed: boolean;
  readonly startMs?: number;
}

/** V8's, for a small program that mostly waits (docs/adr/0015-a-small-watcher.md). */
const RUNTIME_FLAGS = [
  // A young generation of half a megabyte, that stays so: its state is a few kilobytes.
  '--max-semi-space-size=1',
  '--semi-space-growth-factor=1',
  // Nothing in it is hot. Its optimizers alone are 2 MB of the runtime that would be in memory.
  '--no-opt',
  '--no-maglev',
  // It gives memory back when it rests (watcher/rest.ts), code excepted: the next restart is at once.
  '--expose-gc',
  '--no-flush-bytecode',
  // V8's own way wakes it every 8 s for minutes after any work.
  '--no-memory-reducer',
] as const;

/** What runs a staged watcher. */
export function watcherCommand(
  { bundle, runtime }: Stage,
  stateRoot: string,
  succeed: boolean,
): { command: string; args: string[] } {
  const options = ['--state', stateRoot, ...(succeed ? ['--succeed'] : [])];
  return { command: runtime, args: [...RUNTIME_FLAGS, watcherScript(bundle), ...options] };
}

/** Resolves when the new watcher serves and was told how it escaped. Rejects with a LaunchError. */
export async function launchWatcher(deps: LaunchDeps): Promise<Launched> {
  const { state, stage } = deps;
  await verifyStage(stage);
  const complaints = path.join(state.logs, 'watcher-stderr.log');
  mkdirSync(state.logs, { recursive: true, mode: 0o700 });
  // A watcher that still writes goes on in the moved file.
  if (sizeOf(complaints) > COMPLAINTS_BYTES) renameSync(complaints, `${complaints}.1`);
  const from = sizeOf(complaints);
  const started = await launchOutside({
    kind: 'watcher',
    ...watcherCommand(stage, state.root, deps.succeed),
    cwd: state.root,
    env: appEnvironment(process.env, { HOLDFAST_STATE: state.root }),
    stdout: 'ignore',
    stderr: complaints,
    nonce: randomBytes(16).toString('hex'),
    escape: 'required',
  });
  const connection = await serving(started, deps, () => readFrom(complaints, from));
  const hello = await connection.call('hello', { role: 'app', protocol: PROTOCOL_VERSION });
  const escaped: Escape = {
    rung: started.escape.rung,
    ...judgeEscape(observeSelf(), hello.place),
  };
  await connection.call('watcher.escaped', { escape: escaped });
  return { connection, escape: escaped };
}

/** The first authenticated connection to the very process that was started. */
function serving(
  started: SpawnResult,
  deps: LaunchDeps,
  complaints: () => string,
): Promise<WatcherConnection> {
  const { state, clock } = deps;
  return new Promise((resolve, reject) => {
    let over = false;
    let cancelLook: () => void = () => {};
    const cancelDeadline = clock.after(deps.startMs ?? START_MS, () =>
      finish(() =>
        reject(new LaunchError(`The watcher was started but does not serve. ${sentence()}`, null)),
      ),
    );
    started.onExit(({ code }) => finish(() => reject(new LaunchError(sentence(code), code))));
    look();

    function look(): void {
      const endpoint = readEndpoint(state);
      const secret = readSecret(state);
      if (!endpoint || secret === undefined || !isThis(endpoint.identity)) {
        cancelLook = clock.after(LOOK_MS, look);
        return;
      }
      connectWatcher({ socket: endpoint.socket, secret, clock }).then(
        (connection) => (over ? connection.close() : finish(() => resolve(connection))),
        (error: unknown) => finish(() => reject(error)),
      );
    }

    function isThis(identity: Identity): boolean {
      // Started through another program (systemd), only the nonce names it for sure.
      return sameProcess(identity, started.identity) || identity.nonce === started.identity.nonce;
    }

    function finish(act: () => void): void {
      if (over) return;
      over = true;
      cancelDeadline();
      cancelLook();
      act();
    }

    function sentence(code: number | null = null): string {
      const mark = `[${started.pid}] `;
      const own = complaints()
        .split('\n')
        .find((line) => line.startsWith(mark));
      if (own) return own.slice(mark.length);
      return code === DISK
        ? `The disk that holds ${state.root} takes nothing more. Make room on it.`
        : `The watcher ended at its start; see ${state.watcherLog}.`;
    }
  });
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(file: string, offset: number): string {
  try {
    const how = { maxBytes: SENTENCE_BYTES, start: () => offset };
    return readPart(file, how, { links: 'follow', owner: 'any' }).bytes.toString('utf8');
  } catch {
    return '';
  }
}
