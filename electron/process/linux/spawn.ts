/** Linux: the shared POSIX start, with sealed descriptors and the marker and session from one read. */
import type { Identity } from '../../contract/identity.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import {
  type DirectChild,
  endedIdentity,
  posixSpawn,
  sessionEscape,
  withSocketStep,
} from '../posix/spawn.ts';
import { SpawnError, type SpawnResult, type SpawnSpec } from '../spawn-spec.ts';
import { diagnose, explainFailure, isPassing } from '../why-not-started.ts';
import { directSpawn, watchDirect } from './direct-spawn.ts';
import { isOnNoExecMount, refuseInsideMount } from './mount.ts';
import { markerOf, readStat } from './proc.ts';
import { sealDescriptors } from './syscalls.ts';

export function linuxSpawn(wanted: SpawnSpec, waiter: ExitWaiter): SpawnResult {
  refuseInsideMount(wanted.command);
  const spec = withSocketStep(wanted, isOnNoExecMount);
  let session: number | undefined;
  // A child can't be reaped before control returns to the event loop: even a dead one has its stat.
  const identify = (pid: number, nonce: string): Identity | undefined => {
    const stat = readStat(pid);
    session = stat?.session;
    return stat && { pid, startedAt: markerOf(stat), nonce };
  };
  const started = posixSpawn(spec, {
    seal: sealDescriptors,
    identify,
    isOnNoExecMount,
    direct: (streams, env) => startDirectly({ ...spec, ...streams, env }, identify, waiter),
  });
  return { ...started, escape: sessionEscape(session, started.pid) };
}

/**
 * A gateway's start through posix_spawn; null for any other program, and where only Node's start can
 * do it. A gateway alone is worth the wait for its exit, which keeps this program alive.
 */
function startDirectly(
  spec: SpawnSpec & { readonly stdout: number; readonly stderr: number },
  identify: (pid: number, nonce: string) => Identity | undefined,
  waiter: ExitWaiter,
): DirectChild | null {
  if (spec.kind !== 'gateway' || spec.stdin === 'pipe') return null;
  const { command, cwd, env, nonce, listen } = spec;
  const result = directSpawn({ ...spec, listen: listen?.fd });
  if (result && 'pid' in result) {
    const identity = identify(result.pid, nonce) ?? endedIdentity(result.pid, nonce);
    return { identity, ...watchDirect(identity, waiter) };
  }
  // Node's own start would fail for the same reason, but reports it too late.
  if (result && isPassing(result.code)) throw explainFailure(spec, result.code, undefined);
  // Node would have a shell read what the system can't run, including a program for another machine.
  const found = diagnose({ command, cwd, env, isOnNoExecMount });
  if (found) throw new SpawnError(found.code, command, found.message);
  return null;
}
