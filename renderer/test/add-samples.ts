/** Samples of what presets bring: gateways that report, and what can be added. */
import * as z from 'zod/mini';
import { demoProfile } from '../../electron/contract/demo-gateway.ts';
import type { GatewayView } from '../../electron/contract/gateway.ts';
import type { PresetView, Suggestion } from '../../electron/contract/presets.ts';
import { type Profile, profileSchema } from '../../electron/contract/profile.ts';
import { remote } from '../../electron/presets/remote.ts';
import { gateway } from './samples.ts';

/** A gateway that tells much about itself. */
export function reporting(now: number): GatewayView {
  return gateway(now, {
    id: 'hermes',
    name: 'Hermes (work)',
    restartWhenIdle: true,
    report: {
      state: 'running',
      busy: 3,
      parts: [
        { name: 'telegram', state: 'connected' },
        {
          name: 'discord',
          state: 'error',
          message: 'The token was refused. Make a new one in the developer portal.',
          attention: true,
        },
        { name: 'slack', state: 'reconnecting' },
      ],
    },
  });
}

/** A health check for a server that has none. */
export function suggestion(): Suggestion {
  const program = { type: 'command', command: '/opt/server' };
  const profile = { schema: 1, id: 'reference', name: 'Demo gateway', program, port: 8080 };
  return { port: 8080, path: '/health', profile: z.parse(profileSchema, profile) };
}

/** What can be added on a machine where Hermes is installed. */
export function presetViews(): PresetView[] {
  const profile = z.parse(profileSchema, {
    schema: 1,
    id: 'hermes',
    name: 'Hermes',
    program: { type: 'command', command: '/home/alex/.local/bin/hermes', args: ['gateway', 'run'] },
  });
  const unit = {
    type: 'systemd',
    name: 'systemd (hermes-gateway.service)',
    pid: 4_711,
    takesOrders: true,
  } as const;
  const work = { ...profile, id: 'hermes-work', name: 'Hermes (work)' };
  return [
    {
      id: 'hermes',
      name: 'Hermes',
      about: 'The gateway of the Hermes agent.',
      fields: [],
      found: [
        { profile, where: 'Its home is /home/alex/.hermes.', owner: unit },
        { profile: work, where: 'Its home is /home/alex/.hermes/profiles/work.', owner: null },
      ],
    },
    {
      id: remote.id,
      name: remote.name,
      about: remote.about,
      fields: [...(remote.form?.fields ?? [])],
      found: [],
    },
  ];
}

/** What is written of the demo gateway, and of one with a command of its own. */
export function profiles(): Profile[] {
  const program = {
    type: 'command',
    command: '/home/alex/.local/bin/hermes',
    args: ['gateway', 'run', '--port', '18790'],
    cwd: '/home/alex/.hermes',
  };
  const env = { HERMES_HOME: '/home/alex/.hermes', HERMES_TOKEN: 'secret' };
  return [
    z.parse(profileSchema, demoProfile()),
    z.parse(profileSchema, { schema: 1, id: 'hermes', name: 'Hermes', program, env, port: 18_790 }),
  ];
}
