/** The creation flags that let a process live on its own. */
import type { SpawnSpec } from '../spawn-spec.ts';

const detachedProcess = 0x00000008;
const newProcessGroup = 0x00000200;
const breakawayFromJob = 0x01000000;
const noWindow = 0x08000000;

/**
 * Its own group, no window, out of the job if `breakaway` (a job may forbid that). A gateway gets a
 * hidden console, because without one every console program that it starts flashes a window; the
 * others get none.
 */
export function creationFlags(
  kind: SpawnSpec['kind'],
  { breakaway }: { readonly breakaway: boolean },
): number {
  const console = kind === 'gateway' ? 0 : detachedProcess;
  const job = breakaway ? breakawayFromJob : 0;
  return newProcessGroup | noWindow | console | job;
}
