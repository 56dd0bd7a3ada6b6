/** Offers a version again when the time is over for which its user has put it off. */
import type { Clock } from '../process/index.ts';
import type { SettingsService } from '../settings/settings.ts';

/** A timer counts no sleep and can't be longer than 24 days: the time is looked at this often. */
const lookEveryMs = 60 * 60 * 1000;

/** Begins; returns what ends it. `now`: epoch milliseconds. */
export function offerAgainLater(deps: {
  readonly settings: Pick<SettingsService, 'get' | 'change' | 'subscribe'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly now: () => number;
}): () => void {
  const { settings, clock, now } = deps;
  let cancel: () => void = () => undefined;
  const look = (): void => {
    cancel();
    const { laterVersion } = settings.get();
    if (laterVersion === null) return;
    const left = laterVersion.until - now();
    if (left <= 0) settings.change({ laterVersion: null });
    else cancel = clock.after(Math.min(left, lookEveryMs), look);
  };
  const stop = settings.subscribe(look);
  look();
  return () => {
    stop();
    cancel();
  };
}
