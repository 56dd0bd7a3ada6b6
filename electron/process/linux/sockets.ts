/**
 * Sockets: the listening TCP sockets of this network namespace, as /proc/net/tcp and tcp6 show them,
 * and the user at the other end of a local one.
 */
import { closeSync, readFileSync } from 'node:fs';
import type { Identity } from '../../contract/identity.ts';
import { addressText } from '../address-text.ts';
import type { ListeningSocket } from '../platform-interface.ts';
import { openVerified } from './exit-waiter.ts';
import { openFiles } from './proc.ts';
import { errno, libc, pidfdGetDescriptor } from './syscalls.ts';

export interface TableEntry extends ListeningSocket {
  readonly inode: string;
  /** The user who made the socket; the table shows it for every user. */
  readonly user: number;
}

/** `st` of a listening socket. */
const listening = '0A';

/** The tables print addresses as 32-bit words in the machine's byte order (little endian here). */
export function readableAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  return addressText(Buffer.concat(words.map((word) => Buffer.from(word, 'hex').reverse())));
}

/** Every listening socket; with `port` only those at it. */
export function listeningTable(port?: number): TableEntry[] {
  const found: TableEntry[] = [];
  for (const table of ['tcp', 'tcp6']) {
    let text = '';
    try {
      text = readFileSync(`/proc/net/${table}`, 'latin1');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== listening) continue;
      const [address = '', local = ''] = fields[1]?.split(':') ?? [];
      const at = Number.parseInt(local, 16);
      const inode = fields[9];
      if (inode === undefined || (port !== undefined && at !== port)) continue;
      found.push({ address: readableAddress(address), port: at, inode, user: Number(fields[7]) });
    }
  }
  return found;
}

/** Where the processes `pids` listen, except the sockets that a process hides. */
export function socketsOf(pids: readonly number[]): ListeningSocket[] {
  const open = new Set(pids.flatMap((pid) => openFiles(pid).map(({ target }) => target)));
  return listeningTable()
    .filter(({ inode }) => open.has(`socket:[${inode}]`))
    .map(({ address, port }) => ({ address, port }));
}

export function hasListener(port: number): boolean {
  return listeningTable(port).length > 0;
}

/**
 * A copy of the socket at which the process of `identity` listens, for a program that may trace it: of
 * the same user, where Yama (kernel.yama.ptrace_scope) does not forbid that. Otherwise a clause that
 * says why there is none.
 */
export function copySocket(identity: Identity, at: ListeningSocket): number | string {
  const inodes = new Set(
    listeningTable(at.port)
      .filter(({ address }) => address === at.address)
      .map(({ inode }) => `socket:[${inode}]`),
  );
  const open = openFiles(identity.pid).find(({ target }) => inodes.has(target));
  if (!open) return 'the process does not listen there, or hides its files';
  const pidfd = openVerified(identity);
  if (typeof pidfd === 'string') return 'the process has ended, or the kernel is older than 5.3';
  try {
    const copy = pidfdGetDescriptor(pidfd, open.fd);
    if (copy >= 0) return copy;
    if (copy === -errno.noCall) return 'the kernel is older than 5.6';
    return `the kernel does not allow it (error ${-copy}); kernel.yama.ptrace_scope is the usual reason`;
  } finally {
    closeSync(pidfd);
  }
}

const solSocket = 1;
const soPeercred = 17;
/** `struct ucred`: pid, uid, gid, four bytes each. */
const ucredSize = 12;

/** The user at the other end of a Unix socket (SO_PEERCRED), as the kernel recorded it at connect. */
export function peerUser(fd: number): number | undefined {
  const credentials = Buffer.alloc(ucredSize);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(ucredSize);
  if (libc().getsockopt(fd, solSocket, soPeercred, credentials, length) !== 0) return undefined;
  return credentials.readUInt32LE(4);
}
