/**
 * What a started app does for its watcher: it reports that its window is up, while an update waits for
 * that; then it starts a successor, when the watcher is of an older build.
 */
import { demoGateway } from '../contract/demo-gateway.ts';
import { errorText } from '../contract/error-text.ts';
import type { Identity } from '../contract/identity.ts';
import { updatePhases } from '../contract/update-phases.ts';
import { isNewer } from '../contract/version.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { Link } from '../link/types.ts';
import type { Log } from '../logging/logging.ts';
import type { Clock } from '../process/index.ts';

export interface Self {
  readonly version: string;
  readonly buildId: string;
}

/**
 * Names the attempt and the watcher that wait for this app's report; undefined when none does. An app
 * that the user started early reports too, so that the watcher need not start a second one; and it
 * reports again to a watcher that replaced a killed one.
 */
export function pendingReport(
  watcher: WatcherState | null,
  windowLoaded: boolean,
  reported: string | undefined,
): string | undefined {
  const transaction = watcher?.transaction;
  if (!transaction || !windowLoaded || !updatePhases[transaction.phase].reportOwed)
    return undefined;
  const { pid, startedAt } = watcher.watcher.identity;
  const report = `${transaction.attempt} to ${pid}:${startedAt}`;
  return report === reported ? undefined : report;
}

/**
 * True when our build should replace the watcher: it is another build of no newer version, and no
 * update is before its soak. A newer watcher stays; it serves older apps as well.
 */
export function shouldSucceed(
  watcher: WatcherState | null,
  self: Self,
  windowLoaded: boolean,
): boolean {
  if (!watcher || !windowLoaded || watcher.watcher.buildId === self.buildId) return false;
  if (watcher.transaction && !updatePhases[watcher.transaction.phase].soak) return false;
  return !isNewer(watcher.watcher.version, self.version);
}

/** Begins to do both. The returned function is to be called when the window has loaded. */
export function reportToWatcher(deps: {
  readonly link: Link;
  readonly self: Self;
  readonly identity: () => Identity;
  readonly log: Log;
}): () => void {
  const { link, self, log } = deps;
  let windowLoaded = false;
  let reported: string | undefined;
  /** The watcher that a successor was tried for: one that refused is not asked again. */
  let tried: string | undefined;

  const look = (): void => {
    if (link.state().status !== 'connected') return;
    const watcher = link.watcher();
    const pending = pendingReport(watcher, windowLoaded, reported);
    if (pending !== undefined) {
      reported = pending;
      log.info('Reported to the watcher that this app is up.');
      link.client
        .call('update.appStarted', { buildId: self.buildId, identity: deps.identity() })
        .catch((error: unknown) => {
          reported = undefined;
          log.warn(`The report that this app is up did not reach the watcher: ${errorText(error)}`);
        });
      return;
    }
    const name = watcher ? JSON.stringify(watcher.watcher.identity) : undefined;
    if (name === tried || !shouldSucceed(watcher, self, windowLoaded)) return;
    tried = name;
    link.succeed().catch((error: unknown) => {
      log.warn(`The watcher of build ${watcher?.watcher.buildId} stays: ${errorText(error)}`);
    });
  };

  link.subscribe(look);
  return () => {
    windowLoaded = true;
    look();
  };
}

/** What the terminal of a first start says once the demo gateway was set up, which it was asked for. */
export function demoNotice(watcher: WatcherState | null): string | null {
  if (!watcher || !Object.hasOwn(watcher.gateways, demoGateway.id)) return null;
  return 'This first start has set up the demo gateway, so that there is something to look at. Its settings in the window have “Remove”.';
}

/** Ends the watcher and its gateways. Rejects with a sentence. */
export async function retireWithGateways({ client }: Pick<Link, 'client'>): Promise<void> {
  await client.call('watcher.retire', { gateways: 'stop' });
}

/** How long an app that ends on purpose waits for its watcher's answer, milliseconds. */
const goodbyeMs = 300;

/**
 * Tells a watcher that soaks an update that this app ends because its user or the session wants it.
 * Resolves when the watcher has answered, or when that takes too long; an older watcher does not know
 * the call. Null when no watcher needs to know.
 */
export function sayGoodbye(
  link: Pick<Link, 'watcher' | 'client'>,
  identity: Identity,
  clock: Clock,
): Promise<void> | null {
  const phase = link.watcher()?.transaction?.phase;
  if (phase === undefined || !updatePhases[phase].soak) return null;
  return new Promise((resolve) => {
    const cancel = clock.after(goodbyeMs, resolve);
    link.client
      .call('update.appLeaving', { identity })
      .catch(() => undefined)
      .finally(() => {
        cancel();
        resolve();
      });
  });
}
