/**
 * The folder of the watcher's socket: short (107 bytes is the system's limit), private, and checked.
 *
 *   $XDG_RUNTIME_DIR/holdfast, else $TMPDIR/holdfast-<uid>, else /tmp/holdfast-<uid>,
 *   else /tmp/holdfast-<uid>-<random>, because another user can take the names above first
 */
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync } from 'node:fs';
import { isAbsolute, join, resolve } from 'node:path';
import { platform } from './platform.ts';

/** `sockaddr_un.sun_path` holds 108 bytes on Linux and 104 on macOS, the closing zero included. */
const longestPath = process.platform === 'darwin' ? 103 : 107;
/** Room for a file in it: '/' + 16 + 'b.sock', or '/stop-' + 16. */
const fileRoom = 23;
/** What mkdtemp adds. */
const randomRoom = 7;

/** True for our own folder that is not a link; closes it when others could enter. */
function isPrivate(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  if (!stat?.isDirectory() || stat.uid !== process.getuid?.()) return false;
  if ((stat.mode & 0o077) !== 0) chmodSync(folder, 0o700);
  return true;
}

/** Makes the folder if needed; false when that fails, or it belongs to another user. */
function makePrivate(folder: string): boolean {
  if (Buffer.byteLength(folder) > longestPath - fileRoom) return false;
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch {
    // It exists already or can't be made: the check below decides.
  }
  try {
    return isPrivate(folder);
  } catch {
    return false;
  }
}

/** A folder in which only its user can create names. */
function isOurs(folder: string): boolean {
  const stat = lstatSync(folder, { throwIfNoEntry: false });
  return (
    stat?.isDirectory() === true && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0
  );
}

/** Undefined for a relative path, which means another folder in every program. */
function absolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined;
}

/** A folder whose name others can't predict; every program of ours finds the same one. */
function makeRandom(base: string, name: string): string | undefined {
  try {
    const known = readdirSync(base)
      .filter((one) => one.startsWith(`${name}-`) && one.length === name.length + randomRoom)
      .sort()
      .find((one) => isPrivate(join(base, one)));
    return known === undefined ? mkdtempSync(join(base, `${name}-`)) : join(base, known);
  } catch {
    return undefined;
  }
}

/** The private runtime folder, made when missing. Throws a sentence when none can be made. */
export function runtimeFolder(env: NodeJS.ProcessEnv = process.env, shared = '/tmp'): string {
  const given = absolute(env.XDG_RUNTIME_DIR);
  const own = given !== undefined && isOurs(given) ? [join(given, 'holdfast')] : [];
  const name = `holdfast-${process.getuid?.() ?? 'user'}`;
  const temporary = [absolute(env.TMPDIR), shared].filter((base) => base !== undefined);
  const found = [...own, ...temporary.map((base) => join(base, name))].find(makePrivate);
  const folder = found ?? makeRandom(shared, name);
  if (folder !== undefined) return folder;
  throw new Error(
    `There is no folder for Holdfast's socket: none could be made in ${temporary.join(' or ')}. Make one of them writable, or set XDG_RUNTIME_DIR to a folder of your own.`,
  );
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

/** The user id at the other end of a connected local socket, where the system records it. */
export function peerUser(fd: number): number | undefined {
  return platform.peerUser(fd);
}
