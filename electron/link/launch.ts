/**
 * Starts a staged watcher outside the app and waits until it has proved itself: it serves, knows the
 * secret, and reports where it runs, from which its escape is judged. Everything that is staged is
 * verified once more, right before it runs.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { finalWatcherExits, watcherExit } from '../contract/exit-codes.ts';
import type { Escape, Identity } from '../contract/identity.ts';
import { protocolVersion } from '../contract/watcher-contract.ts';
import { rotateFiles } from '../files/log-file.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { readPart } from '../files/untrusted-file.ts';
import {
  appEnvironment,
  type Clock,
  firstOf,
  judgeEscape,
  type LoginProgram,
  launchOutside,
  loginEntryId,
  observeSelf,
  passed,
  type SpawnResult,
  sameProcess,
} from '../process/index.ts';
import { connectWatcher, type WatcherConnection } from '../rpc/client.ts';
import { readEndpoint, readSecret } from '../rpc/endpoint.ts';
import { type Stage, verifyStage, watcherScript } from '../staging/staged.ts';

/** Node starts in 50 ms; a cold disk and a scanner that reads 120 MB first have been seen to need 20 s. */
const startTimeoutMs = 30_000;
/** Between looks for the endpoint: below what a person notices. */
const lookMs = 15;
/** All watchers of a folder write their errors into one file. Each is a few lines; a loop is not. */
const errorsMaxBytes = 1024 * 1024;
/** A sentence, even with a stack below it. */
const sentenceBytes = 4 * 1024;

/** The watcher did not come to serve; `code` is its exit code (contract/exit-codes.ts), when it is known. */
export class LaunchError extends Error {
  override readonly name = 'LaunchError';
  readonly code: number | null;
  constructor(message: string, code: number | null) {
    super(message);
    this.code = code;
  }
}

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
  /** A first start in this folder sets up the demo gateway. */
  readonly demo?: boolean;
  readonly startMs?: number;
}

/** V8's flags for a small program that mostly waits (docs/adr/0015-a-small-watcher.md). */
const runtimeFlags = [
  // A young generation that stays at half a megabyte: its state is a few kilobytes.
  '--max-semi-space-size=1',
  '--semi-space-growth-factor=1',
  // None of its code is hot. The optimizers alone would keep 2 MB of the runtime in memory.
  '--no-opt',
  '--no-maglev',
  // It gives memory back when it rests (watcher/idle.ts), code excepted: the next restart is at once.
  '--expose-gc',
  '--no-flush-bytecode',
  // V8's own memory reducer wakes it every 8 s for minutes after any work.
  '--no-memory-reducer',
] as const;

/** What runs a staged watcher. */
export function watcherCommand(
  { bundle, runtime }: Stage,
  stateRoot: string,
  { succeed, demo = false }: Pick<LaunchDeps, 'succeed' | 'demo'>,
): { command: string; args: string[] } {
  const wishes = [...(succeed ? ['--succeed'] : []), ...(demo ? ['--demo'] : [])];
  const options = ['--state', stateRoot, ...wishes];
  return { command: runtime, args: [...runtimeFlags, watcherScript(bundle), ...options] };
}

/** What a staged build is registered as with the service manager. `path`: the search path of gateways. */
export function loginProgram(stage: Stage, stateRoot: string, path: string): LoginProgram {
  return {
    id: loginEntryId(stateRoot),
    ...watcherCommand(stage, stateRoot, { succeed: true }),
    cwd: stateRoot,
    env: { HOLDFAST_STATE: stateRoot, PATH: path },
    finalCodes: finalWatcherExits,
    finalAsSuccess: '--final-as-success',
  };
}

/** Resolves when the new watcher serves and has heard how it escaped. Rejects with a LaunchError. */
export async function launchWatcher(deps: LaunchDeps): Promise<Launched> {
  const { state, stage } = deps;
  await verifyStage(stage);
  const errors = path.join(state.logs, 'watcher-stderr.log');
  mkdirSync(state.logs, { recursive: true, mode: 0o700 });
  // A watcher that still writes goes on in the moved file.
  if (sizeOf(errors) > errorsMaxBytes) rotateFiles(errors, 1);
  const from = sizeOf(errors);
  const started = await launchOutside({
    kind: 'watcher',
    ...watcherCommand(stage, state.root, deps),
    cwd: state.root,
    env: appEnvironment(process.env, { HOLDFAST_STATE: state.root }),
    stdout: 'ignore',
    stderr: errors,
    nonce: randomBytes(16).toString('hex'),
    escape: 'required',
  });
  const connection = await serving(started, deps, (code) =>
    whyEnded(sentenceOf(readFrom(errors, from), started.pid), code, state),
  );
  const hello = await connection.call('hello', { role: 'app', protocol: protocolVersion });
  const judged = judgeEscape(observeSelf(), hello.place);
  const escaped: Escape = { rung: started.escape.rung, ...judged };
  await connection.call('watcher.escaped', { escape: escaped });
  return { connection, escape: escaped };
}

/** The first authenticated connection to the very process that was started. */
function serving(
  started: SpawnResult,
  deps: LaunchDeps,
  why: (code: number | null) => string,
): Promise<WatcherConnection> {
  const { state, clock, startMs = startTimeoutMs } = deps;
  return firstOf<WatcherConnection>([
    (signal) => firstConnection(started.identity, state, clock, signal),
    async () => {
      const { code } = await started.exited;
      throw new LaunchError(why(code), code);
    },
    async (signal) => {
      await passed(clock, startMs, signal);
      throw new LaunchError(
        `The background service was started but does not serve. ${why(null)}`,
        null,
      );
    },
  ]);
}

async function firstConnection(
  identity: Identity,
  state: StateFolder,
  clock: Clock,
  signal: AbortSignal,
): Promise<WatcherConnection> {
  for (;;) {
    const endpoint = readEndpoint(state);
    const secret = readSecret(state);
    if (endpoint && secret !== undefined && isSame(endpoint.identity, identity)) {
      const connection = await connectWatcher({ socket: endpoint.socket, secret, clock });
      if (signal.aborted) connection.close();
      return connection;
    }
    await passed(clock, lookMs, signal);
  }
}

/** Started through another program (systemd), only the nonce names the process for sure. */
function isSame(serving: Identity, started: Identity): boolean {
  return sameProcess(serving, started) || serving.nonce === started.nonce;
}

/** The watcher's own sentence, marked with its pid; undefined when it has written none. */
function sentenceOf(errors: string, pid: number): string | undefined {
  const mark = `[${pid}] `;
  const line = errors.split('\n').find((one) => one.startsWith(mark));
  return line?.slice(mark.length);
}

function whyEnded(own: string | undefined, code: number | null, state: StateFolder): string {
  if (own) return own;
  return code === watcherExit.diskFull
    ? `The disk that holds ${state.root} takes nothing more. Make room on it.`
    : `The background service ended at its start; see ${state.watcherLog}.`;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function readFrom(file: string, offset: number): string {
  try {
    const how = { maxBytes: sentenceBytes, start: () => offset };
    return readPart(file, how, { links: 'follow', owner: 'any' }).bytes.toString('utf8');
  } catch {
    return '';
  }
}
