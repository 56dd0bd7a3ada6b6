/**
 * What a started app owes its watcher: the news that its window is up, while an update waits for
 * that; then a successor, when the watcher is of an older build.
 */
import type { Identity } from '../contract/identity.ts';
import type { CarryPhase, WatcherState } from '../contract/watcher-contract.ts';
import type { Link } from '../link/types.ts';
import type { Log } from '../logging/logging.ts';
import type { Clock } from '../process/index.ts';
import { isNewer } from '../update/trust.ts';

export interface Self {
  readonly version: string;
  readonly buildId: string;
}

/** From the hand-over on. Earlier the app that updates is the one that runs. */
const OWED: ReadonlySet<CarryPhase> = new Set<CarryPhase>([
  'handed-over',
  'replacing',
  'proving',
  'starting-app',
  'soaking',
]);

/**
 * Names the attempt and the watcher that has to hear from us and has not yet; undefined when none.
 * It hears of an app that its user started early, so that it need not start a second one; and a
 * watcher that came in the place of a killed one hears it again.
 */
export function owedReport(
  watcher: WatcherState | null,
  windowLoaded: boolean,
  reported: string | undefined,
): string | undefined {
  const carry = watcher?.carry;
  if (!carry || !windowLoaded || !OWED.has(carry.phase)) return undefined;
  const { pid, startedAt } = watcher.watcher.identity;
  const owed = `${carry.attempt} to ${pid}:${startedAt}`;
  return owed === reported ? undefined : owed;
}

/**
 * True when our build should take the watcher's place: it is another build of no newer version,
 * and no update is before its soak. A newer watcher is left in place; it serves older apps as well.
 */
export function shouldSucceed(
  watcher: WatcherState | null,
  self: Self,
  windowLoaded: boolean,
): boolean {
  if (!watcher || !windowLoaded || watcher.watcher.buildId === self.buildId) return false;
  if (watcher.carry && watcher.carry.phase !== 'soaking') return false;
  return !isNewer(watcher.watcher.version, self.version);
}

/** Attends to the watcher from now on; call the answer when the window has loaded. */
export function attendWatcher(deps: {
  readonly link: Link;
  readonly self: Self;
  readonly identity: () => Identity;
  readonly log: Log;
}): () => void {
  const { link, self, log } = deps;
  let windowLoaded = false;
  let reported: string | undefined;
  /** The watcher that a successor was tried for: one that refused is not asked again and again. */
  let tried: string | undefined;

  const attend = (): void => {
    if (link.state().status !== 'connected') return;
    const watcher = link.watcher();
    const owed = owedReport(watcher, windowLoaded, reported);
    if (owed !== undefined) {
      reported = owed;
      log.info('Reported to the watcher that this app is up.');
      link.client
        .call('update.appStarted', { buildId: self.buildId, identity: deps.identity() })
        .catch((error: unknown) => {
          reported = undefined;
          log.warn(`The watcher could not be told that the app is up: ${sentence(error)}`);
        });
      return;
    }
    const name = watcher ? JSON.stringify(watcher.watcher.identity) : undefined;
    if (name === tried || !shouldSucceed(watcher, self, windowLoaded)) return;
    tried = name;
    link.succeed().catch((error: unknown) => {
      log.warn(`The watcher of build ${watcher?.watcher.buildId} stays: ${sentence(error)}`);
    });
  };

  link.subscribe(attend);
  return () => {
    windowLoaded = true;
    attend();
  };
}

/** What an app that ends on purpose gives its watcher to hear it, milliseconds; nobody waits longer. */
const GOODBYE_MS = 300;

/**
 * Tells a watcher that soaks an update that this app ends because its user or the session wants it.
 * Resolves when it was heard, or when that takes too long; an older watcher does not know the word.
 * Null when nothing has to be said.
 */
export function sayGoodbye(
  link: Pick<Link, 'watcher' | 'client'>,
  identity: Identity,
  clock: Clock,
): Promise<void> | null {
  if (link.watcher()?.carry?.phase !== 'soaking') return null;
  const said = link.client.call('update.appLeaving', { identity }).catch(() => undefined);
  let cancel = (): void => undefined;
  const late = new Promise<void>((resolve) => {
    cancel = clock.after(GOODBYE_MS, resolve);
  });
  return Promise.race([said, late]).then(() => cancel());
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
