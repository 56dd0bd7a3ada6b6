/** Who holds a port or a folder, from /proc. Sees the user's own processes; others' stay unnamed. */
import { readFileSync } from 'node:fs';
import { sep } from 'node:path';
import type { Holder, PathHolder } from '../platform-interface.ts';
import { allPids, describeLinux, mappedFiles, openFiles, readLink } from './proc.ts';

/** `st` of a listening socket in /proc/net/tcp. */
const listening = '0A';
/** Every address and the loopback, as /proc/net/tcp and tcp6 print them: words in the machine's order. */
const ours = new Set([
  '00000000',
  '0100007F',
  '00000000000000000000000000000000',
  '00000000000000000000000001000000',
  '0000000000000000FFFF000000000000',
  '0000000000000000FFFF00000100007F',
]);

function listenerInodes(port: number): Set<string> {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const inodes = new Set<string>();
  for (const table of ['tcp', 'tcp6']) {
    let text = '';
    try {
      text = readFileSync(`/proc/net/${table}`, 'latin1');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const [address = '', local] = fields[1]?.split(':') ?? [];
      const inode = fields[9];
      if (local === hex && ours.has(address) && fields[3] === listening && inode) inodes.add(inode);
    }
  }
  return inodes;
}

function toHolder(pid: number): Holder {
  const known = describeLinux(pid);
  return { pid, program: known?.name ?? 'unknown', argv0: known?.argv[0] ?? known?.exe ?? '' };
}

export function portHolders(port: number): Holder[] {
  for (let before = new Set<string>(); ; ) {
    const inodes = listenerInodes(port);
    if (inodes.size === 0) return [];
    const sockets = new Set([...inodes].map((inode) => `socket:[${inode}]`));
    const pids = allPids().filter((pid) =>
      openFiles(pid).some(({ target }) => sockets.has(target)),
    );
    if (pids.length > 0) return pids.map(toHolder);
    // The same socket, twice without an owner: a process we may not look into, another user's.
    // Once may be a process that ended between the two tables.
    if ([...inodes].every((inode) => before.has(inode)))
      return [{ pid: 0, program: 'a program of another user', argv0: '' }];
    before = inodes;
  }
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

/** Every process but this one that runs from, stands in, maps or has open something in `folder`. */
export async function pathHolders(folder: string): Promise<PathHolder[]> {
  const base = folder.endsWith(sep) ? folder.slice(0, -1) : folder;
  const inside = (path: string): boolean => path === base || path.startsWith(base + sep);
  const holders: PathHolder[] = [];
  let looked = 0;
  for (const pid of allPids()) {
    if (pid === process.pid) continue;
    const found = holdsHow(pid, inside);
    if (found) holders.push({ ...toHolder(pid), ...found });
    // Reading maps of a few hundred processes takes a while: let events through.
    looked += 1;
    if (looked % 20 === 0) await new Promise((resume) => setImmediate(resume));
  }
  return holders;
}
