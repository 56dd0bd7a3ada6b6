/**
 * Who looks after a process that Holdfast has not started: whoever would start it again. Asked of
 * the system, not guessed from its parent alone: a service's process may have forked away.
 */
// biome-ignore lint/style/noRestrictedImports: a service manager is told what to do through its pipe.
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describeProcess } from './identity.ts';
import { cgroupOf, unitOf } from './linux/cgroup.ts';
import { readLink, readStat, readVariable, terminalOf } from './linux/proc.ts';
import { childProcess, run } from './on-demand.ts';

/** A service manager that is asked to restart something waits until that is done. */
const orderTimeoutMs = 60_000;

export type OwnerOrder = 'start' | 'stop' | 'restart';

export interface ProcessOwner {
  readonly type: 'systemd' | 'launchd' | 'supervisor' | 'holdfast' | 'terminal' | 'program';
  /** What a user would call it. */
  readonly name: string;
  /** Asks it; null when it takes no orders. Rejects with its own words. */
  readonly order: ((order: OwnerOrder) => Promise<void>) | null;
}

/** `stateRoot`: ours, so that another Holdfast is told apart. */
export function ownerOf(pid: number, stateRoot: string): ProcessOwner {
  if (process.platform === 'linux') return linuxOwner(pid, stateRoot);
  const launchd = process.platform === 'darwin' ? launchdOwner(pid) : null;
  return launchd ?? programOwner(pid, pid);
}

/** Nobody known: named by the program that runs as `namedBy`. */
function programOwner(pid: number, namedBy: number): ProcessOwner {
  const name = describeProcess(namedBy)?.name ?? `process ${pid}`;
  return { type: 'program', name, order: null };
}

function linuxOwner(pid: number, stateRoot: string): ProcessOwner {
  const cgroup = cgroupOf(pid);
  const unit = unitOf(cgroup).split('/').at(-1) ?? '';
  if (unit.endsWith('.service')) {
    const user = /\/user@\d+\.service\//.test(cgroup);
    return systemdOwner(unit, user);
  }
  const state = readVariable(pid, 'HOLDFAST_STATE');
  if (state !== undefined && state !== stateRoot) {
    return { type: 'holdfast', name: `another Holdfast (${state})`, order: null };
  }
  const supervisor = supervisorAbove(pid);
  if (supervisor) return supervisor;
  const terminal = terminalOf(pid);
  if (terminal !== null) return { type: 'terminal', name: `a terminal (${terminal})`, order: null };
  const parent = readStat(pid)?.parent ?? 0;
  return programOwner(pid, parent > 1 ? parent : pid);
}

function systemdOwner(unit: string, user: boolean): ProcessOwner {
  return {
    type: 'systemd',
    name: `systemd (${unit})`,
    order: (order) => tellManager('systemctl', [...(user ? ['--user'] : []), order, unit]),
  };
}

/** The family of daemontools: one supervisor a service, in its folder, with a pipe for orders. */
const daemontools: Readonly<Record<string, string>> = {
  runsv: 'runit',
  's6-supervise': 's6',
  supervise: 'daemontools',
};
const letters: Readonly<Record<OwnerOrder, string>> = { start: 'u', stop: 'd', restart: 't' };

function supervisorAbove(pid: number): ProcessOwner | null {
  for (let at = readStat(pid)?.parent ?? 0; at > 1; at = readStat(at)?.parent ?? 0) {
    const found = describeProcess(at);
    const family = daemontools[found?.name ?? ''];
    const folder = readLink(`/proc/${at}/cwd`);
    if (family !== undefined && folder !== undefined) {
      const control = join(folder, 'supervise', 'control');
      return {
        type: 'supervisor',
        name: `${family} (${folder})`,
        order: async (order) => tell(control, letters[order]),
      };
    }
    const words = found?.argv.join(' ') ?? '';
    const other = /\bsupervisord\b/.test(words)
      ? 'supervisord'
      : /\bPM2 v|\bpm2\b.*Daemon/.test(words)
        ? 'pm2'
        : null;
    if (other !== null) return { type: 'supervisor', name: other, order: null };
  }
  return null;
}

/** Not blocking: a supervisor that is gone reads nothing. */
function tell(control: string, letter: string): void {
  const fd = openSync(control, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    writeSync(fd, letter);
  } finally {
    closeSync(fd);
  }
}

/** `launchctl list` prints pid, last exit and label of every job of this user. */
function launchdOwner(pid: number): ProcessOwner | null {
  const listed = childProcess().execFileSync('launchctl', ['list'], {
    encoding: 'utf8',
    timeout: 5_000,
  });
  const line = listed.split('\n').find((one) => one.startsWith(`${pid}\t`));
  const label = line?.split('\t')[2];
  // Jobs of apps that the user has opened are nobody's service.
  if (!label || label.startsWith('application.')) return null;
  const target = `gui/${process.getuid?.() ?? 0}/${label}`;
  const words: Readonly<Record<OwnerOrder, readonly string[]>> = {
    start: ['kickstart', target],
    restart: ['kickstart', '-k', target],
    stop: ['kill', 'SIGTERM', target],
  };
  return {
    type: 'launchd',
    name: `launchd (${label})`,
    order: (order) => tellManager('launchctl', words[order]),
  };
}

async function tellManager(command: string, args: readonly string[]): Promise<void> {
  try {
    await run(command, args, { timeout: orderTimeoutMs });
  } catch (error) {
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
    throw new Error(said || (error instanceof Error ? error.message : String(error)), {
      cause: error,
    });
  }
}
