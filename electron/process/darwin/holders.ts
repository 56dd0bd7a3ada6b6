/** Who holds a port or a folder, from lsof, which every macOS has. */
import { childProcess, run } from '../on-demand.ts';
import type { Holder, PathHolder } from '../platform-interface.ts';
import { readArguments } from './kernel.ts';

const lsof = '/usr/sbin/lsof';
/** lsof walks every open file of the user; a network volume can hold it up. */
const patience = 20_000;

/** lsof -F prints one field per line: p pid, c command, f descriptor, n name. Exported for its test. */
export function parseLsof(
  text: string,
): { pid: number; command: string; fd: string; name: string }[] {
  const found: { pid: number; command: string; fd: string; name: string }[] = [];
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

export function portHolders(port: number): Holder[] {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpcn'];
  const said =
    childProcess().spawnSync(lsof, args, { encoding: 'utf8', timeout: patience }).stdout ?? '';
  const holders = new Map<number, Holder>();
  for (const { pid, command, name } of parseLsof(said)) {
    // `*:8080`, `127.0.0.1:8080`, `[::1]:8080`
    if (/^(\*|127\.0\.0\.1|\[::1?\]):/.test(name)) holders.set(pid, toHolder(pid, command));
  }
  return [...holders.values()];
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
