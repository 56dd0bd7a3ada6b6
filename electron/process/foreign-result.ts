/** A start whose parent is another program: its end is heard through the exit waiter. */
import type { Escape, Identity } from '../contract/identity.ts';
import type { ExitWaiter } from './platform-interface.ts';
import type { ExitInfo, SpawnResult } from './spawn-spec.ts';

const unjudged: Escape = { rung: 'setsid', proof: 'assumed', detail: 'Not looked at yet.' };

/** Watches `identity` from the first use of `exited` or `onExit`, not before. */
export function watchForeign(identity: Identity, waiter: ExitWaiter): SpawnResult {
  let exited: Promise<ExitInfo> | undefined;
  const onExit = (callback: (exit: ExitInfo) => void): void => {
    waiter.watch(identity, callback);
  };
  return {
    pid: identity.pid,
    identity,
    escape: unjudged,
    child: false,
    stdin: undefined,
    onExit,
    get exited() {
      exited ??= new Promise((resolve) => onExit(resolve));
      return exited;
    },
  };
}
