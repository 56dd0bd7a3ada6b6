/**
 * OpenClaw: one gateway per state folder, on the port that its configuration names (18789 unless
 * told). `/startupz` says that it has started, `/readyz` what in it does not work. Told that others
 * look after it, it ends in order to be started again (0) and leaves services alone.
 */
import { posix, win32 } from 'node:path';
import json5 from 'json5';
import type { ProfileInput } from '../contract/profile.ts';
import { fieldOf, isRecord } from '../gateway/json-field.ts';
import { presetId } from './machine.ts';
import type { Found, Machine, Preset } from './preset.ts';

/** Its own default. */
const defaultPort = 18_789;
/** A new version migrates first; its own watchdog gives a start as long. */
const startTimeoutMs = 300_000;
/** It lets running turns end: 315 s, and then it cancels and cleans up. */
const graceMs = 330_000;
/** What it compiles or migrates while it runs stops its answers for a while. */
const hungAfterMs = 90_000;
/** The first version that is known to answer `/startupz`. */
const startupSince = [2026, 8, 1] as const;
const profileName = /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/;

/** Which of its state folders a gateway uses, as its own variables say. */
const ownVariables = [
  'OPENCLAW_HOME',
  'OPENCLAW_STATE_DIR',
  'OPENCLAW_CONFIG_PATH',
  'OPENCLAW_PROFILE',
] as const;

export const openclaw: Preset = {
  id: 'openclaw',
  name: 'OpenClaw',
  about: 'The OpenClaw agent gateway. Each of its profiles becomes a gateway of its own.',
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
  // A named one is told by its argument which folder it has.
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
    readiness: tellsItsStart(machine, command)
      ? { type: 'http', path: '/startupz', expect: { field: 'status', oneOf: ['started'] } }
      : { type: 'http', path: '/readyz' },
    liveness: { type: 'http', path: '/readyz', hungAfterMs },
    report: { from: [{ type: 'http', path: '/readyz' }], fields: { parts: 'failing' } },
    startTimeoutMs,
    stop: { graceMs },
    exitCodes: { restart: [0, 75], fatal: [78] },
    services: serviceNames(itself),
    update: { policy: 'keep' },
  };
  return { profile, where: `Its command is ${command}.${serviceOf(machine, itself)}` };
}

/** Its configuration is JSON5; one that can't be read says nothing. */
function parse(text: string | null): unknown {
  try {
    return json5.parse(text ?? '');
  } catch {
    return undefined;
  }
}

function portOf(settings: unknown, told: string | undefined): number {
  const said = Number(told) || fieldOf(settings, 'gateway.port');
  return typeof said === 'number' && Number.isInteger(said) && said > 0 && said < 65_536
    ? said
    : defaultPort;
}

/** It makes its certificate itself, unless it is given one for another name than the loopback's. */
function httpsOf(settings: unknown): Pick<ProfileInput, 'https'> {
  return fieldOf(settings, 'gateway.tls.enabled') === true
    ? { https: { ownCertificate: true } }
    : {};
}

/** The version stands in the package that the command leads to. */
function tellsItsStart(machine: Machine, command: string): boolean {
  const { join, dirname } = pathOf(machine);
  const own = parse(machine.read(join(dirname(machine.real(command)), 'package.json')));
  const version = isRecord(own) && own.name === 'openclaw' ? own.version : undefined;
  const [numbers] = typeof version === 'string' ? (/^\d+\.\d+\.\d+/.exec(version) ?? []) : [];
  // Behind a script of a package manager no version is found: then it is taken for a new one.
  if (numbers === undefined) return true;
  const found = numbers.split('.').map(Number);
  const at = startupSince.findIndex((number, index) => number !== found[index]);
  return at < 0 || (found[at] ?? 0) > (startupSince[at] ?? 0);
}

/** As its own installer names them: the systemd unit and the launchd label. */
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
