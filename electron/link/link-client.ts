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
import { takingOver } from '../contract/wire.ts';
import { type Clock, passed } from '../process/index.ts';
import type { WatcherConnection } from '../rpc/client.ts';

/** Between two tries while a watcher hands over, milliseconds: that takes a few hundred. */
const askAgainMs = 50;
/** A watcher that takes longer to hand over is in trouble, milliseconds. */
const handOverMs = 10_000;

interface Subscription {
  /** Listens on a connection; returns what stops that. */
  readonly listenOn: (connection: WatcherConnection) => () => void;
  stop: () => void;
}

export class LinkClient implements Client<WatcherContract> {
  readonly #clock: Clock;
  readonly #whyNot: () => string;
  readonly #subscriptions = new Set<Subscription>();
  #connection: WatcherConnection | undefined;

  /** @param whyNot a sentence for a call while there is no connection */
  constructor(clock: Clock, whyNot: () => string) {
    this.#clock = clock;
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

  /** An order that comes while a watcher hands over waits for the one that takes over. */
  async call<K extends CallName<WatcherContract>>(
    name: K,
    input: Input<WatcherContract, K>,
  ): Promise<Output<WatcherContract, K>> {
    const end = this.#clock.now() + handOverMs;
    for (let refused = false; ; await passed(this.#clock, askAgainMs)) {
      const connection = this.#connection;
      const late = this.#clock.now() > end;
      if (refused && !connection && !late) continue;
      try {
        if (connection) return await connection.call(name, input);
        throw new ContractError(this.#whyNot());
      } catch (error) {
        const again = error instanceof ContractError && error.message === takingOver;
        // One that has ended with the order open would have refused it, too.
        const ended = refused && connection !== this.#connection;
        if (late || !(again || ended)) throw error;
        refused = true;
      }
    }
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
