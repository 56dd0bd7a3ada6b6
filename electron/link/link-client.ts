/** The watcher's contract, asked over whichever connection stands; listeners outlive every connection. */
import {
  type CallName,
  type Client,
  ContractError,
  type EventName,
  type EventPayload,
  type Input,
  type Output,
} from '../contract/define.ts';
import type { WatcherContract } from '../contract/watcher-contract.ts';
import type { WatcherConnection } from '../rpc/client.ts';

interface Subscription {
  /** Listens on a connection; returns what stops that. */
  readonly listenOn: (connection: WatcherConnection) => () => void;
  stop: () => void;
}

export class LinkClient implements Client<WatcherContract> {
  readonly #whyNot: () => string;
  readonly #subscriptions = new Set<Subscription>();
  #connection: WatcherConnection | undefined;

  /** @param whyNot a sentence for a call while there is no connection */
  constructor(whyNot: () => string) {
    this.#whyNot = whyNot;
  }

  get connection(): WatcherConnection | undefined {
    return this.#connection;
  }

  /** From now on calls go to `connection`, and its events to all who listen. */
  connectTo(connection: WatcherConnection): void {
    this.#connection = connection;
    for (const one of this.#subscriptions) one.stop = one.listenOn(connection);
  }

  disconnect(): void {
    this.#connection = undefined;
  }

  call<K extends CallName<WatcherContract>>(
    name: K,
    input: Input<WatcherContract, K>,
  ): Promise<Output<WatcherContract, K>> {
    return this.#connection?.call(name, input) ?? Promise.reject(new ContractError(this.#whyNot()));
  }

  on<E extends EventName<WatcherContract>>(
    event: E,
    listener: (payload: EventPayload<WatcherContract, E>) => void,
  ): () => void {
    const listenOn = (connection: WatcherConnection): (() => void) =>
      connection.on(event, listener);
    const stop = this.#connection ? listenOn(this.#connection) : () => {};
    const subscription: Subscription = { listenOn, stop };
    this.#subscriptions.add(subscription);
    return () => {
      this.#subscriptions.delete(subscription);
      subscription.stop();
    };
  }
}
