/** What every world of an update shares: builds, three gateways of the three policies, and settings. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { demoProfile } from '../../electron/contract/demo-gateway.ts';
import { freePort } from '../../electron/testing/free-port.ts';
import { here, layReleaseGateway, type View } from './release-gateway.ts';
import type { Sandbox } from './sandbox.ts';

export const oldBuild = { version: '1.0.0', build: '1.0.0+old' } as const;
export const newBuild = { version: '1.0.1', build: '1.0.1+new' } as const;

/** Ticks of the reference gateway's scheduler, milliseconds. */
export const tickMs = 100;

export const ids = ['reference', 'release', 'foreign'] as const;
export type GatewayId = (typeof ids)[number];
export type Ports = Readonly<Record<GatewayId, number>>;

/** Long enough for a watch to notice a gateway's death, short enough for two dozen tests. */
export const shortSoakMs = 1_500;

/** Only clicks check for updates: the automatic check could come between two of them. */
export function checkByClicksOnly(sandbox: Sandbox): void {
  const settings = { schema: 1, checkForUpdates: false };
  writeFileSync(join(sandbox.state, 'settings.json'), JSON.stringify(settings), { mode: 0o600 });
}

/** Profiles and folders of the three: swap, release (with an update command) and keep. */
export function writeProfiles(sandbox: Sandbox, port: Ports, view: View = here): void {
  const data = join(sandbox.state, 'gateway-data/reference');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(
    join(data, 'jobs.json'),
    JSON.stringify({
      schema: 1,
      jobs: [{ id: 'tick', everyMs: tickMs }],
    }),
  );
  sandbox.writeProfile(demoProfile(port.reference));
  sandbox.writeProfile(
    layReleaseGateway(
      {
        id: 'release',
        port: port.release,
        folder: join(sandbox.folder, 'venv'),
        next: join(sandbox.folder, 'venv-next'),
        builds: [oldBuild.build, newBuild.build],
      },
      view,
    ),
  );
  sandbox.writeProfile({
    schema: 1,
    id: 'foreign',
    name: 'Foreign server',
    program: {
      type: 'command',
      command: view.node,
      args: [view.fixture('foreign-server.ts'), String(port.foreign)],
      cwd: view.seen(sandbox.folder),
    },
    port: port.foreign,
    readiness: { type: 'tcp' },
    update: { policy: 'keep' },
  });
}

/** A port for each. */
export async function choosePorts(): Promise<Ports> {
  return {
    reference: await freePort(),
    release: await freePort(),
    foreign: await freePort(),
  };
}
