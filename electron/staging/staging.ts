/**
 * Puts the watcher's bundle and its runtime outside the app: copied under the name of their own
 * content, made read-only, and checked again before each run. A copy that is interrupted leaves a
 * draft, which nothing runs and the next staging removes.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, promises } from 'node:fs';
import path from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { hashFile } from '../files/file-hash.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { stageFile } from '../files/verified-copy.ts';
import { systemClock } from '../process/index.ts';
import { type RenameDeps, renamePatiently } from './rename-patiently.ts';
import {
  bundleFolder,
  type Manifest,
  manifestFile,
  manifestHash,
  readManifest,
  runtimeFile,
  runtimeFileName,
  type Stage,
  verifyBundle,
  verifyRuntime,
} from './staged.ts';

export interface StageSource {
  /** Folder with the bundles and their `manifest.json`. */
  readonly bundle: string;
  /** The Node executable. */
  readonly runtime: string;
}

/**
 * Stages `source`; parts that are staged already are only verified. Rejects with a sentence. A virus scanner
 * reads a program that was just written, and holds its folder meanwhile: `renames` waits for that.
 */
export async function stageWatcher(
  state: StateFolder,
  source: StageSource,
  renames: RenameDeps = { clock: systemClock },
): Promise<Stage> {
  try {
    await promises.mkdir(state.staged, { recursive: true, mode: 0o700 });
    const runtimeStaged = stageRuntime(state, source.runtime, renames);
    const bundleStaged = stageBundle(state, source.bundle, renames);
    // Whichever fails, the other has tidied up before it is said.
    await Promise.allSettled([runtimeStaged, bundleStaged]);
    const { bundle, manifest } = await bundleStaged;
    const runtime = await runtimeStaged;
    return { bundle, runtime, buildId: manifest.buildId };
  } catch (cause) {
    const why = errorText(cause);
    throw new Error(
      `The background service could not be put into ${state.staged}: ${why} Check that the disk has 200 MB free and that the folder is yours.`,
      { cause },
    );
  }
}

async function stageBundle(
  state: StateFolder,
  from: string,
  renames: RenameDeps,
): Promise<{ bundle: string; manifest: Manifest }> {
  const manifest = readManifest(from);
  const target = bundleFolder(state, manifest);
  if (existsSync(target)) {
    try {
      return { bundle: target, manifest: verifyBundle(target) };
    } catch {
      // Damaged or tampered with: what runs from it has it in memory; a sound copy takes its name.
      await removeStaged(target);
    }
  }
  const draft = draftName(target);
  try {
    await promises.mkdir(draft, { mode: 0o700 });
    for (const [name, expected] of Object.entries(manifest.files)) {
      const digest = await stageFile(path.join(from, name), path.join(draft, name));
      if (digest !== expected) {
        throw new Error(`${path.join(from, name)} is not the file its manifest names.`);
      }
    }
    await stageFile(path.join(from, manifestFile), path.join(draft, manifestFile));
    if (manifestHash(readManifest(draft)) !== manifestHash(manifest)) {
      throw new Error(`${from} changed while it was copied.`);
    }
    await settle(draft, target, renames);
  } catch (error) {
    await removeStaged(draft);
    throw error;
  }
  return { bundle: target, manifest: verifyBundle(target) };
}

async function stageRuntime(
  state: StateFolder,
  from: string,
  renames: RenameDeps,
): Promise<string> {
  const target = runtimeFile(state, await hashFile(from));
  if (existsSync(target)) {
    try {
      await verifyRuntime(target);
      return target;
    } catch {
      await removeStaged(path.dirname(target));
    }
  }
  const folder = path.dirname(target);
  const draft = draftName(folder);
  try {
    await promises.mkdir(draft, { mode: 0o700 });
    const staged = path.join(draft, runtimeFileName);
    const digest = await stageFile(from, staged, { executable: true });
    if (runtimeFile(state, digest) !== target)
      throw new Error(`${from} changed while it was copied.`);
    await settle(draft, folder, renames);
  } catch (error) {
    await removeStaged(draft);
    throw error;
  }
  return target;
}

/** Gives a complete draft its name; if another app has staged the same, that copy is as good. */
async function settle(draft: string, target: string, renames: RenameDeps): Promise<void> {
  if (process.platform !== 'win32') await promises.chmod(draft, 0o500);
  try {
    await renamePatiently(draft, target, renames);
  } catch (error) {
    if (!existsSync(target)) throw error;
    await removeStaged(draft);
  }
}

function draftName(target: string): string {
  const folder = path.dirname(target);
  return path.join(folder, `.draft-${path.basename(target)}-${randomBytes(6).toString('hex')}`);
}

export async function removeStaged(folder: string): Promise<void> {
  // A folder that is read-only for its owner can't be emptied.
  await promises.chmod(folder, 0o700).catch(() => {});
  await promises.rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
