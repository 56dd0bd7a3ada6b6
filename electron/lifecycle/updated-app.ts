/** What becomes of an update in the app that runs after it: the new one, or the old one again. */
import type { Receipt } from '../contract/receipt.ts';
import type { Settings } from '../contract/settings.ts';
import { updatePhases } from '../contract/update-phases.ts';
import { isNewer } from '../contract/version.ts';
import type { Link } from '../link/types.ts';
import type { SettingsService } from '../settings/settings.ts';

/** What to remember of `receipt`; null: nothing that is not remembered already. Pure. */
export function undoneUpdate(
  receipt: Receipt | null,
  version: string,
  remembered: Settings['undoneUpdate'],
): Settings['undoneUpdate'] {
  if (!receipt || remembered?.attempt === receipt.attempt) return null;
  const { attempt, outcome, fromVersion, toVersion } = receipt;
  const isUndone = outcome === 'put-back' || outcome === 'failed';
  // Or the user has gone back from it.
  const left = isUndone ? toVersion : fromVersion;
  if (!isNewer(left, version) || (!isUndone && toVersion !== version)) return null;
  return { attempt, version: left, wantedAgain: false };
}

/** Sees to it that a version whose update was undone is not offered again by itself. Returns what ends it. */
export function rememberUndone(deps: {
  readonly link: Pick<Link, 'watcher' | 'subscribe'>;
  readonly settings: Pick<SettingsService, 'get' | 'change'>;
  /** Of this app. */
  readonly version: string;
}): () => void {
  const { link, settings, version } = deps;
  const look = (): void => {
    const receipt = link.watcher()?.receipt ?? null;
    const undone = undoneUpdate(receipt, version, settings.get().undoneUpdate);
    if (undone) settings.change({ undoneUpdate: undone });
  };
  const stop = link.subscribe(look);
  look();
  return stop;
}

/** Calls `leave` once the update that has started this app counts on it no longer than to see it up. */
export function leaveWhenUpdated(
  link: Pick<Link, 'watcher' | 'subscribe'>,
  leave: () => void,
): void {
  const look = (): void => {
    const watcher = link.watcher();
    if (!watcher) return;
    const phase = watcher.transaction?.phase;
    if (phase !== undefined && !updatePhases[phase].soak) return;
    stop();
    leave();
  };
  const stop = link.subscribe(look);
  look();
}
