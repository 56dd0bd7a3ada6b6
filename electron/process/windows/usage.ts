/** Windows: memory and processor time of process trees; there are no sessions, so a tree is its descendants. */
import type { Identity } from '../../contract/identity.ts';
import type { TreeUsage } from '../platform-interface.ts';
import { sumOf, treesOf } from '../process-trees.ts';
import { access, win32 } from './kernel32.ts';
import { allProcesses, timesOf, withProcess } from './processes.ts';

/** PROCESS_MEMORY_COUNTERS (x64): its size, and the working set in it. */
const counters = { size: 72, workingSet: 16 };

interface Measured {
  readonly startedAt: string;
  readonly memory: number;
  readonly usedMs: number;
}

/** Undefined for a process that has ended, or that this user may not ask. */
function measure(pid: number): Measured | undefined {
  return withProcess(pid, access.query, (handle) => {
    const times = timesOf(handle);
    const info = Buffer.alloc(counters.size);
    info.writeUInt32LE(counters.size);
    if (!times || !win32().K32GetProcessMemoryInfo(handle, info, counters.size)) return undefined;
    return {
      startedAt: String(times.created),
      memory: Number(info.readBigUInt64LE(counters.workingSet)),
      usedMs: Number(times.used) / 1e4,
    };
  });
}

export function usageOf(roots: readonly Identity[]): (TreeUsage | null)[] {
  const running = allProcesses().flatMap(({ pid, parent }) => {
    const measured = pid === process.pid || pid === 0 ? undefined : measure(pid);
    return measured ? [{ pid, parent, session: 0, ...measured }] : [];
  });
  // A parent's pid may have been reused: no child is older than its parent.
  const trees = treesOf(roots, running, (child, parent) => {
    return BigInt(child.startedAt) >= BigInt(parent.startedAt);
  });
  return trees.map((tree) => tree && sumOf(tree, (one) => one));
}
