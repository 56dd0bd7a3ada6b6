/**
 * Hermes: its default profile is a gateway, and each named profile (with its own home folder) is another,
 * unless the default one serves it too. Its interfaces are taken from its public sources: state file and
 * control socket give its state, a lock shows that it is alive, the heartbeat (every 30 s, stale after
 * 90 s) that it does not hang, and a marker announces a planned stop. Exit code 75 asks for a restart,
 * 78 says that another start is pointless.
 */
import { createHash } from 'node:crypto';
import { posix, win32 } from 'node:path';
import type { ProfileInput } from '../contract/profile.ts';
import type { CommandInput } from '../contract/profile-update.ts';
import { isRecord, parseJson } from '../gateway/probes/json-field.ts';
import { presetId } from './machine.ts';
import type { Found, Machine, Preset } from './preset.ts';

/** After more than 5 starts in 120 s it sleeps up to 300 s before the next; the start itself takes up to a minute. */
const startTimeoutMs = 360_000;
/**
 * Its own drain may take half an hour, longer than a person waits for a stop; its watchdog ends it a
 * minute after the request.
 */
const graceMs = 75_000;
/** Its own watchdog lets the event loop be blocked for this long, as by a model that loads. */
const hungAfterMs = 120_000;
/** It may build a desktop program and install Python packages. */
const updateTimeoutMs = 3_600_000;
/** Its own limit for a fetch is five minutes. */
const checkTimeoutMs = 330_000;
const profileName = /^[a-z0-9][a-z0-9_-]{0,63}$/;

export const hermes: Preset = {
  id: 'hermes',
  name: 'Hermes',
  about: 'The gateway of the Hermes agent. Each Hermes profile becomes its own gateway.',
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
  const python = pythonOf(machine, join(root, 'hermes-agent'));
  return machine.isFile(python) ? [python, '-m', 'hermes_cli.main'] : null;
}

function pythonOf(machine: Machine, checkout: string): string {
  const { join } = pathOf(machine);
  return machine.platform === 'win32'
    ? join(checkout, 'venv', 'Scripts', 'python.exe')
    : join(checkout, 'venv', 'bin', 'python');
}

/** Whether the default profile's gateway serves this one too: Hermes then refuses to run it separately. */
function isServed(machine: Machine, root: string, name: string): boolean {
  const { join } = pathOf(machine);
  const own = machine.read(join(root, 'profiles', name, 'config.yaml')) ?? '';
  if (isOn(gatewaySetting(own, 'standalone'))) return false;
  const settings = machine.read(join(root, 'config.yaml')) ?? '';
  const allowed = gatewaySetting(settings, 'multiplex_profile_allowlist');
  if (allowed !== undefined && (allowed.match(/[\w-]+/g) ?? []).every((one) => one !== name))
    return false;
  const setting =
    machine.env.GATEWAY_MULTIPLEX_PROFILES || gatewaySetting(settings, 'multiplex_profiles');
  return setting === undefined ? hostServes(machine, root, name) : isOn(setting);
}

function isOn(value: string | undefined): boolean {
  return /^["']?(true|yes|on|1)\b/i.test(value?.trim() ?? '');
}

/**
 * A setting under `gateway:` in Hermes' settings, as it is written there: one value, or the lines of a
 * list. Enough for switches and names; undefined when it is not set.
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

/** At the top level, which Hermes accepts too, or in the block of the gateway. */
function isInGateway(lines: readonly string[], index: number): boolean {
  if (/^\S/.test(lines[index] ?? '')) return true;
  const head = lines.slice(0, index).findLast((line) => /^\S/.test(line));
  return /^["']?gateway["']?\s*:/.test(head ?? '');
}

/** Newer versions serve all profiles by default, and write down which. */
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
  // Without it, Hermes uses the profile that was used last.
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
    ...healthChecks(machine, home),
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
    update: { policy: 'keep', ...ownUpdate(machine, root, command, args) },
  };
  const more =
    name === null && served.length > 0 ? ` It serves the profiles ${served.join(', ')} too.` : '';
  return { profile, where: `Its home is ${home}.${more}` };
}

/**
 * How it updates itself. `--check` counts commits and names no version; the title of its latest release
 * does (“Hermes Agent v0.23.4 (2026.9.5)”). `--check` also says whether it can be updated here at all, and
 * reached, before anything is stopped.
 */
function ownUpdate(
  machine: Machine,
  root: string,
  command: string,
  args: readonly string[],
): Omit<Extract<ProfileInput['update'], { policy: 'keep' }>, 'policy'> {
  const { join } = pathOf(machine);
  const checkout = join(root, 'hermes-agent');
  // A marker of supervision belongs to the gateway, not to what updates it.
  const beside = { command, without: ['HERMES_SUPERVISED_CHILD'] };
  // Without the profile it writes its receipt into the home of the one that was used last.
  const update = [...args, '--profile', 'default', 'update'];
  return {
    preflight: { ...beside, args: [...update, '--check'], timeoutMs: checkTimeoutMs },
    command: { ...beside, args: [...update, '--yes', '--gateway'], timeoutMs: updateTimeoutMs },
    marker: { path: join(root, '.hermes-update-in-progress') },
    receipt: {
      path: join(root, 'logs', 'update_receipts', 'latest.json'),
      outcome: 'outcome',
      good: ['success'],
      unchanged: ['refused'],
      reason: 'stop_reason',
      before: 'pre_update.sha',
      after: 'post_update.sha',
    },
    ...(machine.isFolder(checkout) ? { folder: checkout } : {}),
    ...(machine.isFolder(join(checkout, '.git'))
      ? { rollback: { type: 'git', folder: checkout, ...reinstall(machine, root, checkout) } }
      : {}),
    version: { type: 'command', ...beside, args: [...args, '--version'] },
    check: {
      type: 'http',
      url: 'https://api.github.com/repos/NousResearch/hermes-agent/releases/latest',
      field: 'name',
    },
  };
}

/** Installs what the commit needs that was checked out again, as its documentation says for a roll-back. */
function reinstall(machine: Machine, root: string, checkout: string): { command?: CommandInput } {
  const { join } = pathOf(machine);
  const python = pythonOf(machine, checkout);
  if (!machine.isFile(python)) return {};
  const own = join(root, 'bin', machine.platform === 'win32' ? 'uv.exe' : 'uv');
  const uv = machine.isFile(own) ? own : machine.which('uv');
  const more = { cwd: checkout, timeoutMs: updateTimeoutMs };
  return uv === null
    ? { command: { command: python, args: ['-m', 'pip', 'install', '-e', '.[all]'], ...more } }
    : {
        command: {
          command: uv,
          args: ['pip', 'install', '--python', python, '-e', '.[all]'],
          ...more,
        },
      };
}

function healthChecks(
  machine: Machine,
  home: string,
): Pick<ProfileInput, 'readiness' | 'liveness' | 'heartbeat' | 'report'> {
  const { join } = pathOf(machine);
  const path = controlSocket(machine, home);
  return {
    readiness: { type: 'report', states: ['running', 'degraded'] },
    // Older versions have no control socket: there the heartbeat alone shows a hang.
    liveness: { type: 'control-socket', path, verb: 'identify', hungAfterMs },
    heartbeat: {
      path: join(home, 'state', 'gateway.heartbeat'),
      maxAgeMs: 90_000,
      loopTick: {
        socket: join(home, 'state', 'gateway.loop-tick.{pid}.sock'),
        portField: 'loop_tick_tcp_port',
      },
    },
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
