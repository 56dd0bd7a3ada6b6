/** Who holds a port (the TCP table) or a folder (what runs from it or in it; open files by Restart Manager). */
import { readdirSync } from 'node:fs';
import { win32 as paths } from 'node:path';
import { addressText } from '../address-text.ts';
import type { Holder, ListeningSocket, PathHolder } from '../platform-interface.ts';
import { win32 } from './kernel32.ts';
import { workingFolderOf } from './memory.ts';
import { allProcesses, executablePath } from './processes.ts';
import { restartManagerHolders } from './restart-manager.ts';
import { describeWindows } from './tree.ts';

const listenersWithOwner = 3;
const families = [
  // Record size, offset of the local address, its bytes, offset of the local port, of the owner's pid.
  { family: 2, size: 24, address: 4, bytes: 4, port: 8, pid: 20 },
  { family: 23, size: 56, address: 0, bytes: 16, port: 20, pid: 52 },
] as const;

/** Restart Manager takes files, not folders: more than an installed gateway has, few enough to ask within seconds. */
const mostFiles = 50_000;

function toHolder(pid: number, name = ''): Holder {
  const known = describeWindows(pid);
  return { pid, program: known?.name ?? (name || 'unknown'), argv0: known?.exe ?? '' };
}

interface TableEntry extends ListeningSocket {
  readonly pid: number;
}

/** Every listening TCP socket with the process it belongs to. */
function listeningTable(): TableEntry[] {
  const found: TableEntry[] = [];
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
      found.push({
        address: addressText(table.subarray(from, from + shape.bytes)),
        // The port is in network order in the low half.
        port: table.readUInt16BE(at + shape.port),
        pid: table.readUInt32LE(at + shape.pid),
      });
    }
  }
  return found;
}

export function portHolders(port: number, addresses: ReadonlySet<string>): Holder[] {
  const local = listeningTable().filter((one) => one.port === port && addresses.has(one.address));
  return [...new Set(local.map((one) => one.pid))].map((pid) => toHolder(pid));
}

export function socketsOf(pids: readonly number[]): ListeningSocket[] {
  return listeningTable()
    .filter((one) => pids.includes(one.pid))
    .map(({ address, port }) => ({ address, port }));
}

/** Whether a path is the folder or lies in it; Windows knows no capital letters in names. */
function isIn(folder: string): (path: string) => boolean {
  const base = `${paths.resolve(folder).toLowerCase()}\\`;
  return (path) => `${path.toLowerCase()}\\`.startsWith(base);
}

/** Every other process, as a holder when `path` tells of it a path in the folder. */
function holdersBy(
  folder: string,
  how: PathHolder['how'],
  path: (pid: number) => string,
): PathHolder[] {
  const inside = isIn(folder);
  return allProcesses().flatMap(({ pid, name }) => {
    const found = pid === process.pid ? '' : path(pid);
    return found !== '' && inside(found) ? [{ ...toHolder(pid, name), how, path: found }] : [];
  });
}

export function programsIn(folder: string): Holder[] {
  return holdersBy(folder, 'executable', executablePath);
}

export async function pathHolders(folder: string): Promise<PathHolder[]> {
  const byProcess = [
    ...holdersBy(folder, 'folder', (pid) => workingFolderOf(pid) ?? ''),
    ...holdersBy(folder, 'executable', executablePath),
  ];
  const holders = new Map(byProcess.map((one) => [one.pid, one]));
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
