/**
 * What ended gateways left behind is ended when the successor has had time to start, or at once when
 * someone waits until nothing of the gateway lives.
 */
import type { Identity } from '../contract/identity.ts';
import { type Clock, type ExitWaiter, hasListener, isAlive, stopTree } from '../process/index.ts';

const sweepAfterMs = 500;

export interface LeftoversDeps {
  /** Of the gateway, for the log. */
  readonly id: string;
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  log(message: string): void;
}

export class Leftovers {
  readonly #deps: LeftoversDeps;
  /** Waiting for their time, with what cancels it. */
  readonly #pending = new Map<Identity, () => void>();
  /** Being ended. */
  readonly #ending = new Set<Promise<unknown>>();
  readonly #leaders = new Set<Identity>();

  constructor(deps: LeftoversDeps) {
    this.#deps = deps;
  }

  /** Ended processes of which something may live: what descends from them is a leftover. */
  former(): readonly Identity[] {
    return [...this.#pending.keys(), ...this.#leaders];
  }

  /**
   * After its successor was started: at once when something still listens on the port, which stands in
   * the successor's way, else in a moment.
   */
  clearPort(identity: Identity, port: number | undefined): void {
    this.endSoon(identity, port !== undefined && hasListener(port) ? 0 : sweepAfterMs);
  }

  /** Ends the family of an ended process in a moment. */
  endSoon(identity: Identity, ms = sweepAfterMs): void {
    const cancel = this.#deps.clock.after(ms, () => void this.end(identity));
    this.#pending.get(identity)?.();
    this.#pending.set(identity, cancel);
  }

  /**
   * Ends what is left of a process that a record names, when that has ended: the rest of its session
   * may show nothing of itself, and stands in the way of a start.
   */
  endIfGone(recorded: Identity | undefined): void {
    if (recorded && !isAlive(recorded)) void this.end(recorded);
  }

  /** It is to be kept after all. */
  keep(identity: Identity): void {
    this.#pending.get(identity)?.();
    this.#pending.delete(identity);
  }

  /** Ends it now, without a grace: its successor needs what it holds. Never rejects. */
  end(identity: Identity): Promise<void> {
    this.keep(identity);
    this.#leaders.add(identity);
    const { id, waiter, clock, log } = this.#deps;
    const failed = (why: string): void =>
      log(`${id}: could not end what process ${identity.pid} left: ${why}`);
    const ended = stopTree(identity, { graceful: 'none', graceMs: 0, waiter, clock }).then(
      ({ survivors }) => {
        const pids = survivors.map(({ pid }) => pid).join(', ');
        if (pids !== '') failed(`the system keeps process ${pids} alive`);
      },
      (error: unknown) => failed(String(error)),
    );
    return this.awaited(ended.finally(() => this.#leaders.delete(identity)));
  }

  /** Counts `ended` among what `endAll` waits for. */
  awaited(ended: Promise<void>): Promise<void> {
    const tracked = ended.finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
    return tracked;
  }

  /** Ends now whatever is pending; resolves when nothing is left. */
  async endAll(): Promise<void> {
    for (const identity of [...this.#pending.keys()]) void this.end(identity);
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  /** Leaves them to a later watcher, which knows them by their nonce. */
  forget(): void {
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }
}
