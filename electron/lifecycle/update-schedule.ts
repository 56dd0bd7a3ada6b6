/** Automatic checks for updates: soon after the start, then every few hours, if the user wants that. */
import type { UpdateStatus } from '../contract/update.ts';
import type { Clock } from '../process/index.ts';
import type { SettingsService } from '../settings/settings.ts';

/** The start itself has better things to do. */
const firstAfterMs = 15_000;
/** Often enough for a security fix, seldom enough for a feed. */
const everyMs = 6 * 60 * 60 * 1000;

const quiet: ReadonlySet<UpdateStatus> = new Set<UpdateStatus>(['idle', 'up-to-date', 'failed']);

/** True when an automatic check would not disturb anything. Pure. */
export function mayCheck(status: UpdateStatus, wanted: boolean): boolean {
  return wanted && quiet.has(status);
}

/** Begins; returns what ends it. */
export function scheduleUpdateChecks(deps: {
  readonly clock: Clock;
  readonly status: () => UpdateStatus;
  readonly wanted: () => boolean;
  readonly check: () => void;
}): () => void {
  let cancel = deps.clock.after(firstAfterMs, tick);
  function tick(): void {
    if (mayCheck(deps.status(), deps.wanted())) deps.check();
    cancel = deps.clock.after(everyMs, tick);
  }
  return () => cancel();
}

/** Checks anew when the user wants other versions than before; returns what ends that. */
export function checkOnNewChannel(
  settings: Pick<SettingsService, 'get' | 'subscribe'>,
  check: () => void,
): () => void {
  let channel = settings.get().updateChannel;
  return settings.subscribe(() => {
    const { updateChannel } = settings.get();
    if (updateChannel === channel) return;
    channel = updateChannel;
    check();
  });
}
