/** Who holds a port, from the kernel; who holds a folder, from lsof, which every macOS has. */
import { basename } from 'node:path';
import { run } from '../on-demand.ts';
import type { Holder, ListeningSocket, PathHolder } from '../platform-interface.ts';
import { executablePath, listeningSockets, ownProcesses, readArguments } from './kernel.ts';

const lsof = '/usr/sbin/lsof';
/** lsof walks every open file of the user; a network volume can hold it up. */
const patience = 20_000;

interface LsofFile {
  readonly pid: number;
  readonly command: string;
  readonly fd: string;
  readonly name: string;
}

/**
 * lsof -F prints one field per line: p pid, c command, f descriptor, n name. Exported for its test.
 */
export function parseLsof(text: string): LsofFile[] {
  const found: LsofFile[] = [];
  let pid = 0;
  let command = '';
  let fd = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('c')) command = value;
    else if (line.startsWith('f')) fd = value;
    else if (line.startsWith('n')) found.push({ pid, command, fd, name: value });
  }
  return found;
}

function toHolder(pid: number, command: string): Holder {
  return { pid, program: command, argv0: readArguments(pid).argv[0] ?? '' };
}

/** Other users' processes don't show their sockets. */
export function portHolders(port: number, addresses: ReadonlySet<string>): Holder[] {
  return ownProcesses().flatMap(({ pid }) => {
    const holds = listeningSockets(pid).some(
      (one) => one.port === port && addresses.has(one.address),
    );
    if (!holds) return [];
    const { argv } = readArguments(pid);
    const program = basename(executablePath(pid) || argv[0] || `process ${pid}`);
    return [{ pid, program, argv0: argv[0] ?? '' }];
  });
}

export function socketsOf(pids: readonly number[]): ListeningSocket[] {
  return pids.flatMap(listeningSockets);
}

export function programsIn(folder: string): Holder[] {
  return ownProcesses()
    .map(({ pid }) => ({ pid, exe: executablePath(pid) }))
    .filter(({ pid, exe }) => pid !== process.pid && exe.startsWith(`${folder}/`))
    .map(({ pid, exe }) => toHolder(pid, basename(exe)));
}

export async function pathHolders(folder: string): Promise<PathHolder[]> {
  // lsof exits with 1 when some file was not found: its output counts, not its code.
  const listed = await run(lsof, ['-Fpcfn', '+D', folder], {
    timeout: patience,
  }).catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const first = new Map<number, PathHolder>();
  for (const { pid, command, fd, name } of parseLsof(listed.stdout)) {
    if (pid === process.pid || first.has(pid)) continue;
    const how =
      fd === 'txt' ? 'executable' : fd === 'cwd' ? 'folder' : fd === 'mem' ? 'mapped' : 'open';
    first.set(pid, { ...toHolder(pid, command), how, path: name });
  }
  return [...first.values()];
}
