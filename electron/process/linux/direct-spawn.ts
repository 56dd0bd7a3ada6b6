/**
 * A gateway's start through posix_spawn(3). Node's own spawn forks, and a fork copies the page tables
 * of all the memory that the watcher ever wrote to: milliseconds in which the gateway is down.
 * posix_spawn shares them until the exec, so its time does not grow with the watcher's memory
 * (`npm run bench:restart`).
 *
 * This file must reap the child: libuv waits only for the children that it has started itself.
 */
import { accessSync, closeSync, constants, openSync } from 'node:fs';
import { constants as os } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Identity } from '../../contract/identity.ts';
import { native } from '../on-demand.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import { withOpenFiles } from '../posix/processes.ts';
import { passedDescriptor } from '../posix/spawn.ts';
import { createExitBroadcaster } from '../spawn-result.ts';
import type { ExitInfo, SpawnResult } from '../spawn-spec.ts';
import { signalName } from './syscalls.ts';

/** spawn.h of glibc and musl. */
const flags = { defaultSignals: 0x04, signalMask: 0x08, ownSession: 0x80 } as const;
/** Larger than any libc's posix_spawnattr_t (336 in glibc), _file_actions_t (80) and sigset_t (128). */
const recordBytes = 512;
/** wait.h: one child by its pid; WEXITED, without waiting (WNOHANG). */
const byPid = 1;
const endedNow = 4 | 1;
/** siginfo_t of a 64-bit Linux. */
const info = { bytes: 128, code: 8, pid: 16, status: 24, exited: 1 } as const;

interface SpawnCalls {
  posix_spawn(
    pid: [number],
    path: string,
    actions: Buffer,
    attributes: Buffer,
    argv: (string | null)[],
    env: (string | null)[],
  ): number;
  initActions(actions: Buffer): number;
  duplicate(actions: Buffer, from: number, to: number): number;
  enter(actions: Buffer, folder: string): number;
  freeActions(actions: Buffer): number;
  waitid(kind: number, pid: number, info: Buffer, options: number): number;
  /** Every signal at its default, none blocked, a new session. The same for every start. */
  readonly attributes: Buffer;
}

let calls: SpawnCalls | undefined;

/** Throws where the C library lacks one of them (glibc before 2.29, musl before 1.1.24). */
function spawnCalls(): SpawnCalls {
  if (calls) return calls;
  const library = native().load(null);
  const actions = 'int posix_spawn_file_actions_';
  const attributes = Buffer.alloc(recordBytes);
  const everySignal = Buffer.alloc(recordBytes);
  const noSignal = Buffer.alloc(recordBytes);
  library.func('int sigfillset(void *set)')(everySignal);
  library.func('int sigemptyset(void *set)')(noSignal);
  library.func('int posix_spawnattr_init(void *a)')(attributes);
  library.func('int posix_spawnattr_setsigdefault(void *a, void *set)')(attributes, everySignal);
  library.func('int posix_spawnattr_setsigmask(void *a, void *set)')(attributes, noSignal);
  const wanted = flags.defaultSignals | flags.signalMask | flags.ownSession;
  library.func('int posix_spawnattr_setflags(void *a, short flags)')(attributes, wanted);
  calls = {
    posix_spawn: library.func(
      'int posix_spawn(_Out_ int *pid, const char *path, void *f, void *a, const char **argv, const char **env)',
    ),
    initActions: library.func(`${actions}init(void *f)`),
    duplicate: library.func(`${actions}adddup2(void *f, int from, int to)`),
    enter: library.func(`${actions}addchdir_np(void *f, const char *folder)`),
    freeActions: library.func(`${actions}destroy(void *f)`),
    waitid: library.func('int waitid(int kind, int pid, void *info, int options)'),
    attributes,
  };
  return calls;
}

/** As execvp would find it with the child's own PATH. */
function find(command: string, path: string): string | undefined {
  if (command.includes('/')) return command;
  return path
    .split(delimiter)
    .map((folder) => join(folder || '.', command))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export interface DirectStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdout: number;
  readonly stderr: number;
  /** The soft limit of open files; absent: ours. */
  readonly openFiles?: number;
  /** A listening socket to pass on. */
  readonly listen: number | undefined;
}

/** `code`: the system's error, as Node names it. */
export type DirectResult = { readonly pid: number } | { readonly code: string };

/** Undefined when this way can't start it: the slower one does, or explains why not. */
export function directSpawn(start: DirectStart): DirectResult | undefined {
  const program = find(start.command, start.env.PATH ?? '');
  if (program === undefined) return undefined;
  const c = spawnCalls();
  const devNull = openSync('/dev/null', constants.O_RDONLY);
  const actions = Buffer.alloc(recordBytes);
  c.initActions(actions);
  try {
    c.duplicate(actions, devNull, 0);
    c.duplicate(actions, start.stdout, 1);
    c.duplicate(actions, start.stderr, 2);
    if (start.listen !== undefined) c.duplicate(actions, start.listen, passedDescriptor);
    c.enter(actions, start.cwd);
    const argv = [start.command, ...start.args, null];
    const env = [...Object.entries(start.env).map(([name, value]) => `${name}=${value}`), null];
    const pid: [number] = [0];
    const error = withOpenFiles(start.openFiles, () =>
      c.posix_spawn(pid, program, actions, c.attributes, argv, env),
    );
    return error === 0 ? { pid: pid[0] } : { code: codeOf(error) };
  } finally {
    c.freeActions(actions);
    closeSync(devNull);
  }
}

function codeOf(error: number): string {
  return Object.entries(os.errno).find(([, number]) => number === error)?.[0] ?? `error ${error}`;
}

/** How a child of ours ended, and frees its pid; an unknown exit for any other process. */
function reap(pid: number): ExitInfo {
  const record = Buffer.alloc(info.bytes);
  const failed = spawnCalls().waitid(byPid, pid, record, endedNow) !== 0;
  if (failed || record.readInt32LE(info.pid) !== pid) return { code: null, signal: null };
  const status = record.readInt32LE(info.status);
  if (record.readInt32LE(info.code) === info.exited) return { code: status, signal: null };
  return { code: null, signal: signalName(status) };
}

/** The exit of a child that this file has started, reported through the program's one wait. */
export function watchDirect(
  identity: Identity,
  waiter: ExitWaiter,
): Pick<SpawnResult, 'exited' | 'onExit'> {
  const broadcaster = createExitBroadcaster();
  waiter.watch(identity, () => broadcaster.publish(reap(identity.pid)));
  return broadcaster;
}
