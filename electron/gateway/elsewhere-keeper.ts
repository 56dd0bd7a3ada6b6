/** Carries out what the machine decides about a gateway that others run: look, watch, ask its owner. */
import type { Profile } from '../contract/profile.ts';
import type { Clock, ExitWaiter } from '../process/index.ts';
import { type Elsewhere, findElsewhere } from './elsewhere.ts';
import { watchElsewhere } from './elsewhere-watch.ts';
import type { Event, Order } from './model.ts';
import type { ProgramPlaces } from './program.ts';
import type { Reading } from './report.ts';
import type { Tuning } from './types.ts';

/** An owner that took an order needs this long to act on it. */
const actsWithinMs = 500;

export interface ElsewhereKeeperDeps {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly times: Tuning;
  profile(): Profile;
  places(): ProgramPlaces;
  /** The user wants it to run. */
  wanted(): boolean;
  dispatch(event: Event): void;
  onReport(reading: Reading | null): void;
}

export class ElsewhereKeeper {
  readonly #deps: ElsewhereKeeperDeps;
  #found: Elsewhere | null = null;
  #endWatch = (): void => {};
  #cancelLook = (): void => {};

  constructor(deps: ElsewhereKeeperDeps) {
    this.#deps = deps;
  }

  /** True when others run it, which the machine is told. */
  look(): boolean {
    const found = findElsewhere(this.#deps.profile(), this.#deps.places());
    if (found) this.take(found);
    return found !== null;
  }

  /** Watches what was found last. */
  watch(): void {
    const { profile, places, times, dispatch, ...deps } = this.#deps;
    const found = this.#found;
    this.#endWatch();
    if (!found) return;
    this.#endWatch = watchElsewhere({
      ...deps,
      profile: profile(),
      found,
      tuning: times,
      look: () => findElsewhere(profile(), places()),
      onBack: (back) => this.take(back),
      onGone: () => dispatch({ type: 'elsewhere-gone' }),
      onProblem: (problem) => dispatch({ type: 'elsewhere-finding', problem }),
    });
  }

  /** Asks its owner; what it answers is shown, and what comes of it is looked at a moment later. */
  async order(order: Order): Promise<void> {
    const { profile, clock, dispatch } = this.#deps;
    const found = this.#found;
    if (!found) return;
    try {
      await found.order(order);
      this.#cancelLook();
      this.#cancelLook = clock.after(actsWithinMs, () => dispatch({ type: 'due' }));
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `${found.owner.name} was asked to ${order} ${profile().name} and did not: ${why}`;
      dispatch({ type: 'elsewhere-finding', problem: { message } });
    }
  }

  end(): void {
    this.#endWatch();
    this.#endWatch = () => {};
    this.#cancelLook();
  }

  /** Others run it: the machine is told, and has it watched. */
  take(found: Elsewhere): void {
    this.#found = found;
    this.#deps.dispatch({ type: 'found-elsewhere', owner: found.owner });
  }
}
