/**
 * Copies and removes folders and files as they are: names that are no text, modes, times, links as
 * links, empty folders. A link is never followed. What has no content to copy (sockets, pipes,
 * devices) is left out and named. Owners, access lists and extended attributes are not copied, and a
 * file with several names becomes several files.
 *
 * Two files at a time: Node has four threads for files, and the copy must not take all of them.
 */
import { constants, promises as fs, type Stats } from 'node:fs';
import path from 'node:path';
import { copyDatabase, isDatabase, sideFiles } from './sqlite.ts';

const atOnce = 2;
const flushedAtOnce = 4;
const permissions = 0o7777;
const onWindows = process.platform === 'win32';

export interface Skipped {
  readonly path: string;
  /** `it is a socket`. */
  readonly why: string;
}

export interface Copied {
  files: number;
  bytes: number;
  readonly skipped: Skipped[];
}

export interface CopyOptions {
  /**
   * Programs may be writing to it: databases are copied consistently, and what vanishes meanwhile is
   * left out.
   */
  readonly live: boolean;
  /** On the disk, and not only in the system's memory, before it resolves. */
  readonly durable: boolean;
  readonly signal?: AbortSignal | undefined;
}

interface Entry {
  readonly from: Buffer;
  readonly to: Buffer;
  readonly stat: Stats;
}

/** Names are bytes: on Linux they need not be text. */
const separator = Buffer.from(path.sep);
const inFolder = (folder: Buffer, name: Buffer): Buffer => Buffer.concat([folder, separator, name]);

/** Copies the folder, file or link `from` to `to`, which must not exist. Rejects with the system's error. */
export async function copyTree(from: string, to: string, options: CopyOptions): Promise<Copied> {
  const copied: Copied = { files: 0, bytes: 0, skipped: [] };
  const start = Buffer.from(from);
  const copy = { from: start, to: Buffer.from(to), stat: await fs.lstat(start) };
  await new TreeCopy(options, copied).copy(copy);
  if (options.durable) await flush(copy.to);
  return copied;
}

/**
 * Forces a tree to the disk. After the whole copy, and more files at once: the file system then writes
 * many with each turn of its journal (measured on ext4, 1,500 files: 1.4 ms each by twos, 0.4 by fours).
 */
async function flush(what: Buffer): Promise<void> {
  const stat = await fs.lstat(what);
  if (stat.isDirectory()) {
    const names = await fs.readdir(what, { encoding: 'buffer', withFileTypes: true });
    const inside = (isFolder: boolean): Buffer[] =>
      names.filter((one) => one.isDirectory() === isFolder).map(({ name }) => inFolder(what, name));
    await eachOf(inside(false), flush, flushedAtOnce);
    for (const folder of inside(true)) await flush(folder);
    return syncFolder(what);
  }
  if (!stat.isFile()) return;
  // Windows flushes only what may be written to.
  const isLocked = onWindows && (stat.mode & 0o200) === 0;
  if (isLocked) await fs.chmod(what, 0o600);
  await sync(what, onWindows ? constants.O_RDWR : constants.O_RDONLY);
  if (isLocked) await fs.chmod(what, stat.mode & permissions);
}

async function sync(what: string | Buffer, flags: number): Promise<void> {
  const handle = await fs.open(what, flags);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

class TreeCopy {
  readonly #options: CopyOptions;
  readonly #copied: Copied;

  constructor(options: CopyOptions, copied: Copied) {
    this.#options = options;
    this.#copied = copied;
  }

  async copy(entry: Entry): Promise<void> {
    const { stat } = entry;
    this.#options.signal?.throwIfAborted();
    if (stat.isSymbolicLink()) return this.#copyLink(entry);
    if (stat.isDirectory()) return this.#copyFolder(entry);
    if (stat.isFile()) return this.#copyFile(entry);
    this.#skip(entry.from, `it is ${kindOf(stat)}`);
  }

  async #copyFolder({ from, to, stat }: Entry): Promise<void> {
    await fs.mkdir(to, { mode: 0o700 });
    const entries = await this.#entriesOf(from, to);
    const folders = entries.filter(({ stat: one }) => one.isDirectory());
    const others = entries.filter(({ stat: one }) => !one.isDirectory());
    await eachOf(others, (entry) => this.#unlessVanished(entry, to));
    // One after the other, or a deep tree would have many folders open at once.
    for (const folder of folders) await this.#unlessVanished(folder, to);
    // A folder that may not be written to is filled first.
    await fs.chmod(to, stat.mode & permissions);
    await fs.utimes(to, stat.atime, stat.mtime);
  }

  async #entriesOf(from: Buffer, to: Buffer): Promise<Entry[]> {
    const names = await fs.readdir(from, { encoding: 'buffer' });
    const found: Entry[] = [];
    await eachOf(names, async (name) => {
      const child = inFolder(from, name);
      const stat = await fs.lstat(child).catch((error: unknown) => this.#ifVanished(error));
      if (stat) found.push({ from: child, to: inFolder(to, name), stat });
    });
    return this.#options.live ? this.#withoutSideFiles(found) : found;
  }

  /** What belongs to a database is copied with it. */
  async #withoutSideFiles(entries: readonly Entry[]): Promise<Entry[]> {
    const side = new Set<string>();
    await eachOf(entries, async ({ from, stat }) => {
      if (!stat.isFile() || !(await isDatabase(from).catch(() => false))) return;
      for (const suffix of sideFiles) side.add(from.toString('hex') + hexOf(suffix));
    });
    return entries.filter(({ from }) => !side.has(from.toString('hex')));
  }

  async #copyFile(entry: Entry): Promise<void> {
    const { from, to, stat } = entry;
    const copied = this.#copied;
    const how =
      this.#options.live && (await isDatabase(from)) ? await copyDatabase(from, to) : 'no';
    if (how === 'unsure') this.#skip(from, 'it could only be copied while it may be written to');
    if (how === 'no') await fs.copyFile(from, to, constants.COPYFILE_FICLONE);
    if (how !== 'no') await fs.chmod(to, stat.mode & permissions);
    await fs.utimes(to, stat.atime, stat.mtime);
    copied.files += 1;
    copied.bytes += how === 'no' ? stat.size : (await fs.stat(to)).size;
  }

  async #copyLink({ from, to }: Entry): Promise<void> {
    const target = await fs.readlink(from, { encoding: 'buffer' });
    try {
      await fs.symlink(target, to, onWindows ? await windowsLinkType(from) : null);
      this.#copied.files += 1;
    } catch (error) {
      // Windows lets only some users make links.
      if (!onWindows) throw error;
      this.#skip(from, 'it is a link, and this user may make none');
    }
  }

  /** @param into the copy of its folder */
  async #unlessVanished(entry: Entry, into: Buffer): Promise<void> {
    try {
      await this.copy(entry);
    } catch (error) {
      this.#ifVanished(error);
      // What it is copied into was made before: when that is gone, it is not the source that is missing.
      await fs.lstat(into).catch(() => {
        throw error;
      });
    }
  }

  /**
   * Nothing, for what was there a moment ago; throws any other error. It may be there again: a program makes
   * and removes its lock and journal many times a second.
   */
  #ifVanished(error: unknown): undefined {
    if (!this.#options.live || codeOf(error) !== 'ENOENT') throw error;
    return undefined;
  }

  #skip(what: Buffer, why: string): void {
    this.#copied.skipped.push({ path: what.toString('utf8'), why });
  }
}

export interface Measured {
  bytes: number;
  /** The largest plain file, to try on it whether the file system shares blocks. */
  largest: { readonly path: Buffer; readonly bytes: number } | null;
}

/** How much there is to copy. `refuse` is asked about each folder and throws what is wrong with it. */
export async function measureTree(
  from: string,
  refuse: (folder: Stats) => void,
  signal?: AbortSignal,
): Promise<Measured> {
  const measured: Measured = { bytes: 0, largest: null };
  const look = async (what: Buffer): Promise<void> => {
    signal?.throwIfAborted();
    const stat = await fs.lstat(what).catch(ignoreMissing);
    if (stat?.isDirectory()) {
      refuse(stat);
      const names = (await fs.readdir(what, { encoding: 'buffer' }).catch(ignoreMissing)) ?? [];
      for (const name of names) await look(inFolder(what, name));
    }
    if (!stat?.isFile()) return;
    measured.bytes += stat.size;
    if (stat.size > (measured.largest?.bytes ?? 0))
      measured.largest = { path: what, bytes: stat.size };
  };
  await look(Buffer.from(from));
  return measured;
}

/** Removes a folder, file or link with everything in it, also what may not be written to; missing is fine. */
export async function removeTree(what: string): Promise<void> {
  await remove(Buffer.from(what));
}

async function remove(what: Buffer): Promise<void> {
  const stat = await fs.lstat(what).catch(ignoreMissing);
  if (!stat) return;
  if (!stat.isDirectory()) return unlink(what);
  // A folder that may not be written to lets nothing out of it.
  if ((stat.mode & 0o700) !== 0o700) await fs.chmod(what, 0o700);
  const names = await fs.readdir(what, { encoding: 'buffer' });
  for (const name of names) await remove(inFolder(what, name));
  await fs.rmdir(what).catch(ignoreMissing);
}

async function unlink(what: Buffer): Promise<void> {
  try {
    await fs.unlink(what);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    if (!onWindows) throw error;
    // A file that may only be read can't be removed there.
    await fs.chmod(what, 0o600);
    await fs.unlink(what);
  }
}

/** Makes the names in a folder durable. Windows has no such call and needs none: NTFS journals them. */
export async function syncFolder(folder: string | Buffer): Promise<void> {
  if (onWindows) return;
  await sync(folder, constants.O_RDONLY);
}

/** The first failure ends it, once nothing of it is under way any more. */
async function eachOf<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  workers = atOnce,
): Promise<void> {
  const queue = items.values();
  const failures: unknown[] = [];
  const worker = async (): Promise<void> => {
    for (const item of queue) {
      await work(item).catch((error: unknown) => failures.push(error));
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: workers }, worker));
  if (failures.length > 0) throw failures[0];
}

function ignoreMissing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
  return undefined;
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}

function hexOf(text: string): string {
  return Buffer.from(text).toString('hex');
}

/** A junction needs no right that users lack. */
async function windowsLinkType(link: Buffer): Promise<'junction' | 'file'> {
  const isFolder = await fs.stat(link).then(
    (stat) => stat.isDirectory(),
    () => false,
  );
  return isFolder ? 'junction' : 'file';
}

function kindOf(stat: Stats): string {
  if (stat.isSocket()) return 'a socket';
  if (stat.isFIFO()) return 'a named pipe';
  return 'a device';
}
