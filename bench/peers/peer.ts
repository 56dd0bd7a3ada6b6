/** What every supervisor is measured through: it keeps one server on one port, and nothing else. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { whoHoldsPort } from '../../electron/process/index.ts';

/** A server as every supervisor starts it. */
export interface ServerSpec {
  readonly command: string;
  args(port: number): readonly string[];
}

/** The same for all, but for the folder. */
export interface Place {
  /** The supervisor's own, for what it writes. */
  readonly folder: string;
  /** Where every server runs. */
  readonly cwd: string;
  /** What every server gets; a supervisor may add to it, and the result names the additions. */
  readonly env: Readonly<Record<string, string>>;
}

export interface Kept {
  /** The supervisor's own process, and the server's parent. */
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
  readonly version: string;
  /** What is set so that it is as fast as it can be. */
  readonly settings: string;
  /** Rejects with a clause when it can't be had here. */
  keep(server: ServerSpec, port: number, place: Place): Promise<Kept>;
}

/** Standard streams of a supervisor whose server inherits them: output goes to a file, as Holdfast's does. */
export function toLog({ folder }: Place): ['ignore', number, number] {
  const log = openSync(join(folder, 'server.log'), 'a', 0o600);
  return ['ignore', log, log];
}

/** How a server's surroundings differ from `place`; null when in nothing. */
export function surroundings(pid: number, place: Place): string | null {
  const found = new Map(
    readFileSync(`/proc/${pid}/environ`, 'utf8')
      .split('\0')
      .filter((entry) => entry !== '')
      .map((entry) => {
        const at = entry.indexOf('=');
        return [entry.slice(0, at), entry.slice(at + 1)] as const;
      }),
  );
  const shared = Object.entries(place.env);
  const added = [...found.keys()].filter((name) => !(name in place.env)).sort();
  const changed = shared.filter(([name, value]) => found.get(name) !== value).map(([name]) => name);
  const cwd = readlinkSync(`/proc/${pid}/cwd`);
  const says = [
    ...(added.length > 0 ? [`adds ${few(added)}`] : []),
    ...(changed.length > 0 ? [`changes or drops ${few(changed)}`] : []),
    ...(cwd === place.cwd ? [] : ['runs the server in another folder']),
  ];
  return says.length === 0 ? null : says.join('; ');
}

/** pm2 adds dozens. */
function few(names: readonly string[]): string {
  return names.length > 6
    ? `${names.length} variables (${names.slice(0, 4).join(', ')} …)`
    : names.join(', ');
}

/** The pid of the process that serves `port`, except `other`. Rejects when none does for `ms` milliseconds. */
export async function servedBy(port: number, other = 0, ms = 15_000): Promise<number> {
  const deadline = performance.now() + ms;
  for (;;) {
    const pid = whoHoldsPort(port)?.pid;
    if (pid !== undefined && pid > 0 && pid !== other) return pid;
    if (performance.now() > deadline) throw new Error(`nothing serves the port within ${ms} ms`);
    await pause(20);
  }
}

export async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}

/** Ends a server whose supervisor has ended. */
export async function endServer(port: number): Promise<void> {
  const pid = whoHoldsPort(port)?.pid;
  if (pid === undefined || pid <= 0) return;
  process.kill(pid, 'SIGKILL');
  while (whoHoldsPort(port)?.pid === pid) await pause(10);
}
