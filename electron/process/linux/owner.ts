/**
 * Linux: who manages a process that Holdfast has not started, by its ancestors, its control group and
 * its terminal.
 */
import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOrThrowStderr } from '../on-demand.ts';
import { programOwner } from '../owner.ts';
import type { OwnerOrder, ProcessDescription, ProcessOwner } from '../platform-interface.ts';
import { cgroupOf, unitOf } from './cgroup.ts';
import { allPids, describeLinux, readLink, readStat, readVariable, terminalOf } from './proc.ts';

/** A service manager answers a restart only when the restart is done. */
const orderTimeoutMs = 60_000;

export function ownerOf(pid: number, stateRoot: string): ProcessOwner {
  const state = readVariable(pid, 'HOLDFAST_STATE');
  if (state === stateRoot) return { ...programOwner(describeLinux(pid), pid), isOurs: true };
  if (state !== undefined) {
    return { type: 'holdfast', name: `another Holdfast (${state})`, order: null };
  }
  const ancestors = ancestorsOf(pid);
  const supervisor = supervisorAmong(ancestors, (name) => readVariable(pid, name));
  if (supervisor) return supervisor;
  const cgroup = cgroupOf(pid);
  const container = containerOf(cgroup, cgroupOf('self')) ?? portPublisher(describeLinux(pid));
  if (container) return { type: 'supervisor', name: container, order: null };
  // Before the unit: the unit of a terminal's program contains every terminal of it.
  const terminal = terminalOf(pid);
  if (terminal !== null) return { type: 'terminal', name: `a terminal (${terminal})`, order: null };
  const unit = serviceOf(cgroup);
  if (unit !== null) {
    return systemdOwner(unit, /\/user@\d+\.service\//.test(cgroup), pid, ancestors);
  }
  return programOwner(ancestors[0] ?? describeLinux(pid), pid);
}

/** The nearest first, without init. */
function ancestorsOf(pid: number): ProcessDescription[] {
  const found: ProcessDescription[] = [];
  for (let at = readStat(pid)?.parent ?? 0; at > 1; at = readStat(at)?.parent ?? 0) {
    const one = describeLinux(at);
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
 * A unit may run more than this gateway: cron and the like start other people's programs. It gets an
 * order only when its main process is the gateway, or starts it through at most one other process.
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
    await runOrThrowStderr('systemctl', [...own, what, unit], { timeout: orderTimeoutMs });
  };
  return { type: 'systemd', name: `systemd (${unit})`, order };
}

function startsForOthers(pid: number): boolean {
  return /^(?:cron|crond|anacron|fcron|atd|sshd|login|tmux|screen|dtach)(?:$|:)/.test(
    describeLinux(pid)?.name ?? '',
  );
}

/** The family of daemontools: one supervisor per service, in its folder, with a pipe for orders. */
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
  for (const ancestor of ancestors) {
    const family = daemontools[ancestor.name];
    if (family !== undefined) return daemontoolsOwner(family, cwd(ancestor.pid));
    const name = supervisorName(ancestor, variable);
    if (name !== null) return { type: 'supervisor', name, order: null };
  }
  return null;
}

/** The supervisor's name and the service's; null for any other program. */
function supervisorName(
  { name, argv }: ProcessDescription,
  variable: (name: string) => string | undefined,
): string | null {
  const line = argv.join(' ');
  if (/\bsupervisord\b/.test(line)) {
    return withService('supervisord', variable('SUPERVISOR_PROCESS_NAME'));
  }
  if (/\bPM2 v|\bpm2\b.*Daemon/.test(line)) {
    return withService('pm2', variable('pm_id') === undefined ? undefined : variable('name'));
  }
  return /^containerd-shim|^conmon$/.test(name) ? 'a container' : null;
}

const withService = (supervisor: string, service: string | undefined): string =>
  service ? `${supervisor} (${service})` : supervisor;

/** Another user's supervisor hides its folder; then it can be named but takes no orders. */
function daemontoolsOwner(family: string, folder: string | undefined): ProcessOwner {
  if (folder === undefined) return { type: 'supervisor', name: family, order: null };
  const control = join(folder, 'supervise', 'control');
  return {
    type: 'supervisor',
    name: `${family} (${folder})`,
    order: async (order) => writeOrder(control, letters[order]),
  };
}

/** Without blocking: the pipe of a supervisor that has ended has no reader. */
function writeOrder(control: string, letter: string): void {
  const fd = openSync(control, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    writeSync(fd, letter);
  } finally {
    closeSync(fd);
  }
}

/** A container's name by its control group; null without one, and for the one that Holdfast itself runs in. */
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

export function containerProxyOf(port: number): number | undefined {
  return allPids().find((pid) => {
    const program = describeLinux(pid);
    const at = program?.name === 'docker-proxy' ? program.argv.indexOf('-host-port') : -1;
    return at >= 0 && program?.argv[at + 1] === String(port);
  });
}

export function processOfService(matches: (name: string) => boolean): number | undefined {
  const members = allPids().filter((pid) => {
    const unit = serviceOf(cgroupOf(pid));
    return unit !== null && matches(unit);
  });
  return members.find((pid) => !members.includes(readStat(pid)?.parent ?? 0));
}
