/**
 * The app at the other end of an update: waiting for the old one to end, hearing that the new one's
 * window is up, ending one that did not come up. Only the very processes are ever signalled; what
 * else an app started (this watcher, for one) is left alone.
 */
import {
  type Clock,
  deadline,
  type ExitWaiter,
  type Identity,
  isAlive,
  readNonce,
} from '../process/index.ts';
import { platform } from '../process/platform.ts';

/** An app that was asked to end gets this long before it is killed, milliseconds. */
const ASKED_GRACE_MS = 5_000;
/**
 * A started app that ended may have handed over to one that runs already (single instance), which
 * then reports itself. This long is waited for that, milliseconds.
 */
const SINGLE_INSTANCE_GRACE_MS = 3_000;

export interface AppWork {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
}

/** Resolves when `identity` has ended: 'ended', or 'late' when `ms` passed first. */
export function waitForEnd(
  work: AppWork,
  identity: Identity,
  ms: number,
): Promise<'ended' | 'late'> {
  return new Promise((resolve) => {
    const finish = (outcome: 'ended' | 'late'): void => {
      cancel();
      forget();
      resolve(outcome);
    };
    const cancel = deadline(work.clock, ms, () => finish('late'));
    const forget = work.waiter.watch(identity, () => finish('ended'));
  });
}

/** Ends one app: asked first, then killed, with those that carry its own nonce. */
export async function endApp(work: AppWork, identity: Identity): Promise<void> {
  const family = carriersOf(identity);
  if (platform.signal(identity, 'SIGTERM')) {
    if ((await waitForEnd(work, identity, ASKED_GRACE_MS)) === 'late') {
      platform.signal(identity, 'SIGKILL');
      await waitForEnd(work, identity, ASKED_GRACE_MS);
    }
  }
  for (const member of [...family, ...carriersOf(identity)]) {
    if (isAlive(member)) platform.signal(member, 'SIGKILL');
  }
}

/** Its helpers: they inherited its nonce; programs it started for good have one of their own. */
function carriersOf(identity: Identity): Identity[] {
  if (identity.nonce === '') return [];
  return platform
    .treeOf(identity)
    .filter(({ pid }) => pid !== process.pid && readNonce(pid) === identity.nonce);
}

interface StartedReport {
  readonly buildId: string;
  readonly identity: Identity;
}

/** Reports of apps whose window is up, and who waits for one. */
export interface Reports {
  report(report: StartedReport): void;
  /**
   * The first report of `buildId` by a living app, also an earlier one. Rejects with a sentence
   * when none came within `ms`, or when `launched` ended and nobody else reported.
   */
  wait(buildId: string, launched: () => Identity | null, ms: number): Promise<StartedReport>;
  /** One that has already been made. */
  find(buildId: string): StartedReport | undefined;
}

export function createReports(work: AppWork): Reports {
  let made: StartedReport[] = [];
  const listeners = new Set<() => void>();
  const find = (buildId: string): StartedReport | undefined => {
    made = made.filter(({ identity }) => isAlive(identity));
    return made.find((one) => one.buildId === buildId);
  };
  return {
    find,
    report(report) {
      made.push(report);
      for (const listener of listeners) listener();
    },
    wait(buildId, launched, ms) {
      return new Promise((resolve, reject) => {
        const cleanUp: (() => void)[] = [];
        const finish = (settle: () => void): void => {
          for (const clean of cleanUp.splice(0)) clean();
          settle();
        };
        const look = (): void => {
          const found = find(buildId);
          if (found) finish(() => resolve(found));
        };
        listeners.add(look);
        cleanUp.push(() => listeners.delete(look));
        const late = (): void => {
          const other = made.find(({ identity }) => isAlive(identity))?.buildId;
          const message = other
            ? `build ${other} answered instead of ${buildId}.`
            : `it did not show its window within ${Math.round(ms / 1000)} s.`;
          finish(() => reject(new Error(message)));
        };
        cleanUp.push(deadline(work.clock, ms, late));
        const process = launched();
        if (process) {
          const ended = (): void => {
            const message = 'it ended before its window was up.';
            const cancel = deadline(work.clock, SINGLE_INSTANCE_GRACE_MS, () =>
              finish(() => reject(new Error(message))),
            );
            cleanUp.push(cancel);
          };
          cleanUp.push(work.waiter.watch(process, ended));
        }
        look();
      });
    },
  };
}
