/** Parts of a start's answer: how the end of the process reaches everyone who asked. */
import type { Escape, Identity } from '../contract/identity.ts';
import type { ExitWaiter } from './platform-interface.ts';
import type { ExitInfo, SpawnResult } from './spawn-spec.ts';

export interface ExitBroadcaster extends Pick<SpawnResult, 'exited' | 'onExit'> {
  /** Calls all subscribers, synchronously. */
  publish(exit: ExitInfo): void;
}

/** One exit, reported once to each subscriber, and on the next tick to those who subscribe later. */
export function createExitBroadcaster(): ExitBroadcaster {
  const callbacks: ((exit: ExitInfo) => void)[] = [];
  let published: ExitInfo | undefined;
  return {
    publish(exit) {
      published = exit;
      for (const callback of callbacks.splice(0)) callback(exit);
    },
    onExit(callback) {
      if (published) setImmediate(callback, published);
      else callbacks.push(callback);
    },
    exited: new Promise((resolve) => callbacks.push(resolve)),
  };
}

const unjudged: Escape = { rung: 'setsid', proof: 'assumed', detail: 'Not judged yet.' };

/**
 * The answer for a process whose parent is another program: the exit waiter reports its end. The
 * watch begins with the first use of `exited` or `onExit`, not before.
 */
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
