/**
 * The part of a state from which it is decided what is told: the app has it for the desktop, the watcher
 * for the phone. Pure.
 */
import type { AppState } from '../contract/app-contract.ts';
import { putOff } from '../contract/put-off.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';

/** Problems and news, problems alone, or nothing. */
export type Wanted = AppState['settings']['notifications'];

type Told = 'gateways' | 'gatewayUpdates' | 'transaction' | 'receipt';

export interface NoticeFacts extends Pick<WatcherState, Told> {
  /** It is known to be true now: what is only remembered is not told. */
  readonly isCurrent: boolean;
  /** The newer version of Holdfast that waits for the user; null also where that is not known. */
  readonly offered: string | null;
  readonly wanted: Wanted;
}

/** What the desktop is told is decided from. */
export function factsOfApp(app: AppState): NoticeFacts {
  const { link, update, settings, gateways, gatewayUpdates, transaction, receipt } = app;
  const isOffered = update.status === 'available' || update.status === 'ready';
  const offered = isOffered && putOff(settings, update.version) === null ? update.version : null;
  return {
    ...{ gateways, gatewayUpdates, transaction, receipt, offered },
    isCurrent: link.status === 'connected' && link.staleSince === undefined,
    wanted: settings.notifications,
  };
}

/** The watcher's own; it does not know which version of Holdfast is offered. */
export function factsOfWatcher(state: WatcherState, wanted: Wanted): NoticeFacts {
  const { gateways, gatewayUpdates, transaction, receipt } = state;
  const facts = { gateways, gatewayUpdates, transaction, receipt };
  return { ...facts, isCurrent: true, offered: null, wanted };
}
