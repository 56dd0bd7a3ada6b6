/** Linux: the shared POSIX start, with sealed descriptors and the marker and session from one read. */

import { posixSpawn, sessionEscape } from '../posix-spawn.ts';
import type { SpawnResult, SpawnSpec } from '../spawn-spec.ts';
import { refuseInsideMount } from './mount.ts';
import { markerOf, readStat } from './proc.ts';
import { sealDescriptors } from './syscalls.ts';

export function linuxSpawn(spec: SpawnSpec): SpawnResult {
  refuseInsideMount(spec.command);
  let session: number | undefined;
  const started = posixSpawn(spec, {
    seal: sealDescriptors,
    // A child can't be reaped before we return to the event loop: even a dead one has its stat.
    identify: (pid, nonce) => {
      const stat = readStat(pid);
      session = stat?.session;
      return stat && { pid, startedAt: markerOf(stat), nonce };
    },
  });
  return { ...started, escape: sessionEscape(session, started.pid) };
}
