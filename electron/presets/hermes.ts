/**
 * Hermes: its default profile is a gateway, and each named one (a home folder of its own) is another,
 * unless the default one serves it too. How it speaks is read from its public sources: state file and
 * control socket say how it is, a lock says that it lives, the heartbeat (every 30 s, stale after
 * 90 s) that it does not hang, the marker that a stop is meant. Exit 75 asks for a restart, 78 says
 * that one is pointless.
 */
import { createHash } from 'node:crypto';
import { posix, win32 } from 'node:path';
import type { ProfileInput } from '../contract/profile.ts';
import { isRecord, parseJson } from '../gateway/json-field.ts';
import { presetId } from './machine.ts';
import type { Found, Machine, Preset } from './preset.ts';

/** Started more than 5 times in 120 s it sleeps up to 300 s before it starts; and a minute for that. */
const startTimeoutMs = 360_000;
/**
 * Its own drain may take half an hour, and a stop that a person waits for must end before; its
 * watchdog ends it a minute after that.
 */
const graceMs = 75_000;
/** How long its own watchdog lets the event loop be blocked: a model that loads does that. */
const hungAfterMs = 120_000;
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
    const served = profiles.filter((name) => isServed(machine, root, name));
    const own = profiles.filter((name) => !served.includes(name));
    return [null, ...own].map((name) => toFound(machine, root, command, name, served));
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
  const onWindows = machine.platform === 'win32';
  const program = onWindows ? 'hermes.exe' : 'hermes';
  const installed = [
    join(root, 'bin', program),
    join(root, 'hermes-agent', '.hermes', 'bin', program),
  ].find((file) => machine.isFile(file));
  if (installed !== undefined) return [installed];
  const venv = join(root, 'hermes-agent', 'venv');
  const python = onWindows ? join(venv, 'Scripts', 'python.exe') : join(venv, 'bin', 'python');
  return machine.isFile(python) ? [python, '-m', 'hermes_cli.main'] : null;
}

/** Whether the default profile's gateway serves this one too: then Hermes refuses to run it apart. */
function isServed(machine: Machine, root: string, name: string): boolean {
  const { join } = pathOf(machine);
  const own = machine.read(join(root, 'profiles', name, 'config.yaml')) ?? '';
  if (isOn(gatewaySetting(own, 'standalone'))) return false;
  const settings = machine.read(join(root, 'config.yaml')) ?? '';
  const allowed = gatewaySetting(settings, 'multiplex_profile_allowlist');
  if (allowed !== undefined && (allowed.match(/[\w-]+/g) ?? []).every((one) => one !== name))
    return false;
  const told =
    machine.env.GATEWAY_MULTIPLEX_PROFILES || gatewaySetting(settings, 'multiplex_profiles');
  return told === undefined ? hostServes(machine, root, name) : isOn(told);
}

function isOn(value: string | undefined): boolean {
  return /^["']?(true|yes|on|1)\b/i.test(value?.trim() ?? '');
}

/**
 * What stands under `gateway:` in Hermes' settings, as it is written there: one value, or the lines
 * of a list. Enough for switches and names; undefined when nothing does.
 */
function gatewaySetting(yaml: string, name: string): string | undefined {
  const lines = yaml.split(/\r?\n/).filter((line) => !/^\s*(#|$)/.test(line));
  const key = new RegExp(`^(\\s*)["']?${name}["']?\\s*:(.*)$`);
  const at = lines.findIndex((line, index) => key.test(line) && isInGateway(lines, index));
  if (at < 0)
    return new RegExp(`^gateway\\s*:\\s*\\{.*\\b${name}["']?\\s*:\\s*([^,}]+)`, 'm').exec(
      yaml,
    )?.[1];
  const [, indent = '', value = ''] = key.exec(lines[at] ?? '') ?? [];
  if (value.trim() !== '') return value;
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => !new RegExp(`^${indent}(\\s|-)`).test(line));
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

/** At the top, where Hermes takes it too, or in the block of the gateway. */
function isInGateway(lines: readonly string[], index: number): boolean {
  if (/^\S/.test(lines[index] ?? '')) return true;
  const head = lines.slice(0, index).findLast((line) => /^\S/.test(line));
  return /^["']?gateway["']?\s*:/.test(head ?? '');
}

/** Newer ones serve all profiles without being told, and write down which. */
function hostServes({ env, home, read }: Machine, root: string, name: string): boolean {
  const state = env.XDG_STATE_HOME || posix.join(home, '.local', 'state');
  const folder = env.HERMES_GATEWAY_LOCK_DIR || posix.join(state, 'hermes', 'gateway-locks');
  const record = parseJson(read(posix.join(folder, 'host-gateway.json')) ?? '');
  const served = isRecord(record) && record.home === root ? record.profiles : undefined;
  return Array.isArray(served) && served.includes(name);
}

function toFound(
  machine: Machine,
  root: string,
  [command = '', ...args]: readonly string[],
  name: string | null,
  served: readonly string[],
): Found {
  const { join } = pathOf(machine);
  const home = name === null ? root : join(root, 'profiles', name);
  // Without it, Hermes takes the profile that was last used.
  const own = ['--profile', name ?? 'default'];
  const profile: ProfileInput = {
    schema: 1,
    id: name === null ? 'hermes' : presetId('hermes', name),
    name: name === null ? 'Hermes' : `Hermes (${name})`,
    program: {
      type: 'command',
      command,
      args: [...args, ...own, 'gateway', 'run', '--external-supervisor', '-v'],
      cwd: home,
    },
    env: { HERMES_HOME: root, HERMES_SUPERVISED_CHILD: '1' },
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
  const more =
    name === null && served.length > 0 ? ` It serves the profiles ${served.join(', ')} too.` : '';
  return { profile, where: `Its home is ${home}.${more}` };
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
    liveness: { type: 'control-socket', path, verb: 'identify', hungAfterMs },
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
