/** macOS: memory and processor time of process trees, from the kernel's own table. */
import type { Identity } from '../../contract/identity.ts';
import type { TreeUsage } from '../platform-interface.ts';
import { sumOf, treesOf } from '../process-trees.ts';
import { allProcesses, libSystem, taskOf } from './kernel.ts';

/** Without nonces: other programs' environments cost a call each. */
export function usageOf(roots: readonly Identity[]): (TreeUsage | null)[] {
  const running = allProcesses()
    .filter(({ over, pid }) => !over && pid !== process.pid)
    .map(({ pid, parent, marker }) => ({
      pid,
      parent,
      startedAt: marker,
      session: libSystem().getsid(pid),
    }));
  return treesOf(roots, running).map((tree) => tree && sumOf(tree, ({ pid }) => taskOf(pid)));
}
