/**
 * The version that was installed before the last update. Its file, or on Windows its folder, lies beside the installed
 * one; what is known of it lies in the state folder. It is one, always: the next update, or the way back to it, keeps
 * another.
 *
 *   an update is committed: its hash is recorded ─► the old one gets the name of the kept one ─► the journal ends
 *
 * Each step may be repeated. Killed in between, the record names what is not there yet: a return checks it by the
 * recorded hash, and the next watcher finishes.
 */
import { existsSync, lstatSync, renameSync } from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { writeDurable } from '../files/durable-write.ts';
import { sha512Of } from '../files/file-hash.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { FileProblem, readUntrustedJson } from '../files/untrusted-file.ts';
import { keepInstalled } from './installed.ts';
import {
  type AppImageInstall,
  absolutePath,
  listedProgramSchema,
  type Plan,
  sha512Text,
} from './plan.ts';

const maxBytes = 16 * 1024;

const keptSchema = z.strictObject({
  schema: z.literal(1),
  version: z.string().check(z.minLength(1), z.maxLength(64)),
  build: z.string().check(z.minLength(1), z.maxLength(128)),
  file: absolutePath,
  /** base64; of a folder that of the list of its files, which lies beside this record. */
  sha512: sha512Text,
  size: z.int().check(z.nonnegative()),
  /** Present when it is a folder: what the system's list of installed programs said of it. */
  folder: z.optional(z.strictObject({ listedAs: z.nullable(listedProgramSchema) })),
});
export type KeptVersion = z.infer<typeof keptSchema>;

/** Where the version before `appFile` is kept. */
export function keptFileOf(appFile: string): string {
  return path.join(path.dirname(appFile), `.${path.basename(appFile)}.kept`);
}

/** The inverse of `keptFileOf`. */
function appFileOf(keptFile: string): string {
  const name = path.basename(keptFile).replace(/^\.(.*)\.kept$/, '$1');
  return path.join(path.dirname(keptFile), name);
}

/** What can be gone back to; null when nothing is kept. Its bytes are not looked at. */
export function readKept(state: StateFolder): KeptVersion | null {
  try {
    const kept = readUntrustedJson(state.keptVersion, keptSchema, maxBytes);
    const found = lstatSync(kept.file, { throwIfNoEntry: false });
    const isThere = kept.folder
      ? found?.isDirectory()
      : found?.isFile() && found.size === kept.size;
    return isThere ? kept : null;
  } catch (error) {
    if (error instanceof FileProblem) return null;
    throw error;
  }
}

/**
 * What the app whose kept version is called `keptFile` can go back to; null when nothing is kept for it. Users move and
 * rename AppImages: what is kept follows, unless an app still lies where it was kept for.
 */
export function keptBeside(state: StateFolder, keptFile: string): KeptVersion | null {
  const kept = readKept(state);
  if (!kept || kept.file === keptFile) return kept;
  if (kept.folder || existsSync(appFileOf(kept.file))) return null;
  const moved = { ...kept, file: keptFile };
  try {
    renameSync(kept.file, keptFile);
    writeKept(state, moved);
    return moved;
  } catch {
    // On another disk, a full one, or in a folder that can't be written to: it stays, and serves who moves the app back.
    if (!existsSync(kept.file) && existsSync(keptFile)) renameSync(keptFile, kept.file);
    return null;
  }
}

/** Keeps the version that `plan` has replaced by an image. Rejects with the system's error; repeatable. */
export async function keepReplaced(
  state: StateFolder,
  { fromVersion: version, fromBuild: build }: Plan,
  names: AppImageInstall,
): Promise<void> {
  const file = keptFileOf(names.appFile);
  if (lstatSync(names.oldLink, { throwIfNoEntry: false })) {
    const { bytes: size, sha512 } = await sha512Of(names.oldLink);
    const kept: KeptVersion = { schema: 1, version, build, file, sha512, size };
    writeKept(state, kept);
  }
  keepInstalled(names, file);
}

/** Records what is kept. Throws the system's error. */
export function writeKept(state: StateFolder, kept: KeptVersion): void {
  writeDurable(state.keptVersion, `${JSON.stringify(kept, null, 2)}\n`);
}
