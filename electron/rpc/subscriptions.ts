/**
 * The clients that get patches. A client that missed some because it reads too slowly gets the whole
 * state as its next patch: it fits when one was missed, else it is a gap that makes the client ask.
 */
import { type Publisher, toJson } from '../contract/snapshot.ts';
import type { Connection } from './connection.ts';

export interface Subscriptions {
  /** Adding a client twice does nothing: the snapshot in the answer is a fresh start for it. */
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
