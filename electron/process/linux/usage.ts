/** Linux: memory and processor time of process trees, from /proc/<pid>/stat alone. */
import { readFileSync } from 'node:fs';
import { type Identity, nonceVariable } from '../../contract/identity.ts';
import type { TreeUsage } from '../platform-interface.ts';
import { sumOf, treesOf } from '../process-trees.ts';
import { allPids, isOver, markerOf, msPerTick, readStat, readVariable } from './proc.ts';

/** By pid: what its environment said. A program can't change what /proc shows of that, so it is read once. */
let nonces: ReadonlyMap<number, { readonly startedAt: string; readonly nonce: string }> = new Map();

export function usageOf(roots: readonly Identity[]): (TreeUsage | null)[] {
  const running = allPids().flatMap((pid) => {
    const stat = readStat(pid);
    // Threads of the kernel have no memory of their own.
    if (!stat || isOver(stat) || stat.pages === 0 || pid === process.pid) return [];
    const startedAt = markerOf(stat);
    const known = nonces.get(pid);
    const nonce =
      known?.startedAt === startedAt ? known.nonce : (readVariable(pid, nonceVariable) ?? '');
    return [{ pid, startedAt, nonce, ...stat }];
  });
  nonces = new Map(running.map(({ pid, startedAt, nonce }) => [pid, { startedAt, nonce }]));
  const size = pageSize();
  return treesOf(roots, running).map(
    (tree) =>
      tree &&
      sumOf(tree, ({ pages, used }) => ({ memory: pages * size, usedMs: used * msPerTick })),
  );
}

const auxPageSize = 6n;
let page: number | undefined;

/** From the auxiliary vector: pairs of a type and a value, eight bytes each. */
function pageSize(): number {
  if (page !== undefined) return page;
  const vector = readFileSync('/proc/self/auxv');
  for (let at = 0; at + 16 <= vector.length && page === undefined; at += 16) {
    if (vector.readBigUInt64LE(at) === auxPageSize) page = Number(vector.readBigUInt64LE(at + 8));
  }
  page ??= 4096;
  return page;
}
