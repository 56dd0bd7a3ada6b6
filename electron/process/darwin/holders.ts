/** Who holds a port or a folder, from lsof, which every macOS has. */
import { childProcess, run } from '../on-demand.ts';
import type { Holder, ListeningSocket, PathHolder } from '../platform-interface.ts';
import { readArguments } from './kernel.ts';

const lsof = '/usr/sbin/lsof';
/** lsof walks every open file of the user; a network volume can hold it up. */
const patience = 20_000;

interface LsofFile {
  readonly pid: number;
  readonly command: string;
  readonly fd: string;
  /** Of a socket `IPv4` or `IPv6`. */
  readonly kind: string;
  readonly name: string;
}

/**
 * lsof -F prints one field per line: p pid, c command, f descriptor, t type, n name. Exported for
 * its test.
 */
export function parseLsof(text: string): LsofFile[] {
  const found: LsofFile[] = [];
  let pid = 0;
  let command = '';
  let fd = '';
  let kind = '';
  for (const line of text.split('\n')) {
    const value = line.slice(1);
    if (line.startsWith('p')) pid = Number(value);
    else if (line.startsWith('c')) command = value;
    else if (line.startsWith('f')) fd = value;
    else if (line.startsWith('t')) kind = value;
    else if (line.startsWith('n')) found.push({ pid, command, fd, kind, name: value });
  }
  return found;
}

function toHolder(pid: number, command: string): Holder {
  return { pid, program: command, argv0: readArguments(pid).argv[0] ?? '' };
}

export function portHolders(port: number, addresses: ReadonlySet<string>): Holder[] {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpctn'];
  const output =
    childProcess().spawnSync(lsof, args, { encoding: 'utf8', timeout: patience }).stdout ?? '';
  const holders = new Map<number, Holder>();
  for (const { pid, command, name, kind } of parseLsof(output)) {
    const address = parseSocket(name, kind)?.address;
    if (address !== undefined && addresses.has(address)) holders.set(pid, toHolder(pid, command));
  }
  return [...holders.values()];
}

/** `*:8080`, `127.0.0.1:8080`, `[::1]:8080`; of `*` the kind (IPv4, IPv6) decides. Exported for its test. */
export function parseSocket(name: string, kind: string): ListeningSocket | undefined {
  const [, host, port] = /^(\*|\[[^\]]+\]|[\d.]+):(\d+)$/.exec(name) ?? [];
  if (host === undefined || port === undefined) return undefined;
  const every = kind === 'IPv6' ? '::' : '0.0.0.0';
  const address = host === '*' ? every : host.replace(/^\[|\]$/g, '');
  return { address, port: Number(port) };
}

export function socketsOf(pids: readonly number[]): ListeningSocket[] {
  if (pids.length === 0) return [];
  const args = ['-nP', '-a', '-p', pids.join(','), '-iTCP', '-sTCP:LISTEN', '-Fpctn'];
  const output =
    childProcess().spawnSync(lsof, args, { encoding: 'utf8', timeout: patience }).stdout ?? '';
  return parseLsof(output).flatMap(({ name, kind }) => parseSocket(name, kind) ?? []);
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
