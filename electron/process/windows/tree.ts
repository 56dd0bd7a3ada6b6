/** Windows: what a process is, what belongs to it, and which processes carry a nonce of ours. */
import { win32 as paths } from 'node:path';
import { type Identity, nonceVariable } from '../../contract/identity.ts';
import type { ProcessDescription, ProcessScan } from '../platform-interface.ts';
import { splitCommandLine } from './command-line.ts';
import { commandLineOf, variableOf } from './memory.ts';
import { allProcesses, type Entry, executablePath, startMarker } from './processes.ts';

/**
 * Descendants, and every process that carries the nonce of `root`; those of its known `relatives`;
 * then their descendants in turn.
 */
export function treeOf(root: Identity, relatives: readonly Identity[] = []): Identity[] {
  const { nonce } = root;
  const entries = allProcesses().filter((one) => one.pid !== process.pid);
  const known = [...relatives, root, ...carriersAmong(entries, root)];
  const members = new Map(known.map((one) => [one.pid, one]));
  for (let before = 0; before !== members.size; ) {
    before = members.size;
    for (const { pid, parent } of entries) {
      const startedAt = members.has(pid) ? undefined : childMarker(pid, members.get(parent));
      if (startedAt !== undefined) members.set(pid, { pid, startedAt, nonce });
    }
  }
  for (const { pid } of [root, ...relatives]) members.delete(pid);
  return [...members.values()];
}

/** Those that carry the nonce of `root` and have lost their parent, without `root`. */
function carriersAmong(entries: readonly Entry[], root: Identity): Identity[] {
  const { nonce } = root;
  if (nonce === '') return [];
  return orphansSince(root, entries, startMarker)
    .filter(({ pid }) => variableOf(pid, nonceVariable) === nonce)
    .map((one) => ({ ...one, nonce }));
}

/**
 * The only processes that have to be read to find those of `root`: a nonce is inherited, so one whose parent runs
 * is found by its parent. To read the memory of every process of a machine alarms its guards. Exported for its test.
 *
 * @param marker when a process began; undefined for one that has ended or may not be asked
 */
export function orphansSince(
  root: Identity,
  entries: readonly Entry[],
  marker: (pid: number) => string | undefined,
): { readonly pid: number; readonly startedAt: string }[] {
  const listed = new Set(entries.map((one) => one.pid));
  const markers = new Map<number, string | undefined>();
  const begun = (pid: number): string | undefined => {
    if (!markers.has(pid)) markers.set(pid, marker(pid));
    return markers.get(pid);
  };
  const since = isMarker.test(root.startedAt) ? BigInt(root.startedAt) : 0n;
  return entries.flatMap(({ pid, parent }) => {
    const startedAt = pid === root.pid ? undefined : begun(pid);
    if (startedAt === undefined || BigInt(startedAt) < since) return [];
    const holder = listed.has(parent) ? begun(parent) : undefined;
    // One that may not be asked belongs to the system, and one that is younger has got the pid later.
    const isReused = holder !== undefined && BigInt(holder) > BigInt(startedAt);
    return listed.has(parent) && !isReused ? [] : [{ pid, startedAt }];
  });
}

/** A creation time, not the word for a process that had ended before it could be asked. */
const isMarker = /^\d+$/;

/**
 * The start marker of `pid` when it is a child of `parent`; undefined otherwise. A parent's pid may
 * have been reused: a child is never older than its parent, and one that is younger than the present
 * holder of the pid is that one's.
 */
function childMarker(pid: number, parent: Identity | undefined): string | undefined {
  const startedAt = parent && startMarker(pid);
  if (startedAt === undefined || !parent) return undefined;
  const born = BigInt(startedAt);
  if (!isMarker.test(parent.startedAt) || born < BigInt(parent.startedAt)) return undefined;
  const holder = startMarker(parent.pid);
  const isReused = holder !== undefined && holder !== parent.startedAt;
  return isReused && born >= BigInt(holder) ? undefined : startedAt;
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

/** The host of a hidden console has its client's environment, but belongs to the system and ends with it. */
function isConsole(name: string): boolean {
  return name.toLowerCase() === 'conhost.exe';
}

/** Running processes whose nonce `matches`: those first whose parent does not carry it, then by age. */
function carriers(matches: (nonce: string) => boolean): Identity[] {
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

/** The process table is read for every question: Windows hands it out whole, at little cost. */
export function scan(): ProcessScan {
  return { carrying: carriers, leadersWritingTo: () => [] };
}
