/** Three gateways of the three policies, as an update meets them. */

import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../electron/process/test-port.ts';
import { projectRoot } from './desktop-app.ts';
import type { Sandbox } from './sandbox.ts';

export const OLD = { version: '1.0.0', build: '1.0.0+old' } as const;
export const NEW = { version: '1.0.1', build: '1.0.1+new' } as const;

/** Ticks of the reference gateway's scheduler, milliseconds. */
export const TICK_MS = 100;

export interface Ports {
  readonly reference: number;
  readonly release: number;
  readonly foreign: number;
}

/** How the gateways' own system sees what lies here. */
export interface Sight {
  /** The Node that runs the gateways. */
  readonly node: string;
  /** A file of e2e/fixtures. */
  fixture(name: string): string;
  /** A path in the sandbox. */
  seen(path: string): string;
}

/** Gateways on this very system. */
export const HERE: Sight = {
  node: process.execPath,
  fixture: (name) => join(projectRoot, 'e2e/fixtures', name),
  seen: (path) => path,
};

/** Profiles and folders of the three: swap, release (with an update command) and keep. */
export function writeProfiles(sandbox: Sandbox, port: Ports, sight: Sight = HERE): void {
  const data = join(sandbox.state, 'gateway-data/reference');
  mkdirSync(data, { recursive: true, mode: 0o700 });
  writeFileSync(
    join(data, 'jobs.json'),
    JSON.stringify({
      schema: 1,
      jobs: [{ id: 'tick', everyMs: TICK_MS, action: { type: 'tick' } }],
    }),
  );
  sandbox.writeProfile({
    schema: 1,
    id: 'reference',
    name: 'Reference gateway',
    program: { type: 'shipped', name: 'reference-gateway' },
    port: port.reference,
    readiness: { type: 'http', path: '/readyz' },
    liveness: { type: 'http', path: '/healthz' },
    status: { path: '/status' },
    update: { policy: 'swap' },
  });
  const folder = join(sandbox.folder, 'venv');
  const next = join(sandbox.folder, 'venv-next');
  for (const [target, build] of [
    [folder, OLD.build],
    [next, NEW.build],
  ] as const) {
    mkdirSync(target);
    cpSync(
      join(projectRoot, 'e2e/fixtures/release-gateway/server.mjs'),
      join(target, 'server.mjs'),
    );
    writeFileSync(join(target, 'build.txt'), `${build}\n`);
  }
  sandbox.writeProfile({
    schema: 1,
    id: 'release',
    name: 'Locked folder',
    program: {
      type: 'command',
      command: sight.node,
      args: [sight.seen(join(folder, 'server.mjs')), String(port.release)],
      cwd: sight.seen(folder),
    },
    port: port.release,
    readiness: { type: 'http', path: '/readyz' },
    status: { path: '/status' },
    update: {
      policy: 'release',
      folder: sight.seen(folder),
      command: {
        command: sight.node,
        args: [sight.fixture('release-gateway/update.mjs'), sight.seen(folder), sight.seen(next)],
        cwd: sight.seen(sandbox.folder),
      },
    },
  });
  sandbox.writeProfile({
    schema: 1,
    id: 'foreign',
    name: 'Foreign server',
    program: {
      type: 'command',
      command: sight.node,
      args: [sight.fixture('foreign-server.ts'), String(port.foreign)],
      cwd: sight.seen(sandbox.folder),
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
