/**
 * Who gets patches. A subscriber that missed some because it reads too slowly gets the whole state
 * as its next patch: right by itself when it missed one, a gap that makes it ask again otherwise.
 */
import { type Publisher, toJson } from '../contract/snapshot.ts';
import type { Connection } from './connection.ts';

export interface Subscriptions {
  /** Twice is once: the snapshot in the answer is a fresh start for the same subscriber. */
  add(connection: Connection): void;
}

export function createSubscriptions<S>(publisher: Publisher<S>): Subscriptions {
  const subscribers = new Set<Connection>();

  return {
    add(connection) {
      if (subscribers.has(connection)) return;
      subscribers.add(connection);
      const stop = publisher.subscribe((patch) => connection.event('patch', patch));
      connection.onCaughtUp(() => {
        const { revision, state } = publisher.snapshot();
        if (revision === 0) return;
        const changes = [{ path: [], value: toJson(state) }];
        connection.event('patch', { revision, changes });
      });
      connection.onClose(() => {
        stop();
        subscribers.delete(connection);
      });
    },
  };
}
