/**
 * The start that Linux and macOS share: a new session, the listed descriptors and no others,
 * a complete environment. Synchronous, because every millisecond of a crashed gateway's restart counts.
 */
import type { ChildProcess } from 'node:child_process';
import { closeSync } from 'node:fs';
import { errorText } from '../../contract/error-text.ts';
import { type Escape, type Identity, nonceVariable } from '../../contract/identity.ts';
import { endLastLine, openLogFile } from '../../files/log-file.ts';
import { childProcess } from '../on-demand.ts';
import { createExitBroadcaster } from '../spawn-result.ts';
import { SpawnError, type SpawnResult, type SpawnSpec, type StreamTarget } from '../spawn-spec.ts';
import { diagnose, explainFailure, isPassing } from '../why-not-started.ts';
import { withOpenFiles } from './processes.ts';

/** Where a passed socket is in the child: the first descriptor after the three streams (sd_listen_fds(3)). */
export const passedDescriptor = 3;
/** LISTEN_PID must be the pid of the program itself, which only the process itself knows before it runs it. */
const socketStep = 'LISTEN_PID=$$; export LISTEN_PID; exec "$@"';

/**
 * With a socket to pass: the same start through a step of the shell, which becomes the program. Throws
 * what is wrong with the program, which the shell would tell only to the log.
 */
export function withSocketStep(
  spec: SpawnSpec,
  isOnNoExecMount?: PosixSpawnHooks['isOnNoExecMount'],
): SpawnSpec {
  const { listen, command, args, cwd, env } = spec;
  if (!listen) return spec;
  const found = diagnose({ command, cwd, env, isOnNoExecMount });
  if (found) throw new SpawnError(found.code, command, found.message);
  return {
    ...spec,
    command: '/bin/sh',
    args: ['-c', socketStep, 'sh', command, ...args],
    env: { ...env, LISTEN_FDS: '1', LISTEN_FDNAMES: listen.name },
  };
}

/** A child that Node has not started. */
export type DirectChild = Pick<SpawnResult, 'identity' | 'exited' | 'onExit'>;

/** Where the two systems differ. */
export interface PosixSpawnHooks {
  /** A faster start with the opened streams; null leaves the start to Node. */
  direct?(streams: { stdout: number; stderr: number }, env: SpawnSpec['env']): DirectChild | null;
  /** Close-on-exec for everything above stderr; must be cheap. */
  seal(): void;
  identify(pid: number, nonce: string): Identity | undefined;
  /** Whether a file lies on a disk that nothing may run from; false where the system does not say. */
  isOnNoExecMount?(file: string): boolean;
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
    const why = errorText(error);
    const message = `The output of ${command} can't be written: ${why}`;
    throw new SpawnError('no-output', command, message, error);
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

/** The child's exit, reported synchronously to all subscribers. */
function watchChild(child: ChildProcess): Pick<SpawnResult, 'exited' | 'onExit'> {
  const broadcaster = createExitBroadcaster();
  child.once('exit', (code, signal) => broadcaster.publish({ code, signal }));
  return broadcaster;
}

/** For a child that ended before its start marker could be read: it was started, and only once. */
export function endedIdentity(pid: number, nonce: string): Identity {
  return { pid, startedAt: 'ended', nonce };
}

/** Starts `spec` in a new session. Throws a SpawnError. `escape` is filled in by the caller. */
export function posixSpawn(spec: SpawnSpec, hooks: PosixSpawnHooks): Omit<SpawnResult, 'escape'> {
  const opened: number[] = [];
  const wanted = { ...spec, isOnNoExecMount: hooks.isOnNoExecMount };
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
        // Node adds its own value unless the name is present.
        env: { NODE_V8_COVERAGE: undefined, ...env },
        detached: true,
        stdio: [spec.stdin ?? 'ignore', stdout, stderr, ...(spec.listen ? [spec.listen.fd] : [])],
      }),
    );
    if (child.pid === undefined) {
      // exec failed. Node reports the reason only later, in an 'error' event that would end this
      // program without a listener; the files show it now.
      child.on('error', () => {});
      throw explainFailure(wanted, undefined, undefined);
    }
    const { pid } = child;
    // It outlives this program by design, so it must not keep it open.
    child.unref();
    // Dead within the microseconds since exec: the marker is of the zombie we have not reaped yet.
    const identity = hooks.identify(pid, spec.nonce) ?? endedIdentity(pid, spec.nonce);
    return { pid, identity, child: true, stdin: child.stdin ?? undefined, ...watchChild(child) };
  } catch (error) {
    if (error instanceof SpawnError) throw error;
    throw explainFailure(wanted, codeOf(error), error);
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}

/** The escape of a start by setsid; `session` as the system shows it. */
export function sessionEscape(session: number | undefined, pid: number): Escape {
  if (session === pid) {
    return { rung: 'setsid', proof: 'proven', detail: 'It leads its own session.' };
  }
  return { rung: 'setsid', proof: 'assumed', detail: 'It was started in a new session.' };
}
