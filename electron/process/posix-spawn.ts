/**
 * The start that Linux and macOS share: a session of its own, the listed descriptors and no others,
 * a complete environment. Synchronous, because a crashed gateway's way back leads through it.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Escape, Identity } from '../contract/identity.ts';
import { exitTeller } from './exit-teller.ts';
import { endLastLine, openLogFile } from './log-file.ts';
import { childProcess } from './on-demand.ts';
import { withOpenFiles } from './open-files.ts';
import {
  nonceVariable,
  SpawnError,
  type SpawnFailure,
  type SpawnResult,
  type SpawnSpec,
  type StreamTarget,
} from './spawn-spec.ts';
import { diagnose } from './why-not-started.ts';

/** A child that is not Node's. */
export type DirectChild = Pick<SpawnResult, 'identity' | 'exited' | 'onExit'>;

export interface PosixSpawnHooks {
  /** A quicker start, told the open streams; null leaves it to Node. */
  direct?(streams: { stdout: number; stderr: number }, env: SpawnSpec['env']): DirectChild | null;
  /** Close-on-exec for everything above stderr; must be cheap. */
  seal(): void;
  identify(pid: number, nonce: string): Identity | undefined;
}

function openStream(target: StreamTarget, opened: number[], command: string): number | 'ignore' {
  if (typeof target === 'number' || target === 'ignore') return target;
  try {
    const fd = openLogFile(target, 'append');
    opened.push(fd);
    endLastLine(target, fd);
    return fd;
  } catch (error) {
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    // No descriptor left for the log: then there is none for the start either.
    if (isPassing(codeOf(cause) ?? '')) throw cause;
    const why = error instanceof Error ? error.message : String(error);
    const message = `The output of ${command} can't be written: ${why}`;
    throw new SpawnError('no-output', command, message, error);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** What passes by itself, and what it means. */
const passing: Readonly<Record<string, string>> = {
  EAGAIN: 'this user has as many processes as the system allows',
  ENOMEM: 'the system has no memory left',
  EMFILE: 'Holdfast has as many files open as the system allows',
  ENFILE: 'the system has as many files open as it can',
  ETXTBSY: 'its file is being written at this moment',
};

/** True when another try soon may well succeed. */
export function isPassing(code: string): boolean {
  return Object.hasOwn(passing, code);
}

/** Turns what the system said into what a user can do: file and folders say more than its code. */
export function explainFailure(
  spec: SpawnSpec,
  code: string | undefined,
  cause: unknown,
): SpawnError {
  const { command } = spec;
  const passes = code === undefined ? undefined : passing[code];
  if (passes !== undefined) {
    const message = `The program ${command} could not be started: ${passes} (${code}). It is tried again.`;
    return new SpawnError('busy', command, message, cause);
  }
  const found = diagnose(spec);
  if (found) return new SpawnError(found.code, command, found.message, cause);
  const [kind, why]: readonly [SpawnFailure, string] =
    code === 'ENOENT'
      ? ['not-found', 'was not found. Check its path, or that it is installed.']
      : code === 'EACCES' || code === 'EPERM'
        ? [
            'not-allowed',
            'may not be run. Check that the file is executable and that you may read its folder.',
          ]
        : ['failed', `could not be started (${code ?? 'unknown error'}).`];
  return new SpawnError(kind, command, `The program ${command} ${why}`, cause);
}

/** Wraps a child: one exit, told synchronously to those who asked. */
export function watchChild(child: ChildProcess): Pick<SpawnResult, 'exited' | 'onExit'> {
  const teller = exitTeller();
  child.once('exit', (code, signal) => teller.tell({ code, signal }));
  return teller;
}

/** Of a child whose start nobody can tell any more; it was started all the same, and only once. */
export function endedIdentity(pid: number, nonce: string): Identity {
  return { pid, startedAt: 'ended', nonce };
}

/** Starts `spec` in a session of its own. Throws a SpawnError. `escape` is filled in by the caller. */
export function posixSpawn(spec: SpawnSpec, hooks: PosixSpawnHooks): Omit<SpawnResult, 'escape'> {
  const opened: number[] = [];
  try {
    const stdout = openStream(spec.stdout, opened, spec.command);
    const stderr =
      spec.stderr === spec.stdout ? stdout : openStream(spec.stderr, opened, spec.command);
    hooks.seal();
    const env = spec.nonce === '' ? spec.env : { ...spec.env, [nonceVariable]: spec.nonce };
    if (typeof stdout === 'number' && typeof stderr === 'number') {
      const direct = hooks.direct?.({ stdout, stderr }, env);
      if (direct) return { ...direct, pid: direct.identity.pid, child: true, stdin: undefined };
    }
    const child = withOpenFiles(spec.openFiles, () =>
      childProcess().spawn(spec.command, spec.args, {
        cwd: spec.cwd,
        // Node adds its own, unless the name is there.
        env: { NODE_V8_COVERAGE: undefined, ...env },
        detached: true,
        stdio: [spec.stdin ?? 'ignore', stdout, stderr],
      }),
    );
    if (child.pid === undefined) throw failureOf(spec, child);
    const { pid } = child;
    // It outlives us by design: it must not hold this program open.
    child.unref();
    // Dead within the microseconds since exec: the marker is of the zombie we have not reaped yet.
    const identity = hooks.identify(pid, spec.nonce) ?? endedIdentity(pid, spec.nonce);
    return { pid, identity, child: true, stdin: child.stdin ?? undefined, ...watchChild(child) };
  } catch (error) {
    if (error instanceof SpawnError) throw error;
    throw explainFailure(spec, codeOf(error), error);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** No pid means exec failed; Node tells why only later, so the reason is found by looking. */
function failureOf(spec: SpawnSpec, child: ChildProcess): SpawnError {
  // Without a listener the late 'error' event would end this program.
  child.on('error', () => {});
  return explainFailure(spec, undefined, undefined);
}

export function sessionEscape(session: number | undefined, pid: number): Escape {
  if (session === pid) {
    return { rung: 'setsid', proof: 'proven', detail: 'It leads a session of its own.' };
  }
  return { rung: 'setsid', proof: 'assumed', detail: 'It was started in a session of its own.' };
}
