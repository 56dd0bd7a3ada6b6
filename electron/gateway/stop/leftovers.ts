/**
 * What ended processes left behind is ended when the successor has had time to start, or at once when
 * a caller waits until nothing of the gateway is alive.
 */
import { errorText } from '../../contract/error-text.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import {
  type Clock,
  type ExitWaiter,
  hasListener,
  isAlive,
  mayHaveLeftFamily,
  stopTree,
} from '../../process/index.ts';

export interface LeftoversDeps {
  /** Of the gateway, for the log. */
  readonly id: string;
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  readonly sweepAfterMs: number;
  log(message: string): void;
}

export class Leftovers {
  readonly #deps: LeftoversDeps;
  /** Those to be ended later, each with what cancels that. */
  readonly #pending = new Map<Identity, () => void>();
  /** Being ended. */
  readonly #ending = new Set<Promise<unknown>>();
  readonly #leaders = new Set<Identity>();

  constructor(deps: LeftoversDeps) {
    this.#deps = deps;
  }

  /** Ended processes of which something may be alive: what descends from them is a leftover. */
  former(): readonly Identity[] {
    return [...this.#pending.keys(), ...this.#leaders];
  }

  /**
   * After its successor was started: ends its family at once when something still listens on the port
   * and stands in the successor's way, else in a moment.
   */
  clearPort(identity: Identity, { port, listen }: Pick<Profile, 'port' | 'listen'>): void {
    // On a passed socket the watcher itself listens; what is left may still take connections from it.
    const inTheWay =
      listen === 'passed'
        ? mayHaveLeftFamily(identity, [])
        : port !== undefined && hasListener(port);
    this.endSoon(identity, inTheWay ? 0 : undefined);
  }

  /** Ends the family of an ended process in a moment. */
  endSoon(identity: Identity, ms = this.#deps.sweepAfterMs): void {
    const cancel = this.#deps.clock.after(ms, () => void this.end(identity));
    this.#pending.get(identity)?.();
    this.#pending.set(identity, cancel);
  }

  /**
   * Ends what is left of a recorded process that has ended: the rest of its session may show nothing
   * of itself, and stand in the way of a start.
   */
  endIfDead(recorded: Identity | undefined): void {
    if (recorded && !isAlive(recorded)) void this.end(recorded);
  }

  /** Leaves its family alone after all. */
  keep(identity: Identity): void {
    this.#pending.get(identity)?.();
    this.#pending.delete(identity);
  }

  /** Ends its family now, without a grace: its successor needs what they hold. Never rejects. */
  end(identity: Identity): Promise<void> {
    this.keep(identity);
    this.#leaders.add(identity);
    const { id, waiter, clock, log } = this.#deps;
    const logFailure = (why: string): void =>
      log(`${id}: could not end what process ${identity.pid} left: ${why}`);
    const ended = stopTree(identity, { graceful: 'none', graceMs: 0, waiter, clock }).then(
      ({ survivors }) => {
        const pids = survivors.map(({ pid }) => pid).join(', ');
        if (pids !== '') logFailure(`the system keeps process ${pids} alive`);
      },
      (error: unknown) => logFailure(errorText(error)),
    );
    return this.awaited(ended.finally(() => this.#leaders.delete(identity)));
  }

  /** Counts `ended` among what `endAll` waits for. */
  awaited(ended: Promise<void>): Promise<void> {
    const tracked = ended.finally(() => this.#ending.delete(tracked));
    this.#ending.add(tracked);
    return tracked;
  }

  /** Ends everything pending now; resolves when nothing is left. */
  async endAll(): Promise<void> {
    for (const identity of [...this.#pending.keys()]) void this.end(identity);
    while (this.#ending.size > 0) await Promise.all(this.#ending);
  }

  /** Leaves them to a later watcher, which finds them by their nonce. */
  forget(): void {
    for (const cancel of this.#pending.values()) cancel();
    this.#pending.clear();
  }
}
