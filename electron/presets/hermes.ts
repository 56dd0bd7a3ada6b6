/**
 * Hermes: each of its profiles (a home folder of its own) is a gateway of its own. How it speaks is
 * read from its public sources: state file and control socket say how it is, a lock says that it
 * lives, the heartbeat (every 30 s, stale after 90 s) that it does not hang, the marker that a stop
 * is meant. Exit 75 asks for a restart, 78 says that one is pointless.
 */
import { createHash } from 'node:crypto';
import { posix, win32 } from 'node:path';
import type { ProfileInput } from '../contract/profile.ts';
import type { Found, Machine, Preset } from './preset.ts';

/** Started more than 5 times in 120 s it sleeps up to 300 s before it starts; and a minute for that. */
const startTimeoutMs = 360_000;
/** Its own drain may take half an hour; a stop that a person waits for must end before. */
const graceMs = 60_000;
const profileName = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export const hermes: Preset = {
  id: 'hermes',
  name: 'Hermes',
  about: 'The gateway of the Hermes agent. Each Hermes profile becomes a gateway of its own.',
  find(machine) {
    const { join } = pathOf(machine);
    const root = rootOf(machine);
    const command = commandOf(machine, root);
    if (!command || !machine.isFolder(root)) return [];
    const profiles = machine
      .list(join(root, 'profiles'))
      .filter((name) => profileName.test(name) && machine.isFolder(join(root, 'profiles', name)));
    return [null, ...profiles].map((name) => toFound(machine, root, command, name));
  },
};

function pathOf({ platform }: Machine): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

function rootOf(machine: Machine): string {
  const { env, home, platform } = machine;
  const { join } = pathOf(machine);
  if (env.HERMES_HOME) return env.HERMES_HOME;
  const local = env.LOCALAPPDATA ?? join(home, 'AppData', 'Local');
  return platform === 'win32' ? join(local, 'hermes') : join(home, '.hermes');
}

/** The installed command, or the checkout's own Python with the module. */
function commandOf(machine: Machine, root: string): readonly string[] | null {
  const { join } = pathOf(machine);
  const found = machine.which('hermes');
  if (found) return [found];
  const venv = join(root, 'hermes-agent', 'venv');
  const python =
    machine.platform === 'win32'
      ? join(venv, 'Scripts', 'python.exe')
      : join(venv, 'bin', 'python');
  return machine.isFile(python) ? [python, '-m', 'hermes_cli.main'] : null;
}

function toFound(
  machine: Machine,
  root: string,
  [command = '', ...args]: readonly string[],
  name: string | null,
): Found {
  const { join } = pathOf(machine);
  const home = name === null ? root : join(root, 'profiles', name);
  const own = name === null ? [] : ['--profile', name];
  const profile: ProfileInput = {
    schema: 1,
    id: name === null ? 'hermes' : idOf(name),
    name: name === null ? 'Hermes' : `Hermes (${name})`,
    program: {
      type: 'command',
      command,
      args: [...args, ...own, 'gateway', 'run', '--external-supervisor'],
      cwd: home,
    },
    env: { HERMES_HOME: root },
    ...looks(machine, home),
    lock: { path: join(home, 'gateway.lock') },
    startTimeoutMs,
    stop: {
      by: {
        type: 'planned-stop',
        path: join(home, '.gateway-planned-stop.json'),
        pidFile: join(home, 'gateway.pid'),
      },
      graceMs,
    },
    exitCodes: { restart: [75], fatal: [78] },
    update: { policy: 'keep' },
  };
  return { profile, where: `Its home is ${home}.` };
}

function looks(
  machine: Machine,
  home: string,
): Pick<ProfileInput, 'readiness' | 'liveness' | 'heartbeat' | 'report'> {
  const { join } = pathOf(machine);
  const path = controlSocket(machine, home);
  return {
    readiness: { type: 'report', states: ['running', 'degraded'] },
    // Older ones have no control socket: then the heartbeat alone tells.
    liveness: { type: 'control-socket', path, verb: 'identify' },
    heartbeat: { path: join(home, 'state', 'gateway.heartbeat'), maxAgeMs: 90_000 },
    report: {
      from: [
        { type: 'control-socket', path, verb: 'status' },
        { type: 'file', path: join(home, 'gateway_state.json') },
      ],
      fields: {
        state: 'gateway_state',
        busy: 'active_agents',
        reason: 'exit_reason',
        restart: 'restart_requested',
        pid: 'pid',
        parts: 'platforms',
      },
      degraded: ['degraded'],
      stopped: ['stopped'],
    },
  };
}

function controlSocket(machine: Machine, home: string): string {
  const { join } = pathOf(machine);
  if (machine.platform !== 'win32') return join(home, 'gateway.sock');
  const hash = createHash('sha256').update(win32.resolve(home).toLowerCase()).digest('hex');
  return `\\\\.\\pipe\\hermes-gateway-${hash.slice(0, 16)}`;
}

/** Ids have no underscores and at most 40 letters. */
function idOf(name: string): string {
  const id = `hermes-${name.replaceAll('_', '-')}`;
  if (id.length <= 40 && !id.endsWith('-') && !name.includes('_')) return id;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 6);
  return `${id.slice(0, 33).replace(/-+$/, '')}-${hash}`;
}
