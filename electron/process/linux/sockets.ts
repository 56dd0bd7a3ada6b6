/** The listening TCP sockets of this network namespace, as /proc/net/tcp and tcp6 show them. */
import { readFileSync } from 'node:fs';
import type { ListeningSocket } from '../platform-interface.ts';
import { openFiles } from './proc.ts';

export interface TableEntry extends ListeningSocket {
  readonly inode: string;
  /** Who made the socket; the table tells that of every user's. */
  readonly user: number;
}

/** `st` of a listening socket. */
const listening = '0A';

/** The tables print addresses as 32-bit words in the machine's byte order (little endian here). */
export function readableAddress(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex')].reverse());
  if (bytes.length === 4) return bytes.join('.');
  const isMapped = bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255;
  // A socket at ::ffff:127.0.0.1 answers at 127.0.0.1.
  if (isMapped) return bytes.slice(12).join('.');
  const groups = Array.from({ length: 8 }, (_, at) =>
    (((bytes[2 * at] ?? 0) << 8) | (bytes[2 * at + 1] ?? 0)).toString(16),
  );
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
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

/** Where the processes `pids` listen; what a process hides of itself stays out. */
export function socketsOf(pids: readonly number[]): ListeningSocket[] {
  const open = new Set(pids.flatMap((pid) => openFiles(pid).map(({ target }) => target)));
  return listeningTable()
    .filter(({ inode }) => open.has(`socket:[${inode}]`))
    .map(({ address, port }) => ({ address, port }));
}
