/**
 * Where the watcher's socket lives: short (107 bytes is the system's limit), private, and checked.
 */
import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { platform } from './platform.ts';

/** `sockaddr_un.sun_path` holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const longestPath = process.platform === 'darwin' ? 103 : 107;

/** A folder of ours, not a link, that nobody else can write or read. Throws a sentence otherwise. */
function checkPrivate(folder: string): void {
  const stat = lstatSync(folder);
  const own = process.getuid?.() === stat.uid;
  if (stat.isDirectory() && own && (stat.mode & 0o077) === 0) return;
  throw new Error(
    `The folder ${folder} is not private to you (someone else may have made it). Remove it, or set XDG_RUNTIME_DIR to a folder of your own.`,
  );
}

function makePrivate(folder: string): string {
  mkdirSync(folder, { mode: 0o700, recursive: true });
  checkPrivate(folder);
  return folder;
}

function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return (
    stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0
  );
}

/** The private runtime folder, made when missing. */
export function runtimeFolder(env: NodeJS.ProcessEnv = process.env): string {
  const given = env.XDG_RUNTIME_DIR;
  // Room for the file name: '/holdfast/' + 16 + '.sock'.
  if (given && isOurs(given) && Buffer.byteLength(given) < longestPath - 32) {
    return makePrivate(join(given, 'holdfast'));
  }
  const name = `holdfast-${process.getuid?.() ?? 'user'}`;
  const temporary = env.TMPDIR ?? tmpdir();
  const base = Buffer.byteLength(join(temporary, name)) < longestPath - 22 ? temporary : '/tmp';
  return makePrivate(join(base, name));
}

/**
 * The socket for a state folder, named by its hash, so that several installations never meet.
 * Windows: a new random pipe name at each call; its owner keeps it in a 0600 file.
 */
export function socketPath(stateFolder: string, env: NodeJS.ProcessEnv = process.env): string {
  if (process.platform === 'win32')
    return `\\\\.\\pipe\\holdfast-${randomBytes(16).toString('hex')}`;
  const hash = createHash('sha256').update(resolve(stateFolder)).digest('hex').slice(0, 16);
  return join(runtimeFolder(env), `${hash}.sock`);
}

/** The user id at the other end of a connected local socket, where the system tells. */
export function peerUser(fd: number): number | undefined {
  return platform.peerUser(fd);
}
