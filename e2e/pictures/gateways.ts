/** The gateways of the pictures: real processes with made-up names, and what happened to them in the last day. */
import type { EventFacts } from '../../electron/contract/events.ts';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import { stateFolder } from '../../electron/files/state-folder.ts';
import { EventLog } from '../../electron/gateway/events/event-log.ts';
import { layVersionedGateway } from '../support/release-gateway.ts';
import { freePort, type World } from '../support/world.ts';

const hour = 3_600_000;

/** Answers every question; its report names a part that needs its user. */
const chat = `
  console.log('connected to Matrix');
  console.log('Discord: the token was refused');
  const platforms = {
    matrix: { state: 'connected' },
    discord: { state: 'error', error_message: 'The token was refused', needs_attention: true },
  };
  require('node:http')
    .createServer((_, response) => response.end(JSON.stringify({ platforms })))
    .listen(process.argv[1], '127.0.0.1');
`;
const web = `
  console.log('listening on port ' + process.argv[1]);
  require('node:http')
    .createServer((_, response) => response.end('well'))
    .listen(process.argv[1], '127.0.0.1');
`;

async function server(
  id: string,
  name: string,
  script: string,
  more: Partial<ProfileInput> = {},
): Promise<ProfileInput> {
  const port = await freePort();
  const args = ['-e', script, '{port}'];
  return {
    schema: 1,
    id,
    name,
    program: { type: 'command', command: process.execPath, args },
    port,
    readiness: { type: 'http', path: '/' },
    ...more,
  };
}

/** What happened in the last day, by hours before now. */
export function writePast(
  world: World,
  id: string,
  past: readonly [hoursAgo: number, EventFacts][],
): void {
  const now = Date.now();
  let at = now;
  const log = new EventLog(stateFolder(world.state).eventFile(id), {
    now: () => at,
    up: () => at - now + 40 * hour,
  });
  // Another watcher looked after it until now.
  for (const [hoursAgo, facts] of [...past, left]) {
    at = now - hoursAgo * hour;
    log.append([{ ...facts, ...log.moment() }]);
  }
}

export const began: [number, EventFacts] = [30, { kind: 'watching', why: 'boot' }];
const left: [number, EventFacts] = [0.01, { kind: 'unwatched', why: 'signal' }];
export const ready: EventFacts = { kind: 'ready', status: 'up', tookMs: 900 };
const crashed: EventFacts = {
  kind: 'ended',
  status: 'down',
  by: { cause: 'itself' },
  code: 1,
  reason: 'exit code 1',
  output: ['Error: Cannot find module ‘express’'],
};
const again: EventFacts = { kind: 'started', why: 'crash' };

/** Six as they are found on a machine at home. */
export async function someGateways(world: World): Promise<void> {
  const { profile } = await layVersionedGateway(world, 'notes', () => ({ soakMs: 30_000 }));
  world.writeProfile({ ...profile, name: 'Notes agent' });
  const reporting: Partial<ProfileInput> = {
    report: { from: [{ type: 'http', path: '/' }], fields: { parts: 'platforms' } },
  };
  for (const one of [
    await server('chat', 'Chat agent', chat, reporting),
    await server('photos', 'Photo server', web),
    await server('home', 'Home automation', web),
    await server('backup', 'Nightly backup', web, { autostart: false }),
    await server(
      'weather',
      'Weather bot',
      `console.error("Error: Cannot find module 'express'"); process.exit(78)`,
      {
        exitCodes: { restart: [], fatal: [78] },
      },
    ),
  ]) {
    world.writeProfile(one);
  }
  writePast(world, 'notes', [began, [29.9, ready]]);
  writePast(world, 'chat', [began, [29.9, ready]]);
  writePast(world, 'photos', [began, [29.9, ready], [9, crashed], [8.99, again], [8.4, ready]]);
  writePast(world, 'home', [
    began,
    [29.9, ready],
    [15, { kind: 'unwell', status: 'unwell', problem: { message: 'It does not answer.' } }],
    [14.2, { kind: 'recovered', status: 'up' }],
  ]);
}
