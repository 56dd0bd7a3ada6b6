/** Linux: the shared POSIX start, with sealed descriptors and the marker and session from one read. */

import type { Identity } from '../../contract/identity.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import {
  endedIdentity,
  explainFailure,
  isPassing,
  posixSpawn,
  sessionEscape,
} from '../posix-spawn.ts';
import { SpawnError, type SpawnResult, type SpawnSpec } from '../spawn-spec.ts';
import { diagnose } from '../why-not-started.ts';
import { directSpawn, watchDirect } from './direct-spawn.ts';
import { refuseInsideMount } from './mount.ts';
import { markerOf, readStat } from './proc.ts';
import { sealDescriptors } from './syscalls.ts';

export function linuxSpawn(spec: SpawnSpec, waiter: ExitWaiter): SpawnResult {
  refuseInsideMount(spec.command);
  let session: number | undefined;
  // A child can't be reaped before we return to the event loop: even a dead one has its stat.
  const identify = (pid: number, nonce: string): Identity | undefined => {
    const stat = readStat(pid);
    session = stat?.session;
    return stat && { pid, startedAt: markerOf(stat), nonce };
  };
  const started = posixSpawn(spec, {
    seal: sealDescriptors,
    identify,
    direct({ stdout, stderr }, env) {
      // Only where every millisecond is one without a gateway: its wait keeps this program alive.
      if (spec.kind !== 'gateway' || spec.stdin === 'pipe') return null;
      const { command, args, cwd, nonce, openFiles } = spec;
      const result = directSpawn({ command, args, cwd, env, stdout, stderr, openFiles });
      // Node's own start would fail for the same reason, and does not tell it in time.
      if (result && 'code' in result && isPassing(result.code)) {
        throw explainFailure(spec, result.code, undefined);
      }
      if (!result || 'code' in result) {
        // Node would have a shell read what the system can't run, also a program for another machine.
        const found = diagnose({ command, cwd, env });
        if (found) throw new SpawnError(found.code, command, found.message);
        return null;
      }
      const { pid } = result;
      const identity = identify(pid, nonce) ?? endedIdentity(pid, nonce);
      return { identity, ...watchDirect(identity, waiter) };
    },
  });
  return { ...started, escape: sessionEscape(session, started.pid) };
}
