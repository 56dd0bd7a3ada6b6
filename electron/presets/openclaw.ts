/**
 * OpenClaw: one gateway per user, on the port that its configuration names (18789 unless told).
 * `/healthz` says that it lives, `/readyz` that it takes work. It drains by itself on SIGTERM.
 */
import { join } from 'node:path';
import { fieldOf, parseJson } from '../gateway/json-field.ts';
import type { Found, Machine, Preset } from './preset.ts';

/** Its own default. */
const defaultPort = 18_789;
/** The first start of a new version compiles and migrates. */
const startTimeoutMs = 180_000;
/** It lets running turns end, up to five minutes; a stop that a person waits for must end before. */
const graceMs = 60_000;

export const openclaw: Preset = {
  id: 'openclaw',
  name: 'OpenClaw',
  about: 'The OpenClaw agent gateway.',
  find(machine): Found[] {
    const command = machine.which('openclaw');
    if (!command) return [];
    const settings = join(stateFolder(machine), 'openclaw.json');
    const port = portOf(machine.read(settings), machine);
    return [
      {
        where: `Its command is ${command}.`,
        profile: {
          schema: 1,
          id: 'openclaw',
          name: 'OpenClaw',
          program: {
            type: 'command',
            command,
            args: ['gateway', 'run', '--port', '{port}'],
          },
          port,
          readiness: { type: 'http', path: '/readyz' },
          liveness: { type: 'http', path: '/healthz' },
          startTimeoutMs,
          stop: { graceMs },
          update: { policy: 'keep' },
        },
      },
    ];
  },
};

function stateFolder({ env, home }: Machine): string {
  return env.OPENCLAW_STATE_DIR ?? join(home, '.openclaw');
}

/** Its configuration is JSON with comments; a port that can't be read is the default one. */
function portOf(settings: string | null, { env }: Machine): number {
  const said =
    Number(env.OPENCLAW_GATEWAY_PORT) ||
    fieldOf(parseJson(settings ?? ''), 'gateway.port') ||
    Number(/"?port"?\s*:\s*(\d+)/.exec(settings ?? '')?.[1]);
  return typeof said === 'number' && Number.isInteger(said) && said > 0 && said < 65_536
    ? said
    : defaultPort;
}
