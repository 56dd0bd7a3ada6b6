/** The gateways of a soak run: one of each kind, so that every way to watch and to end one is met. */
import { fileURLToPath } from 'node:url';
import { buildTinyServer } from '../../bench/servers/tiny-server.ts';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import { freePort } from '../../electron/testing/free-port.ts';

export interface SoakGateway {
  readonly profile: ProfileInput & { readonly port: number };
  /** Its answer carries its nonce. */
  readonly tells: boolean;
  /** A stopped process is noticed and replaced. */
  readonly hangIsSeen: boolean;
  /** It is busy ending for a while, so that a watcher can be killed meanwhile. */
  readonly drains: boolean;
  /** Its child holds its port, and it ends with that child. */
  readonly hasChild: boolean;
}

/** How long the draining one goes on serving after SIGTERM. */
const drainMs = '400';
/** As often as a profile may ask; with the shipped times a hang is then replaced within 9 s. */
const liveness = { type: 'http', path: '/healthz', everyMs: 500 } as const;
const stop = { graceMs: 10_000 };

function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** @param folder where the C server is built and foreign programs run */
export async function soakGateways(folder: string): Promise<SoakGateway[]> {
  const node = (script: string, ...args: readonly string[]) => ({
    type: 'command' as const,
    command: process.execPath,
    args: [fixture(script), ...args],
    cwd: folder,
  });
  const misbehaving = (...flags: readonly string[]) =>
    node('misbehaving-gateway.ts', '--port', '{port}', ...flags);
  const answers = {
    readiness: { type: 'http', path: '/readyz' },
    status: { path: '/status' },
  } as const;
  const make = async (
    id: string,
    profile: Omit<ProfileInput, 'schema' | 'id' | 'name' | 'port'>,
    habits: Partial<Omit<SoakGateway, 'profile'>> = {},
  ): Promise<SoakGateway> => ({
    profile: { schema: 1, id, name: id, port: await freePort(), stop, ...profile },
    tells: false,
    hangIsSeen: false,
    drains: false,
    hasChild: false,
    ...habits,
  });
  const tiny = await buildTinyServer(folder).catch((error: Error) => {
    console.log(`soak: without the C server: ${error.message}`);
  });
  return [
    await make(
      'shipped',
      {
        program: { type: 'shipped', name: 'reference-gateway' },
        update: { policy: 'swap' },
        liveness,
        ...answers,
      },
      { tells: true, hangIsSeen: true },
    ),
    await make(
      'plain',
      { program: misbehaving(), liveness, ...answers },
      { tells: true, hangIsSeen: true },
    ),
    await make(
      'draining',
      { program: misbehaving('--drain-ms', drainMs), ...answers },
      { tells: true, drains: true },
    ),
    // Its child holds the port and outlives it: the next one can stay only when that was swept away.
    await make(
      'parent',
      {
        program: misbehaving('--grandchild', '--needs-grandchild', '--grandchild-ms', '3600000'),
        ...answers,
      },
      { tells: true, hasChild: true },
    ),
    await make('foreign', {
      program: node('foreign-server.ts', '{port}'),
      readiness: { type: 'tcp' },
    }),
    ...(tiny
      ? [
          await make('tiny', {
            program: { type: 'command', command: tiny, args: ['{port}'], cwd: folder },
            readiness: { type: 'tcp' },
          }),
        ]
      : []),
  ];
}
