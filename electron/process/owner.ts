/**
 * Who looks after a process that Holdfast has not started: whoever would start it again. Asked of
 * the system, not guessed from its parent alone: a service's process may have forked away.
 */
// biome-ignore lint/style/noRestrictedImports: a service manager is told what to do through its pipe.
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { describeProcess } from './identity.ts';
import { cgroupOf, unitOf } from './linux/cgroup.ts';
import { allPids, readLink, readStat, readVariable, terminalOf } from './linux/proc.ts';
import { childProcess, run } from './on-demand.ts';
import type { ProcessDescription } from './platform-interface.ts';
import { starterOf } from './windows/owner.ts';

/** A service manager that is asked to restart something waits until that is done. */
const orderTimeoutMs = 60_000;

export type OwnerOrder = 'start' | 'stop' | 'restart';

export interface ProcessOwner {
  readonly type: 'systemd' | 'launchd' | 'supervisor' | 'holdfast' | 'terminal' | 'program';
  /** What a user would call it. */
  readonly name: string;
  /** It carries our own state folder: a gateway of ours, though not the one meant. */
  readonly isOurs?: true;
  /** Asks it; null when it takes no orders. Rejects with its own words. */
  readonly order: ((order: OwnerOrder) => Promise<void>) | null;
}

/** `stateRoot`: ours, so that another Holdfast is told apart. */
export function ownerOf(pid: number, stateRoot: string): ProcessOwner {
  if (process.platform === 'linux') return linuxOwner(pid, stateRoot);
  if (process.platform === 'win32') {
    const starter = starterOf(pid);
    return starter ? { ...starter, order: null } : programOwner(pid, pid);
  }
  return launchdOwner(pid) ?? programOwner(pid, pid);
}

/** Nobody known: named by the program that runs as `namedBy`. */
function programOwner(pid: number, namedBy: number): ProcessOwner {
  const name = describeProcess(namedBy)?.name ?? `process ${pid}`;
  return { type: 'program', name, order: null };
}

function linuxOwner(pid: number, stateRoot: string): ProcessOwner {
  const state = readVariable(pid, 'HOLDFAST_STATE');
  if (state === stateRoot) return { ...programOwner(pid, pid), isOurs: true };
  if (state !== undefined) {
    return { type: 'holdfast', name: `another Holdfast (${state})`, order: null };
  }
  const ancestors = ancestorsOf(pid);
  const nearer = supervisorAmong(ancestors, (name) => readVariable(pid, name));
  if (nearer) return nearer;
  const cgroup = cgroupOf(pid);
  const container = containerOf(cgroup, cgroupOf('self')) ?? portPublisher(describeProcess(pid));
  if (container) return { type: 'supervisor', name: container, order: null };
  // Before the unit: the unit of a terminal's program would end every terminal of it.
  const terminal = terminalOf(pid);
  if (terminal !== null) return { type: 'terminal', name: `a terminal (${terminal})`, order: null };
  const unit = serviceOf(cgroup);
  if (unit !== null)
    return systemdOwner(unit, /\/user@\d+\.service\//.test(cgroup), pid, ancestors);
  const [parent] = ancestors;
  return programOwner(pid, parent?.pid ?? pid);
}

/** From the parent upwards, without init. */
function ancestorsOf(pid: number): ProcessDescription[] {
  const found: ProcessDescription[] = [];
  for (let at = readStat(pid)?.parent ?? 0; at > 1; at = readStat(at)?.parent ?? 0) {
    const one = describeProcess(at);
    if (one) found.push(one);
  }
  return found;
}

/** The service unit that a control group belongs to; null when it is none. */
function serviceOf(cgroup: string): string | null {
  const unit = unitOf(cgroup).split('/').at(-1) ?? '';
  return unit.endsWith('.service') ? unit : null;
}

/**
 * A unit may run more than this gateway: cron and the like start the programs of others. It is asked
 * only when its main process is the gateway, or starts it through at most one other.
 */
function systemdOwner(
  unit: string,
  user: boolean,
  pid: number,
  ancestors: readonly ProcessDescription[],
): ProcessOwner {
  const near = [pid, ...ancestors.slice(0, 2).map((one) => one.pid)];
  const own = user ? ['--user'] : [];
  const order = async (what: OwnerOrder): Promise<void> => {
    const show = ['show', '--property=MainPID', '--value', unit];
    const { stdout } = await run('systemctl', [...own, ...show], { timeout: orderTimeoutMs });
    const main = Number(stdout.trim());
    if (main > 0 && (!near.includes(main) || startsForOthers(main))) {
      throw new Error(`${unit} runs other programs as well`);
    }
    await tellManager('systemctl', [...own, what, unit]);
  };
  return { type: 'systemd', name: `systemd (${unit})`, order };
}

function startsForOthers(pid: number): boolean {
  return /^(?:cron|crond|anacron|fcron|atd|sshd|login|tmux|screen|dtach)(?:$|:)/.test(
    describeProcess(pid)?.name ?? '',
  );
}

/** The family of daemontools: one supervisor a service, in its folder, with a pipe for orders. */
const daemontools: Readonly<Record<string, string>> = {
  runsv: 'runit',
  's6-supervise': 's6',
  supervise: 'daemontools',
};
const letters: Readonly<Record<OwnerOrder, string>> = { start: 'u', stop: 'd', restart: 't' };

/** `variable` reads the environment of the process itself; exported for its test. */
export function supervisorAmong(
  ancestors: readonly ProcessDescription[],
  variable: (name: string) => string | undefined,
  cwd: (pid: number) => string | undefined = (pid) => readLink(`/proc/${pid}/cwd`),
): ProcessOwner | null {
  for (const { pid, name, argv } of ancestors) {
    const family = daemontools[name];
    // Another user's supervisor hides its folder; then it is named, and not asked.
    const folder = family === undefined ? undefined : cwd(pid);
    if (family !== undefined) return daemontoolsOwner(family, folder);
    const words = argv.join(' ');
    const other = /\bsupervisord\b/.test(words)
      ? named('supervisord', variable('SUPERVISOR_PROCESS_NAME'))
      : /\bPM2 v|\bpm2\b.*Daemon/.test(words)
        ? named('pm2', variable('pm_id') === undefined ? undefined : variable('name'))
        : /^containerd-shim|^conmon$/.test(name)
          ? 'a container'
          : null;
    if (other !== null) return { type: 'supervisor', name: other, order: null };
  }
  return null;
}

const named = (program: string, name: string | undefined): string =>
  name ? `${program} (${name})` : program;

function daemontoolsOwner(family: string, folder: string | undefined): ProcessOwner {
  if (folder === undefined) return { type: 'supervisor', name: family, order: null };
  const control = join(folder, 'supervise', 'control');
  return {
    type: 'supervisor',
    name: `${family} (${folder})`,
    order: async (order) => tell(control, letters[order]),
  };
}

/** A container's name by its control group; null for none, and for the one that we are in ourselves. */
export function containerOf(cgroup: string, own: string): string | null {
  const [, kind, id] =
    /(docker|libpod|cri-containerd|crio|nerdctl)[-/]([0-9a-f]{64})/.exec(cgroup) ?? [];
  if (kind === undefined || id === undefined || own.includes(id)) return null;
  const engine = kind === 'libpod' ? 'podman' : kind === 'docker' ? 'docker' : 'a container engine';
  return `${engine} (container ${id.slice(0, 12)})`;
}

/** A program that holds a port on behalf of a container. */
function portPublisher(program: ProcessDescription | undefined): string | null {
  if (program?.name === 'docker-proxy') return 'docker';
  return program?.name === 'rootlessport' ? 'podman' : null;
}

/**
 * Linux: the process that publishes `port` for a container of Docker. It is root's: nobody else sees
 * its sockets, but everyone its arguments.
 */
export function containerProxyOf(port: number): number | undefined {
  if (process.platform !== 'linux') return undefined;
  return allPids().find((pid) => {
    const found = describeProcess(pid);
    const at = found?.name === 'docker-proxy' ? found.argv.indexOf('-host-port') : -1;
    return at >= 0 && found?.argv[at + 1] === String(port);
  });
}

/** `*` in a pattern stands for anything. */
export function matchesService(name: string, patterns: readonly string[]): boolean {
  const plain = name.replace(/\.service$/, '');
  return patterns.some((pattern) => {
    const parts = pattern.replace(/\.service$/, '').split('*');
    const escaped = parts.map((part) => part.replace(/[\\^$.+?()[\]{}|]/g, '\\$&'));
    return new RegExp(`^${escaped.join('.*')}$`).test(plain);
  });
}

/** The first process of a service (systemd unit, launchd job) that one of the patterns names. */
export function processOfService(patterns: readonly string[]): number | undefined {
  if (process.platform === 'darwin') {
    const jobs = launchdJobs().filter(({ label }) => matchesService(label, patterns));
    return jobs[0]?.pid;
  }
  if (process.platform !== 'linux') return undefined;
  const members = allPids().filter((pid) => {
    const unit = serviceOf(cgroupOf(pid));
    return unit !== null && matchesService(unit, patterns);
  });
  return members.find((pid) => !members.includes(readStat(pid)?.parent ?? 0));
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

/** `launchctl list` prints pid, last exit and label of every job of this user; `-` for no process. */
function launchdJobs(): { pid: number; label: string }[] {
  const listed = childProcess().execFileSync('launchctl', ['list'], {
    encoding: 'utf8',
    timeout: 5_000,
  });
  return listed.split('\n').flatMap((line) => {
    const [pid, , label] = line.split('\t');
    return label !== undefined && Number(pid) > 0 ? [{ pid: Number(pid), label }] : [];
  });
}

function launchdOwner(pid: number): ProcessOwner | null {
  const label = launchdJobs().find((job) => job.pid === pid)?.label;
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
