/**
 * Copies an SQLite database that a program may be writing to. A plain copy of such a file is torn: the
 * newest content lies in its write-ahead log, or half of a transaction in the file itself. SQLite's own
 * online backup reads it as one transaction.
 *
 * Nothing of SQLite is loaded before a database is met.
 */
import { constants, promises as fs } from 'node:fs';

/** The first 16 bytes of every SQLite database (https://www.sqlite.org/fileformat.html). */
const magic = Buffer.from('SQLite format 3\0', 'latin1');
/** Offset 18 of the header: 2 means that it keeps a write-ahead log. */
const writeVersionAt = 18;
const withLog = 2;
/** What SQLite keeps beside a database, and what must never come from another time than it. */
export const sideFiles = ['-wal', '-shm', '-journal'] as const;

/** True for a file that begins as an SQLite database does. */
export async function isDatabase(file: Buffer): Promise<boolean> {
  return (await headerOf(file)).subarray(0, magic.length).equals(magic);
}

async function headerOf(file: Buffer): Promise<Buffer> {
  const header = Buffer.alloc(writeVersionAt + 1);
  const handle = await fs.open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const { bytesRead } = await handle.read(header, 0, header.length, 0);
    return header.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

/**
 * Copies the database `from` to `to`. 'whole': as it was at one moment. 'unsure': SQLite could not read
 * it (another program holds it alone, or it is damaged), so its files were copied as they are.
 */
export async function copyDatabase(from: Buffer, to: Buffer): Promise<'whole' | 'unsure'> {
  if (await copiedUnused(from, to)) return 'whole';
  try {
    await backUp(from, to);
    return 'whole';
  } catch {
    await removeWithSideFiles(to);
    await fs.copyFile(from, to, constants.COPYFILE_FICLONE);
    for (const suffix of sideFiles) await copyIfThere(beside(from, suffix), beside(to, suffix));
    return 'unsure';
  }
}

/**
 * A database with a write-ahead log that has none is open nowhere: SQLite removes the log with the
 * last connection, and makes it with the first. So it can be copied as it is, and is not touched.
 */
async function copiedUnused(from: Buffer, to: Buffer): Promise<boolean> {
  const isUnused = async (): Promise<boolean> =>
    (await headerOf(from))[writeVersionAt] === withLog && !(await exists(beside(from, '-wal')));
  if (!(await isUnused())) return false;
  await fs.copyFile(from, to, constants.COPYFILE_FICLONE);
  if (await isUnused()) return true;
  await fs.rm(to, { force: true });
  return false;
}

/**
 * In one step: between two steps the writer may change what was read, and the backup begins again, with
 * a busy writer for ever. With a write-ahead log no program waits for it; without one, writers wait.
 */
async function backUp(from: Buffer, to: Buffer): Promise<void> {
  const { DatabaseSync, backup } = await import('node:sqlite');
  const database = new DatabaseSync(from, { readOnly: true, timeout: busyMs });
  try {
    await backup(database, to, { rate: everyPage });
  } finally {
    database.close();
  }
  await Promise.all(sideFiles.map((suffix) => fs.rm(beside(to, suffix), { force: true })));
}

/** How long SQLite waits for a writer that is in the middle of a transaction. */
const busyMs = 5_000;
/** More pages than a database can have in one step, as an int of C. */
const everyPage = 2 ** 31 - 1;

function beside(file: Buffer, suffix: string): Buffer {
  return Buffer.concat([file, Buffer.from(suffix)]);
}

async function exists(file: Buffer): Promise<boolean> {
  return fs.lstat(file).then(
    () => true,
    () => false,
  );
}

async function copyIfThere(from: Buffer, to: Buffer): Promise<void> {
  if (await exists(from)) await fs.copyFile(from, to, constants.COPYFILE_FICLONE);
}

async function removeWithSideFiles(file: Buffer): Promise<void> {
  for (const suffix of ['', ...sideFiles]) await fs.rm(beside(file, suffix), { force: true });
}
