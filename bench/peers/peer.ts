/** What every supervisor is measured through: it keeps one server on one port, and nothing else. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { whoHoldsPort } from '../../electron/process/index.ts';

/** A server as every supervisor starts it. */
export interface ServerSpec {
  readonly command: string;
  args(port: number): readonly string[];
}

export interface Kept {
  /** The supervisor's own process. */
  readonly supervisor: number;
  /** Asks for a restart as its user would. */
  restart(): Promise<void>;
  /** Called before each kill: makes it a first failure where the supervisor counts them. */
  forgive?(): Promise<void>;
  /** Ends it and the server. */
  stop(): Promise<void>;
}

export interface Peer {
  readonly name: string;
  /** Rejects with a clause when it can't be had here. */
  keep(server: ServerSpec, port: number, folder: string): Promise<Kept>;
}

/** What all of them start their server with. */
export function plainEnvironment(): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return { PATH, HOME };
}

/** The pid of whoever serves `port`. Rejects when nobody does for `ms`. */
export async function servedBy(port: number, ms = 15_000): Promise<number> {
  const deadline = performance.now() + ms;
  for (;;) {
    const pid = whoHoldsPort(port)?.pid;
    if (pid !== undefined && pid > 0) return pid;
    if (performance.now() > deadline) throw new Error(`nobody serves port ${port}`);
    await pause(20);
  }
}

export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Ends a server whose supervisor is gone. */
export async function endServer(port: number): Promise<void> {
  const pid = whoHoldsPort(port)?.pid;
  if (pid === undefined || pid <= 0) return;
  process.kill(pid, 'SIGKILL');
  while (whoHoldsPort(port)?.pid === pid) await pause(10);
}
