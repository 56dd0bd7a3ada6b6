/** Who holds a port (the TCP table) or a folder (what runs from it; open files by Restart Manager). */
import { readdirSync } from 'node:fs';
import { win32 as paths } from 'node:path';
import type { Holder, PathHolder } from '../platform-interface.ts';
import { win32 } from './kernel32.ts';
import { allProcesses, executablePath } from './processes.ts';
import { restartManagerHolders } from './restart-manager.ts';
import { describeWindows } from './tree.ts';

const listenersWithOwner = 3;
const families = [
  // Record size, offset of the local address, its bytes, offset of the local port, of the owner's pid.
  { family: 2, size: 24, address: 4, bytes: 4, port: 8, pid: 20 },
  { family: 23, size: 56, address: 0, bytes: 16, port: 20, pid: 52 },
] as const;
/** Every address and the loopback, of both families. */
const ours = new Set(['00000000', '7f000001', '0'.repeat(32), '1'.padStart(32, '0')]);

/** Restart Manager takes files, not folders: enough to find any lock that matters, few enough to be quick. */
const mostFiles = 2000;

function toHolder(pid: number, name = ''): Holder {
  const known = describeWindows(pid);
  return { pid, program: known?.name ?? (name || 'unknown'), argv0: known?.exe ?? '' };
}

export function portHolders(port: number): Holder[] {
  const pids = new Set<number>();
  for (const shape of families) {
    const size = Buffer.alloc(4);
    win32().GetExtendedTcpTable(null, size, 0, shape.family, listenersWithOwner, 0);
    const table = Buffer.alloc(size.readUInt32LE() + 4096);
    size.writeUInt32LE(table.length);
    if (win32().GetExtendedTcpTable(table, size, 0, shape.family, listenersWithOwner, 0) !== 0)
      continue;
    for (let index = 0; index < table.readUInt32LE(); index += 1) {
      const at = 4 + index * shape.size;
      const from = at + shape.address;
      const address = table.toString('hex', from, from + shape.bytes);
      // The port is in network order in the low half.
      if (table.readUInt16BE(at + shape.port) === port && ours.has(address))
        pids.add(table.readUInt32LE(at + shape.pid));
    }
  }
  return [...pids].map((pid) => toHolder(pid));
}

export async function pathHolders(folder: string): Promise<PathHolder[]> {
  const base = `${paths.resolve(folder).toLowerCase()}\\`;
  const holders = new Map<number, PathHolder>();
  for (const { pid, name } of allProcesses()) {
    const exe = pid === process.pid ? '' : executablePath(pid);
    if (exe.toLowerCase().startsWith(base))
      holders.set(pid, { ...toHolder(pid, name), how: 'executable', path: exe });
  }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .slice(0, mostFiles)
    .map((one) => paths.join(one.parentPath, one.name));
  for (const { pid, name } of restartManagerHolders(files)) {
    if (pid !== process.pid && !holders.has(pid))
      holders.set(pid, { ...toHolder(pid, name), program: name, how: 'open', path: folder });
  }
  return [...holders.values()];
}
