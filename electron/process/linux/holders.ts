/** Who holds a port or a folder, from /proc. It names the user's own processes; others stay unnamed. */
import { sep } from 'node:path';
import type { Holder, PathHolder } from '../platform-interface.ts';
import { allPids, describeLinux, mappedFiles, openFiles, readLink } from './proc.ts';
import { listeningTable } from './sockets.ts';

function toHolder(pid: number): Holder {
  const known = describeLinux(pid);
  return { pid, program: known?.name ?? 'unknown', argv0: known?.argv[0] ?? known?.exe ?? '' };
}

export function portHolders(port: number, addresses: ReadonlySet<string>): Holder[] {
  for (let before = new Set<string>(); ; ) {
    const sockets = listeningTable(port).filter(({ address }) => addresses.has(address));
    if (sockets.length === 0) return [];
    const targets = new Set(sockets.map(({ inode }) => `socket:[${inode}]`));
    const pids = allPids().filter((pid) =>
      openFiles(pid).some(({ target }) => targets.has(target)),
    );
    if (pids.length > 0) return pids.map(toHolder);
    // The same socket twice without an owner: its process hides its files, or is about to end. Once
    // may be a process that ended between the two readings.
    if (sockets.every(({ inode }) => before.has(inode))) {
      return [unnamedHolder(sockets.some(({ user }) => user === process.getuid?.()))];
    }
    before = new Set(sockets.map(({ inode }) => inode));
  }
}

function unnamedHolder(isOwnUser: boolean): Holder {
  const program = isOwnUser ? 'a program that hides its files' : 'a program of another user';
  return { pid: 0, program, argv0: '', isOwnUser };
}

function holdsHow(
  pid: number,
  inside: (path: string) => boolean,
): Omit<PathHolder, keyof Holder> | undefined {
  const exe = readLink(`/proc/${pid}/exe`);
  if (exe && inside(exe)) return { how: 'executable', path: exe };
  const cwd = readLink(`/proc/${pid}/cwd`);
  if (cwd && inside(cwd)) return { how: 'folder', path: cwd };
  const mapped = mappedFiles(pid).find(inside);
  if (mapped) return { how: 'mapped', path: mapped };
  const open = openFiles(pid).find((file) => inside(file.target));
  return open && { how: 'open', path: open.target };
}

export function programsIn(folder: string): Holder[] {
  const isIn = (pid: number): boolean =>
    readLink(`/proc/${pid}/exe`)?.startsWith(folder + sep) === true;
  return allPids()
    .filter((pid) => pid !== process.pid && isIn(pid))
    .map(toHolder);
}

/** Every other process with its executable, working folder, or a mapped or open file in `folder`. */
export async function pathHolders(folder: string): Promise<PathHolder[]> {
  const base = folder.endsWith(sep) ? folder.slice(0, -1) : folder;
  const inside = (path: string): boolean => path === base || path.startsWith(base + sep);
  const holders: PathHolder[] = [];
  let checked = 0;
  for (const pid of allPids()) {
    if (pid === process.pid) continue;
    const found = holdsHow(pid, inside);
    if (found) holders.push({ ...toHolder(pid), ...found });
    // The maps of a few hundred processes take a while: let events through.
    checked += 1;
    if (checked % 20 === 0) await new Promise((resume) => setImmediate(resume));
  }
  return holders;
}
