/** Carries out what the machine decides about a gateway that others run: look, watch, ask its owner. */
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import { type Clock, type ExitWaiter, isAlive } from '../process/index.ts';
import { answersInItsPlace, type Elsewhere, findByAnswer, findElsewhere } from './elsewhere.ts';
import { watchElsewhere } from './elsewhere-watch.ts';
import type { Event, Order } from './model.ts';
import type { ProgramPlaces } from './program.ts';
import type { Reading } from './report.ts';
import type { Tuning } from './types.ts';

/** An owner that took an order needs about this long to act on it; a slow start longer. */
const actsWithinMs = [500, 1_000, 2_000, 4_000];

export interface ElsewhereKeeperDeps {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly times: Tuning;
  profile(): Profile;
  places(): ProgramPlaces;
  /** Ended processes of ours whose leftovers are still to be swept. */
  former(): readonly Identity[];
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

  /** True when others run it, as is seen at once, which the machine is told. */
  look(): boolean {
    const found = this.#find();
    if (found) this.take(found);
    return found !== null;
  }

  /** Whether others still run it, which the machine is told. */
  async lookAgain(): Promise<void> {
    const before = this.#found;
    const found = await this.#findAgain();
    if (this.#found !== before) return;
    if (found) this.take(found);
    else this.#deps.dispatch({ type: 'elsewhere-gone' });
  }

  #find(): Elsewhere | null {
    const { profile, places, former } = this.#deps;
    return findElsewhere(profile(), places(), former());
  }

  async #findAgain(): Promise<Elsewhere | null> {
    const { profile, places, clock } = this.#deps;
    const found = this.#find();
    if (found) return found;
    const before = this.#found;
    if (before?.identity && isAlive(before.identity)) return before;
    const answers = await answersInItsPlace(profile(), clock);
    return answers ? findByAnswer(profile(), places()) : null;
  }

  /** Watches what was found last. */
  watch(): void {
    const { profile, times, dispatch, ...deps } = this.#deps;
    const found = this.#found;
    this.#endWatch();
    if (!found) return;
    this.#endWatch = watchElsewhere({
      ...deps,
      profile: profile(),
      found,
      tuning: times,
      look: () => this.#findAgain(),
      onBack: (back) => this.take(back),
      onGone: () => dispatch({ type: 'elsewhere-gone' }),
      onProblem: (problem) => dispatch({ type: 'elsewhere-finding', problem }),
    });
  }

  /** Asks its owner; what it answers is shown, and what comes of it is looked at a moment later. */
  async order(order: Order): Promise<void> {
    const { profile, dispatch } = this.#deps;
    const found = this.#found;
    if (!found) return;
    try {
      await found.order(order);
      this.#lookAfterOrder(order === 'stop' ? actsWithinMs.slice(0, 1) : actsWithinMs);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      const message = `${found.owner.name} was asked to ${order} ${profile().name} and did not: ${why}`;
      dispatch({ type: 'elsewhere-finding', problem: { message } });
    }
  }

  /** Again while it is not there; the last look is the machine's. */
  #lookAfterOrder([wait, ...more]: readonly number[]): void {
    const { clock, dispatch } = this.#deps;
    this.#cancelLook();
    if (wait === undefined) return;
    this.#cancelLook = clock.after(wait, async () => {
      if (more.length === 0) return dispatch({ type: 'due' });
      const before = this.#found;
      const found = await this.#findAgain();
      if (this.#found !== before) return;
      if (found) this.take(found);
      else this.#lookAfterOrder(more);
    });
  }

  end(): void {
    this.#endWatch();
    this.#endWatch = () => {};
    this.#cancelLook();
    // What a look under way finds comes too late.
    this.#found = null;
  }

  /** Others run it: the machine is told, and has it watched. */
  take(found: Elsewhere): void {
    this.#found = found;
    this.#deps.dispatch({ type: 'found-elsewhere', owner: found.owner });
  }
}
