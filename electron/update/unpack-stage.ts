/** Takes the stage out of a verified AppImage, by its own program, with limits on its time and its output. */

import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import {
  appEnvironment,
  type Clock,
  firstOf,
  passed,
  spawnDetached,
  stopTree,
} from '../process/index.ts';
import type { AppImageInstall } from '../transaction/plan.ts';
import { startVerified } from '../transaction/start-verified.ts';
import { megabytes, stateRoomBytes } from './preflight.ts';
import { UpdateProblem } from './types.ts';

export interface UnpackLimits {
  /** Milliseconds. */
  readonly ms: number;
  readonly bytes: number;
  /** Between two measurements of the size, milliseconds; in 100 a fast disk takes a few hundred megabytes. */
  readonly lookMs: number;
}

const defaultLimits: UnpackLimits = {
  /** Unpacking 120 MB takes about 2 s on a slow machine; a broken image must not hang the update. */
  ms: 120_000,
  /** No more than the preflight found room for: gateways write to the same disk. */
  bytes: stateRoomBytes,
  lookMs: 100,
};
/** What even the shortest file takes of a disk. */
const blockBytes = 4096;

const stagePattern = 'resources/holdfast-stage/*';
const stageFolder = path.join('squashfs-root', 'resources', 'holdfast-stage');

type Started = ReturnType<typeof spawnDetached>;

export interface UnpackDeps {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly unpackLimits?: Partial<UnpackLimits>;
}

/**
 * Has the verified image unpack its own stage into `folder`, which the caller removes. An image that
 * can't do that would not start either: it is better to find out while everything still runs.
 */
export async function unpackStage(
  deps: UnpackDeps,
  image: Pick<AppImageInstall, 'newFile' | 'appSha512'>,
  folder: string,
): Promise<{ bundle: string; runtime: string }> {
  const limits = { ...defaultLimits, ...deps.unpackLimits };
  let started: Started;
  try {
    started = await start(deps, image, folder);
  } catch (error) {
    throw broken(`it could not be started (${errorText(error)})`, error);
  }
  const exit = await ended(deps.clock, started, folder, limits);
  if (exit === 'late' || exit === 'large') {
    await stopTree(started.identity, { graceMs: 0, graceful: 'none' });
  }
  if (exit === 'late') throw broken('unpacking it took too long');
  if (exit === 'large') throw broken(`it unpacks to more than ${megabytes(limits.bytes)}`);
  if (exit.code !== 0) {
    throw broken(`unpacking it ended with ${exit.signal ?? `exit code ${String(exit.code)}`}`);
  }
  const stage = path.join(folder, stageFolder);
  return {
    bundle: path.join(stage, 'watcher'),
    runtime: path.join(stage, 'runtime', 'watcher-node'),
  };
}

function start(
  { env }: UnpackDeps,
  { newFile, appSha512 }: Pick<AppImageInstall, 'newFile' | 'appSha512'>,
  folder: string,
): Promise<Started> {
  const log = path.join(folder, 'unpack.log');
  return startVerified(newFile, appSha512, () =>
    spawnDetached({
      kind: 'installer',
      command: newFile,
      args: ['--appimage-extract', stagePattern],
      cwd: folder,
      env: appEnvironment(env),
      stdout: log,
      stderr: log,
      nonce: randomBytes(16).toString('hex'),
      escape: 'session',
    }),
  );
}

/** How it ended, or which limit it passed. */
async function ended(
  clock: Clock,
  { exited }: Started,
  folder: string,
  limits: UnpackLimits,
): Promise<Awaited<Started['exited']> | 'late' | 'large'> {
  const isLarge = (): boolean => bytesIn(folder) > limits.bytes;
  const untilLarge = async (signal: AbortSignal): Promise<'large'> => {
    while (!isLarge()) await passed(clock, limits.lookMs, signal);
    return 'large';
  };
  const untilLate = async (signal: AbortSignal): Promise<'late'> => {
    await passed(clock, limits.ms, signal);
    return 'late';
  };
  const exit = await firstOf<Awaited<Started['exited']> | 'late' | 'large'>([
    () => exited,
    untilLarge,
    untilLate,
  ]);
  return exit !== 'late' && isLarge() ? 'large' : exit;
}

/** By the length of the files: a sparse file takes its full length once it is copied. */
function bytesIn(folder: string): number {
  let bytes = 0;
  for (const file of filesIn(folder)) {
    const found = lstatSync(file, { throwIfNoEntry: false });
    bytes += Math.max(found?.size ?? 0, blockBytes);
  }
  return bytes;
}

/** None when the folder changed meanwhile: then the next measurement counts them. */
function filesIn(folder: string): string[] {
  try {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    return entries.map((entry) => path.join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}

function broken(why: string, cause?: unknown): UpdateProblem {
  return new UpdateProblem(
    `The new version can’t be used: ${why}. Nothing was changed.`,
    'The release may be broken. Try again later.',
    { cause },
  );
}
