/**
 * Snapshots of folders and files: taken before something may spoil them, put back when it did, or
 * given to another program to work on. A copy shares its blocks with the original where the file
 * system can do that (btrfs, XFS, APFS, ReFS), and costs next to nothing there.
 *
 *   takeSnapshot ─► whole ─► restoreSnapshot, as often as wanted ─► removeSnapshot
 */
import { randomBytes } from 'node:crypto';
import { constants, promises as fs, type Stats } from 'node:fs';
import path from 'node:path';
import { errorText } from '../../contract/error-text.ts';
import { diskTrouble } from '../disk-problem.ts';
import { sweepDrafts, writeDurable } from '../durable-write.ts';
import {
  type Copied,
  type CopyOptions,
  codeOf,
  copyTree,
  type Measured,
  measureTree,
  removeTree,
  type Skipped,
  syncFolder,
} from './copy-tree.ts';
import {
  contentOf,
  draftOf,
  manifestOf,
  maxSkipped,
  type Snapshot,
  type SnapshotEntry,
  writeManifest,
} from './manifest.ts';
import { isDatabase, sideFiles } from './sqlite.ts';

/** What a disk must have left after a copy: others write to it too. */
const reserveBytes = 64 * 1024 * 1024;

export interface SnapshotOptions {
  /**
   * Programs may be writing to what is copied: SQLite databases are copied by SQLite's own backup, and
   * a file that vanishes meanwhile is left out. False: nothing runs, and files are copied as they are.
   */
  readonly live?: boolean;
  /** False for a copy that is not needed after a power cut: it is not forced to the disk, file by file. */
  readonly durable?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * Copies `sources` (absolute paths of folders and files; one that lies in another comes with it, one
 * that does not exist is remembered as missing) into the new folder `target`. A half-made snapshot in
 * its place is replaced. Rejects with a sentence, and leaves nothing then.
 */
export async function takeSnapshot(
  sources: readonly string[],
  target: string,
  { live = false, durable = true, signal }: SnapshotOptions = {},
): Promise<Snapshot> {
  try {
    const own = await makeTarget(target);
    try {
      return await fill(own, sources, { live, durable, signal });
    } catch (error) {
      await removeTree(own).catch(() => undefined);
      throw error;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw new Error(sentenceOf(error, target, 'copied'), { cause: error });
  }
}

async function fill(
  target: string,
  sources: readonly string[],
  options: CopyOptions,
): Promise<Snapshot> {
  const found = await findSources(sources, options.live);
  for (const source of found) refuseNested(source.path, target);
  await checkRoom(found, target, options.signal);
  const made = await copyAll(found, target, options);
  writeManifest(target, made);
  await fs.unlink(draftOf(target));
  return made;
}

/** Where the copy of `file` lies, which is one of the snapshot's sources or lies in one; null: in none. */
export async function copyIn(
  target: string,
  snapshot: Snapshot,
  file: string,
): Promise<string | null> {
  const real = await realPath(file);
  for (const [at, entry] of snapshot.entries.entries()) {
    if (entry.kind === 'missing' || !isWithin(real, entry.path)) continue;
    return path.join(contentOf(target, at), path.relative(entry.path, real));
  }
  return null;
}

/**
 * Makes a whole snapshot count as half made, which is quick: from here on it can't be put back, and may be
 * removed whenever there is time. Rejects when `target` is something else.
 */
export async function giveUpSnapshot(target: string): Promise<void> {
  if (!(await exists(target))) return;
  // Of one that was killed before it was marked as one that is being made.
  sweepDrafts(target);
  await refuseOthers(target);
  if (await exists(manifestOf(target))) await fs.rename(manifestOf(target), draftOf(target));
  await syncFolder(target);
}

/** True for one that is there and can be put back. */
export function isWholeSnapshot(target: string): Promise<boolean> {
  return exists(manifestOf(target));
}

/**
 * Removes a snapshot, whole or half made; resolves when there is none. Rejects when `target` is
 * something else.
 */
export async function removeSnapshot(target: string): Promise<void> {
  if (!(await exists(target))) return;
  await giveUpSnapshot(target);
  await removeTree(path.join(target, 'content'));
  await removeTree(target);
}

interface Source {
  /** Links resolved. */
  readonly path: string;
  readonly kind: SnapshotEntry['kind'];
}

async function findSources(sources: readonly string[], live: boolean): Promise<Source[]> {
  const found: Source[] = [];
  for (const source of sources) {
    if (!path.isAbsolute(source)) throw new Error(`${source} is not an absolute path.`);
    const real = await realPath(source);
    const kind = await kindOf(real, source);
    found.push({ path: real, kind });
    if (kind !== 'file' || !(await isDatabase(Buffer.from(real)))) continue;
    // A database from one time and a log from another make a broken one.
    for (const suffix of sideFiles) {
      const beside = real + suffix;
      const there = !live && (await exists(beside));
      found.push({ path: beside, kind: there ? 'file' : 'missing' });
    }
  }
  const unique = found.filter(
    (one, at) => found.findIndex((other) => other.path === one.path) === at,
  );
  return unique.filter((one) =>
    unique.every((other) => other === one || !isWithin(one.path, other.path)),
  );
}

/** The name of a file that need not exist, through all links that do. */
async function realPath(file: string): Promise<string> {
  try {
    return await fs.realpath(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    const folder = path.dirname(file);
    return folder === file ? file : path.join(await realPath(folder), path.basename(file));
  }
}

async function kindOf(real: string, named: string): Promise<Source['kind']> {
  const stat = await fs.lstat(real).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  });
  if (!stat) return 'missing';
  if (stat.isDirectory()) return 'folder';
  if (stat.isFile()) return 'file';
  throw new Error(
    `${named} can't be copied: it is neither a folder nor a file, or a link to nowhere.`,
  );
}

async function makeTarget(target: string): Promise<string> {
  if (await exists(target)) {
    await refuseOthers(target);
    if (await exists(manifestOf(target))) {
      throw new Error(`${target} holds a snapshot already. Remove it first.`);
    }
    await removeTree(target);
  }
  await fs.mkdir(path.dirname(target), { recursive: true, mode: 0o700 });
  await fs.mkdir(target, { mode: 0o700 });
  const real = await fs.realpath(target);
  writeDurable(draftOf(real), '');
  await fs.mkdir(path.join(real, 'content'), { mode: 0o700 });
  return real;
}

/** Nothing is removed, and nothing written into, that was not made here. */
async function refuseOthers(target: string): Promise<void> {
  const isFolder = (await fs.lstat(target)).isDirectory();
  const names = isFolder ? await fs.readdir(target) : [];
  const ours =
    isFolder &&
    (names.length === 0 || names.some((name) => /^snapshot\.(?:draft|json)$/.test(name)));
  if (!ours) throw new Error(`${target} is not a snapshot. It is left alone.`);
}

function refuseNested(source: string, target: string): void {
  if (isWithin(target, source)) {
    throw new Error(`The snapshot ${target} would lie in ${source}, which it is to hold.`);
  }
  if (isWithin(source, target)) {
    throw new Error(`${source} lies in the snapshot that it is to be copied to.`);
  }
}

function isWithin(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative === '' || (!/^\.\.(?:[\\/]|$)/.test(relative) && !path.isAbsolute(relative));
}

async function checkRoom(
  sources: readonly Source[],
  target: string,
  signal?: AbortSignal,
): Promise<void> {
  const own = await fs.stat(target, { bigint: false });
  const refuse = (folder: Stats): void => {
    // Also where a mount shows the same folder under another name.
    if (folder.ino === own.ino && folder.dev === own.dev)
      throw new Error(`The snapshot ${target} would lie in what it is to hold.`);
  };
  let needed = 0;
  for (const source of sources) {
    if (source.kind === 'missing') continue;
    const measured = await measureTree(source.path, refuse, signal);
    if (!(await sharesBlocks(measured, target))) needed += measured.bytes;
  }
  await refuseWithoutRoom(target, needed);
}

/** Throws a sentence when the disk of `folder` has no room for `bytes` more. */
export async function refuseWithoutRoom(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await fs.statfs(folder);
  if (bytes === 0 || bavail * bsize >= bytes + reserveBytes) return;
  const mb = (count: number): string => `${Math.ceil(count / 1e6)} MB`;
  throw new Error(
    `The disk that holds ${folder} has ${mb(bavail * bsize)} left, and a copy needs ${mb(bytes + reserveBytes)}. Make room on it.`,
  );
}

/** True when a copy in the folder `target` takes no room. Tried on the largest file, for no system says it beforehand. */
export async function sharesBlocks({ largest }: Measured, target: string): Promise<boolean> {
  if (!largest) return true;
  const probe = path.join(target, `.holdfast-probe-${randomBytes(6).toString('hex')}`);
  try {
    await fs.copyFile(largest.path, probe, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch {
    return false;
  } finally {
    await fs.rm(probe, { force: true });
  }
}

async function copyAll(
  sources: readonly Source[],
  target: string,
  options: CopyOptions,
): Promise<Snapshot> {
  const entries: SnapshotEntry[] = [];
  const skipped: Skipped[] = [];
  for (const [at, { path: from, kind }] of sources.entries()) {
    const nothing: Copied = { files: 0, bytes: 0, skipped: [] };
    const copied =
      kind === 'missing' ? nothing : await copyTree(from, contentOf(target, at), options);
    entries.push({ path: from, kind, files: copied.files, bytes: copied.bytes });
    skipped.push(...copied.skipped);
  }
  if (options.durable) await syncFolder(path.join(target, 'content'));
  return {
    schema: 1,
    id: randomBytes(8).toString('hex'),
    createdAt: Date.now(),
    entries,
    skipped: skipped.slice(0, maxSkipped),
  };
}

export async function exists(file: string): Promise<boolean> {
  return fs.lstat(file).then(
    () => true,
    () => false,
  );
}

/** What the user reads of an error of the file system. */
export function sentenceOf(error: unknown, folder: string, done: 'copied' | 'put back'): string {
  const disk = diskTrouble(error, folder);
  if (disk) return `${disk.message} ${disk.hint}`;
  const file =
    error instanceof Error && 'path' in error && error.path !== undefined
      ? String(error.path)
      : null;
  const code = codeOf(error);
  if (file === null || code === undefined) return errorText(error);
  if (code === 'EACCES' || code === 'EPERM') {
    return `${file} can't be ${done}: this user has no permission (${code}).`;
  }
  return `${file} can't be ${done}: ${errorText(error)}`;
}
