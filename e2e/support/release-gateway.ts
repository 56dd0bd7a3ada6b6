/**
 * A gateway that runs from a folder of its own, like one in a venv, with its next build beside it and a
 * command that puts that in the folder's place (fixtures/release-gateway).
 */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import type { ProfileInput } from '../../electron/contract/profile.ts';
import { freePort } from '../../electron/testing/free-port.ts';
import { projectRoot } from './desktop-app.ts';
import type { Sandbox } from './sandbox.ts';

/** How the gateways' own system sees the files of this one. */
export interface View {
  /** The Node that runs the gateways. */
  readonly node: string;
  /** A file of e2e/fixtures. */
  fixture(name: string): string;
  /** A path in the sandbox. */
  seen(path: string): string;
}

/** Gateways on this very system. */
export const here: View = {
  node: process.execPath,
  fixture: (name) => join(projectRoot, 'e2e/fixtures', name),
  seen: (path) => path,
};

type OwnUpdate = Extract<NonNullable<ProfileInput['update']>, { policy: 'release' }>;

/** Lays two builds, in `folder` and in `next`; the answer is the profile, with its update command. */
export function layReleaseGateway(
  how: {
    readonly id: string;
    readonly port: number;
    readonly folder: string;
    readonly next: string;
    readonly builds: readonly [now: string, next: string];
  },
  { node, fixture, seen }: View = here,
): ProfileInput & { readonly update: OwnUpdate & Required<Pick<OwnUpdate, 'command'>> } {
  const { id, port, folder, next, builds } = how;
  for (const [target, build] of [
    [folder, builds[0]],
    [next, builds[1]],
  ] as const) {
    mkdirSync(target, { recursive: true });
    cpSync(
      join(projectRoot, 'e2e/fixtures/release-gateway/server.mjs'),
      join(target, 'server.mjs'),
    );
    writeFileSync(join(target, 'build.txt'), `${build}\n`);
  }
  return {
    schema: 1,
    id,
    name: 'Locked folder',
    program: {
      type: 'command',
      command: node,
      args: [seen(join(folder, 'server.mjs')), String(port)],
      cwd: seen(folder),
    },
    port,
    readiness: { type: 'http', path: '/readyz' },
    status: { path: '/status' },
    update: {
      policy: 'release',
      folder: seen(folder),
      command: {
        command: node,
        args: [fixture('release-gateway/update.mjs'), seen(folder), seen(next)],
        cwd: seen(join(folder, '..')),
      },
    },
  };
}

/** What is installed, and what is the newest. */
export const versions = { old: '1.0.0', next: '1.1.0' } as const;

export interface VersionedGateway {
  readonly id: string;
  /** Holds all that belongs to it. */
  readonly root: string;
  /** What it runs from. */
  readonly folder: string;
  /** The next version. */
  readonly next: string;
  readonly port: number;
  readonly profile: ProfileInput;
}

/**
 * Lays version 1.0.0 beside 1.1.0, and writes the profile: it tells its version, which one is the newest,
 * and how to come back.
 * @param ways what else the profile says about its update, from the paths
 */
export async function layVersionedGateway(
  sandbox: Pick<Sandbox, 'folder' | 'writeProfile'>,
  id = 'locked',
  ways: (laid: Omit<VersionedGateway, 'profile'>) => Partial<OwnUpdate> = () => ({}),
): Promise<VersionedGateway> {
  const root = join(sandbox.folder, id);
  const laid = {
    id,
    root,
    folder: join(root, 'now'),
    next: join(root, 'next'),
    port: await freePort(),
  };
  const profile = layReleaseGateway({ ...laid, builds: [versions.old, versions.next] });
  const newest = join(root, 'newest');
  writeFileSync(newest, versions.next);
  const whole: ProfileInput = {
    ...profile,
    update: {
      ...profile.update,
      version: { type: 'file', path: join(laid.folder, 'build.txt') },
      check: { type: 'command', command: '/bin/cat', args: [newest] },
      rollback: { type: 'snapshot', paths: [laid.folder] },
      ...ways(laid),
    },
  };
  sandbox.writeProfile(whole);
  return { ...laid, profile: whole };
}

const statusSchema = z.object({ build: z.string(), pid: z.number(), nonce: z.string() });

/** Asks the gateway on `port` itself: its build, its process and its nonce. */
export async function statusAt(port: number): Promise<z.infer<typeof statusSchema>> {
  const answer = await fetch(`http://127.0.0.1:${port}/status`, {
    headers: { connection: 'close' },
  });
  return z.parse(statusSchema, await answer.json());
}
