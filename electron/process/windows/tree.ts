/** Windows: what a process is, what belongs to it, and which processes carry a nonce of ours. */
import { win32 as paths } from 'node:path';
import type { Identity } from '../../contract/identity.ts';
import type { ProcessDescription } from '../platform-interface.ts';
import { nonceVariable } from '../spawn-spec.ts';
import { splitCommandLine } from './command-line.ts';
import { commandLineOf, variableOf } from './memory.ts';
import { allProcesses, executablePath, startMarker } from './processes.ts';

/**
 * Descendants, and whatever carries the nonce of `root`; those of its known `relatives`; then their
 * descendants in turn. A parent's pid may be reused: a child is never older than its parent.
 */
export function treeOf(root: Identity, relatives: readonly Identity[] = []): Identity[] {
  const entries = allProcesses().filter((one) => one.pid !== process.pid);
  const members = new Map<number, Identity>([...relatives, root].map((one) => [one.pid, one]));
  const take = (pid: number): void => {
    const startedAt = startMarker(pid);
    if (startedAt !== undefined) members.set(pid, { pid, startedAt, nonce: root.nonce });
  };
  for (const { pid } of entries) {
    if (root.nonce !== '' && pid !== root.pid && variableOf(pid, nonceVariable) === root.nonce)
      take(pid);
  }
  for (let before = 0; before !== members.size; ) {
    before = members.size;
    for (const { pid, parent } of entries) {
      const above = members.get(parent);
      if (!above || members.has(pid)) continue;
      const startedAt = startMarker(pid);
      if (startedAt !== undefined && BigInt(startedAt) >= BigInt(above.startedAt)) take(pid);
    }
  }
  for (const { pid } of [root, ...relatives]) members.delete(pid);
  return [...members.values()];
}

export function describeWindows(pid: number): ProcessDescription | undefined {
  if (startMarker(pid) === undefined) return undefined;
  const exe = executablePath(pid);
  const line = commandLineOf(pid);
  const name =
    paths.basename(exe) || (allProcesses().find((one) => one.pid === pid)?.name ?? 'unknown');
  const argv = line === undefined ? (exe === '' ? [] : [exe]) : splitCommandLine(line);
  return { pid, exe, argv, name };
}

/** The host of a hidden console has its client's environment, but is the system's own and ends with it. */
function isConsole(name: string): boolean {
  return name.toLowerCase() === 'conhost.exe';
}

/** Living processes whose nonce `matches`, those first whose parent does not carry it, then by age. */
export function carriers(matches: (nonce: string) => boolean): Identity[] {
  const found = allProcesses().flatMap(({ pid, parent, name }) => {
    const nonce =
      pid === process.pid || isConsole(name) ? undefined : variableOf(pid, nonceVariable);
    const startedAt = nonce !== undefined && matches(nonce) ? startMarker(pid) : undefined;
    return nonce === undefined || startedAt === undefined
      ? []
      : [{ parent, identity: { pid, startedAt, nonce } }];
  });
  const follows = (one: (typeof found)[number]): number =>
    found.some((other) => other.identity.pid === one.parent) ? 1 : 0;
  found.sort(
    (a, b) =>
      follows(a) - follows(b) ||
      (BigInt(a.identity.startedAt) < BigInt(b.identity.startedAt) ? -1 : 1),
  );
  return found.map((one) => one.identity);
}
