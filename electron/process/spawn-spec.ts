/** What a long-lived process is started from, and what a start returns. */
import type { Escape, Identity } from '../contract/identity.ts';

export type { Escape, Identity };

/** Where a stream goes: a file (opened for append, mode 0600), an open descriptor, or nowhere. */
export type StreamTarget = string | number | 'ignore';

/** A listening socket. */
export interface NamedSocket {
  readonly name: string;
  /** A descriptor of this process. */
  readonly fd: number;
}

export interface SpawnSpec {
  readonly kind: 'watcher' | 'gateway' | 'installer' | 'app';
  /** An executable: absolute, or found through `env.PATH`. */
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment. Nothing is inherited; the nonce is added. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdout: StreamTarget;
  readonly stderr: StreamTarget;
  /** 'pipe' gives the child a pipe whose end closes with us; only direct children have one. */
  readonly stdin?: 'ignore' | 'pipe';
  /**
   * A listening socket that it gets as descriptor 3, told by LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES
   * (sd_listen_fds(3)). Not on Windows.
   */
  readonly listen?: NamedSocket;
  /** '' for a process without one. */
  readonly nonce: string;
  /** The soft limit of open files; ours when it is absent. */
  readonly openFiles?: number;
  /** 'required' climbs the ladder (see launchOutside); 'session' needs only a new session. */
  readonly escape: 'required' | 'session';
}

/** How a process ended. Both are null when the system shows it to the parent alone. */
export interface ExitInfo {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface SpawnResult {
  readonly pid: number;
  readonly identity: Identity;
  readonly escape: Escape;
  /** False when another program is its parent (systemd, WMI …): then the exit code may be unknown. */
  readonly child: boolean;
  readonly stdin: NodeJS.WritableStream | undefined;
  readonly exited: Promise<ExitInfo>;
  /** Calls back once, synchronously from the exit event; on the next tick if the process has ended already. */
  onExit(callback: (exit: ExitInfo) => void): void;
}

export type SpawnFailure =
  | 'not-found'
  | 'not-allowed'
  | 'inside-app'
  | 'bad-folder'
  | 'no-output'
  /** The system can't start it at the moment; nothing is wrong with the program. */
  | 'busy'
  | 'failed';

/** A failed start, with a sentence that a user can act on. */
export class SpawnError extends Error {
  readonly code: SpawnFailure;
  readonly command: string;
  constructor(code: SpawnFailure, command: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SpawnError';
    this.code = code;
    this.command = command;
  }
}

/**
 * Throws a SpawnError for a spec with a NUL character, at which the system would cut it off and use
 * another program, argument, folder or variable.
 */
export function refuseNul(spec: SpawnSpec): void {
  const parts: readonly (readonly [string, readonly string[]])[] = [
    ['command', [spec.command]],
    ['arguments', spec.args],
    ['working folder', [spec.cwd]],
    ['environment', Object.entries(spec.env).flat()],
  ];
  const found = parts.find(([, texts]) => texts.some((text) => text.includes('\0')));
  if (!found) return;
  const shown = spec.command.replaceAll('\0', '\u2400');
  throw new SpawnError(
    'failed',
    shown,
    `${shown} was not started: its ${found[0]} contains a NUL character. Take it out.`,
  );
}
