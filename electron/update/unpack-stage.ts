/** Takes the stage out of a verified AppImage: by a program that is bounded in time and in what it writes. */
import { randomBytes } from 'node:crypto';
import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { verifyProgram } from '../handoff/installed-file.ts';
import type { AppImageInstall } from '../handoff/plan.ts';
import { appEnvironment, type Clock, spawnDetached, stopTree } from '../process/index.ts';
import { megabytes, STATE_ROOM_BYTES } from './preflight.ts';
import { UpdateProblem } from './types.ts';

export interface UnpackLimits {
  /** Milliseconds. */
  readonly ms: number;
  readonly bytes: number;
}

const LIMITS: UnpackLimits = {
  /** Unpacking 120 MB takes about 2 s on a slow machine; a broken image must not hang the update. */
  ms: 120_000,
  /** No more than there was seen to be room for: gateways write to the same disk. */
  bytes: STATE_ROOM_BYTES,
};
/** How often it is looked how much there is; in this time a fast disk takes a few hundred megabytes. */
const LOOK_MS = 100;
/** What a file takes of a disk, however short it is. */
const BLOCK_BYTES = 4096;

const STAGE_PATTERN = 'resources/holdfast-stage/*';
const STAGE_FOLDER = path.join('squashfs-root', 'resources', 'holdfast-stage');

type Started = ReturnType<typeof spawnDetached>;

export interface UnpackDeps {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly unpackLimits?: Partial<UnpackLimits>;
}

/**
 * Lets the verified image unpack its own stage into `folder`, which the caller removes. An image that
 * can't even do that would not have started either: better found out now, while everything still runs.
 */
export async function unpackStage(
  deps: UnpackDeps,
  image: Pick<AppImageInstall, 'newFile' | 'appSha512'>,
  folder: string,
): Promise<{ bundle: string; runtime: string }> {
  const limits = { ...LIMITS, ...deps.unpackLimits };
  let started: Started;
  try {
    started = await start(deps, image, folder);
  } catch (error) {
    throw broken(`it could not be started (${messageOf(error)})`, error);
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
  const stage = path.join(folder, STAGE_FOLDER);
  return {
    bundle: path.join(stage, 'watcher'),
    runtime: path.join(stage, 'runtime', 'watcher-node'),
  };
}

async function start(
  { env }: UnpackDeps,
  { newFile, appSha512 }: Pick<AppImageInstall, 'newFile' | 'appSha512'>,
  folder: string,
): Promise<Started> {
  const log = path.join(folder, 'unpack.log');
  const verified = await verifyProgram(newFile, appSha512);
  verified.unchanged();
  return spawnDetached({
    kind: 'installer',
    command: newFile,
    args: ['--appimage-extract', STAGE_PATTERN],
    cwd: folder,
    env: appEnvironment(env),
    stdout: log,
    stderr: log,
    nonce: randomBytes(16).toString('hex'),
    escape: 'session',
  });
}

/** How it ended, or which limit it has passed. */
async function ended(
  clock: Clock,
  { exited }: Started,
  folder: string,
  limits: UnpackLimits,
): Promise<Awaited<Started['exited']> | 'late' | 'large'> {
  const isLarge = (): boolean => bytesIn(folder) > limits.bytes;
  let cancelLook = (): void => undefined;
  let cancelLate = (): void => undefined;
  const passed = new Promise<'late' | 'large'>((resolve) => {
    cancelLate = clock.after(limits.ms, () => resolve('late'));
    const look = (): void => {
      if (isLarge()) resolve('large');
      else cancelLook = clock.after(LOOK_MS, look);
    };
    look();
  });
  const exit = await Promise.race([exited, passed]);
  cancelLook();
  cancelLate();
  return exit !== 'late' && isLarge() ? 'large' : exit;
}

/** By the length of its files: what is sparse here is not where it is copied to. */
function bytesIn(folder: string): number {
  let bytes = 0;
  for (const file of filesIn(folder)) {
    const found = lstatSync(file, { throwIfNoEntry: false });
    bytes += Math.max(found?.size ?? 0, BLOCK_BYTES);
  }
  return bytes;
}

/** None when it changed amid the look: then the next one tells. */
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
