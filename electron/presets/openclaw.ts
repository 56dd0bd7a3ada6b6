/**
 * OpenClaw: one gateway per state folder, on the port that its configuration names (18789 by default).
 * `/startupz` says that it has started, `/readyz` which of its parts fail. Under an external supervisor
 * it exits with 0 in order to be started again, and leaves services alone.
 */
import { posix, win32 } from 'node:path';
import json5 from 'json5';
import type { ProfileInput } from '../contract/profile.ts';
import { fieldOf, isRecord } from '../gateway/probes/json-field.ts';
import { presetId } from './machine.ts';
import type { Found, Machine, Preset } from './preset.ts';

/** Its own default. */
const defaultPort = 18_789;
/** A new version migrates first; its own watchdog allows a start the same time. */
const startTimeoutMs = 300_000;
/** It waits 315 s for running turns, then cancels them and cleans up. */
const graceMs = 330_000;
/** While it compiles or migrates, it does not answer for a while. */
const hungAfterMs = 90_000;
/** It gives each of its steps half an hour; few of them take long. */
const updateTimeoutMs = 3_600_000;
/** The first version that is known to answer `/startupz`. */
const startupSince = [2026, 8, 1] as const;
const profileName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** OpenClaw's own variables for the state folder that a gateway uses. */
const ownVariables = [
  'OPENCLAW_HOME',
  'OPENCLAW_STATE_DIR',
  'OPENCLAW_CONFIG_PATH',
  'OPENCLAW_PROFILE',
] as const;

export const openclaw: Preset = {
  id: 'openclaw',
  name: 'OpenClaw',
  about: 'The OpenClaw agent gateway. Each of its profiles becomes its own gateway.',
  find(machine): Found[] {
    const command = machine.which('openclaw');
    if (!command) return [];
    const { env } = machine;
    const { join } = pathOf(machine);
    const home = env.OPENCLAW_HOME || machine.home;
    const named = machine
      .list(home)
      .flatMap((folder) => /^\.openclaw-(.+)$/.exec(folder)?.[1] ?? [])
      .filter((name) => profileName.test(name) && name !== env.OPENCLAW_PROFILE)
      .filter((name) => machine.isFile(join(home, `.openclaw-${name}`, 'openclaw.json')));
    return [null, ...named].map((name) => toFound(machine, command, home, name));
  },
};

function pathOf({ platform }: Machine): typeof posix {
  return platform === 'win32' ? win32 : posix;
}

function toFound(machine: Machine, command: string, home: string, name: string | null): Found {
  const { env } = machine;
  const { join } = pathOf(machine);
  const itself = name ?? (env.OPENCLAW_PROFILE || 'default');
  const folder = join(home, itself === 'default' ? '.openclaw' : `.openclaw-${itself}`);
  const state = (name === null && env.OPENCLAW_STATE_DIR) || folder;
  const file = (name === null && env.OPENCLAW_CONFIG_PATH) || join(state, 'openclaw.json');
  const settings = parse(machine.read(file));
  // The folder of a named profile follows from its argument.
  const passed = name === null ? ownVariables : ownVariables.slice(0, 1);
  const profile: ProfileInput = {
    schema: 1,
    id: name === null ? 'openclaw' : presetId('openclaw', name),
    name: name === null ? 'OpenClaw' : `OpenClaw (${name})`,
    program: {
      type: 'command',
      command,
      args: [...(name === null ? [] : ['--profile', name]), 'gateway', 'run', '--port', '{port}'],
    },
    env: {
      OPENCLAW_SUPERVISOR_MODE: 'external',
      OPENCLAW_SERVICE_REPAIR_POLICY: 'external',
      ...Object.fromEntries(passed.flatMap((one) => (env[one] ? [[one, env[one]]] : []))),
    },
    port: portOf(settings, name === null ? env.OPENCLAW_GATEWAY_PORT : undefined),
    ...httpsOf(settings),
    readiness: answersStartup(machine, command)
      ? { type: 'http', path: '/startupz', expect: { field: 'status', oneOf: ['started'] } }
      : { type: 'http', path: '/readyz' },
    liveness: { type: 'http', path: '/readyz', hungAfterMs },
    report: { from: [{ type: 'http', path: '/readyz' }], fields: { parts: 'failing' } },
    startTimeoutMs,
    stop: { graceMs },
    exitCodes: { restart: [0, 75], fatal: [78] },
    services: serviceNames(itself),
    update: {
      policy: 'keep',
      ...ownUpdate(machine, command, name, [file, ...recordsIn(join, state)]),
    },
  };
  return { profile, where: `Its command is ${command}.${serviceOf(machine, itself)}` };
}

/**
 * What a new version migrates, and an older one then refuses, besides the configuration: its databases. What
 * agents work on, credentials (some messengers count on, and must not be set back) and plugins stay.
 */
function recordsIn(join: typeof posix.join, state: string): string[] {
  return ['state', 'agents'].map((one) => join(state, one));
}

/**
 * How it updates itself: its own updater refuses to run under an external supervisor, so it is not told
 * about one; while it runs, the gateway is stopped. The supervisor starts the gateway again.
 *
 * The updater tries the new version on a copy of its state before it replaces anything, with channels,
 * timers and hooks taken out of a copied configuration, which a profile's `rehearsal` can't: none is named.
 * @param records what comes back with the old version: its configuration and databases
 */
function ownUpdate(
  machine: Machine,
  command: string,
  name: string | null,
  records: string[],
): Omit<Extract<ProfileInput['update'], { policy: 'keep' }>, 'policy'> {
  const own = name === null ? [] : ['--profile', name];
  const folder = packageFolder(machine, command);
  return {
    command: {
      command,
      args: [...own, 'update', '--yes', '--no-restart'],
      without: ['OPENCLAW_SUPERVISOR_MODE'],
      timeoutMs: updateTimeoutMs,
    },
    ...(folder === null ? {} : { folder }),
    ...(folder === null || !isWhole(machine, folder) ? {} : { rollback: wayBack(folder, records) }),
    version: { type: 'command', command, args: [...own, '--version'] },
    // It knows the channel that it is set to: stable, beta or a branch.
    check: {
      type: 'command',
      command,
      args: [...own, 'update', 'status', '--json', '--timeout', '30'],
      field: 'update.registry.latestVersion',
      timeoutMs: 120_000,
    },
  };
}

/**
 * Copies, not `npm install openclaw@<old>`: they need no registry and no npm, are exactly what ran, and the old
 * version refuses what the new one has migrated. The program is the large part (39,000 files), and is copied
 * while it runs.
 */
function wayBack(folder: string, records: string[]) {
  return { type: 'snapshot' as const, paths: records, program: [folder] };
}

/** npm puts all that a global package needs into the package's folder; pnpm and Bun put it elsewhere. */
function isWhole(machine: Machine, folder: string): boolean {
  const { join } = pathOf(machine);
  const needed = packageIn(machine, folder)?.dependencies;
  return (
    isRecord(needed) &&
    Object.keys(needed).every((one) => machine.isFolder(join(folder, 'node_modules', one)))
  );
}

/** Its configuration is JSON5; undefined when it can't be read. */
function parse(text: string | null): unknown {
  try {
    return json5.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function portOf(settings: unknown, variable: string | undefined): number {
  const port = Number(variable) || fieldOf(settings, 'gateway.port');
  return typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536
    ? port
    : defaultPort;
}

/** It creates its own certificate, unless it is given one for another name than the loopback's. */
function httpsOf(settings: unknown): Pick<ProfileInput, 'https'> {
  return fieldOf(settings, 'gateway.tls.enabled') === true
    ? { https: { ownCertificate: true } }
    : {};
}

/** The package that the command leads to; null behind a script of a package manager. */
function packageFolder(machine: Machine, command: string): string | null {
  const folder = pathOf(machine).dirname(machine.real(command));
  return packageIn(machine, folder) ? folder : null;
}

function packageIn(machine: Machine, folder: string): Readonly<Record<string, unknown>> | null {
  const found = parse(machine.read(pathOf(machine).join(folder, 'package.json')));
  return isRecord(found) && found.name === 'openclaw' ? found : null;
}

/** Whether its version answers `/startupz`; the version is in the package that the command leads to. */
function answersStartup(machine: Machine, command: string): boolean {
  const folder = packageFolder(machine, command);
  const version = folder === null ? undefined : packageIn(machine, folder)?.version;
  const [numbers] = typeof version === 'string' ? (/^\d+\.\d+\.\d+/.exec(version) ?? []) : [];
  // Behind a script of a package manager no version is found: a new one is assumed.
  if (numbers === undefined) return true;
  const found = numbers.split('.').map(Number);
  const at = startupSince.findIndex((number, index) => number !== found[index]);
  return at < 0 || (found[at] ?? 0) > (startupSince[at] ?? 0);
}

/** The systemd unit and the launchd label, as OpenClaw's installer names them. */
function serviceNames(profile: string): string[] {
  return profile === 'default'
    ? ['openclaw-gateway.service', 'ai.openclaw.gateway']
    : [`openclaw-gateway-${profile}.service`, `ai.openclaw.${profile}`];
}

/** The service that OpenClaw may have installed for itself: two gateways fight over one lock. */
function serviceOf(machine: Machine, profile: string): string {
  const { join } = pathOf(machine);
  const isDefault = profile === 'default';
  const label = `ai.openclaw.${isDefault ? 'gateway' : profile}`;
  const unit = `openclaw-gateway${isDefault ? '' : `-${profile}`}.service`;
  const [name, ...file] =
    machine.platform === 'darwin'
      ? [label, 'Library', 'LaunchAgents', `${label}.plist`]
      : [unit, '.config', 'systemd', 'user', unit];
  return machine.isFile(join(machine.home, ...file))
    ? ` It has a service, ${name}: "openclaw gateway uninstall" takes that away, so that Holdfast alone runs it.`
    : '';
}
