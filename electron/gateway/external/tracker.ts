/** Finds a gateway that someone else manages, watches it, and asks its owner what the user wants. */
import { errorText } from '../../contract/error-text.ts';
import { type Clock, type ExitWaiter, isAlive } from '../../process/index.ts';
import type { Reading } from '../health/report.ts';
import type { Launcher } from '../launcher.ts';
import type { MachineRunner } from '../machine/runner.ts';
import type { Order } from '../model.ts';
import type { Leftovers } from '../stop/leftovers.ts';
import type { Tuning } from '../tuning.ts';
import { later } from '../wait.ts';
import {
  type ExternalGateway,
  findByPort,
  findExternal,
  portAnswersHealthCheck,
} from './external.ts';
import { watchExternal } from './watch.ts';

/** An owner that took an order needs about this long to act on it; for a slow start longer. */
const actsWithinMs = [500, 1_000, 2_000, 4_000];

export interface ExternalTrackerDeps {
  readonly waiter: ExitWaiter;
  readonly clock: Clock;
  readonly dataDir: string;
  readonly tuning: Tuning;
  readonly machine: MachineRunner;
  readonly launcher: Launcher;
  readonly leftovers: Leftovers;
  onReport(reading: Reading | null): void;
}

export class ExternalTracker {
  readonly #deps: ExternalTrackerDeps;
  #found: ExternalGateway | null = null;
  /** Of the watch under way. */
  #watching = new AbortController();
  /** Of the checks after an order. */
  #orderChecks = new AbortController();

  constructor(deps: ExternalTrackerDeps) {
    this.#deps = deps;
  }

  /** True when it can be seen at once that someone else runs it; the machine then knows. */
  find(): boolean {
    const found = this.#findNow();
    if (found) this.take(found);
    return found !== null;
  }

  /** Tells the machine whether someone else still runs it. */
  async findAgain(): Promise<void> {
    const before = this.#found;
    const found = await this.#findByAnswer();
    if (this.#found !== before) return;
    if (found) this.take(found);
    else this.#deps.machine.dispatch({ type: 'external-ended' });
  }

  /** Reports that someone else runs it; the machine has it watched. */
  take(found: ExternalGateway): void {
    this.#found = found;
    this.#deps.machine.dispatch({ type: 'external-found', owner: found.owner });
  }

  /** Watches what was found last. */
  watch(): void {
    const { machine, launcher, ...deps } = this.#deps;
    const found = this.#found;
    this.#watching.abort();
    this.#watching = new AbortController();
    if (!found) return;
    watchExternal({
      ...deps,
      signal: this.#watching.signal,
      profile: launcher.profile,
      found,
      isWanted: () => machine.model.desired === 'running',
      find: () => this.#findByAnswer(),
      onBack: (back) => this.take(back),
      onEnd: () => machine.dispatch({ type: 'external-ended' }),
      onProblem: (problem) => machine.dispatch({ type: 'external-checked', problem }),
    });
  }

  /** Asks its owner. A refusal is shown; what comes of an order is checked a moment later. */
  async order(order: Order): Promise<void> {
    const { launcher, machine } = this.#deps;
    const found = this.#found;
    if (!found) return;
    try {
      await found.order(order);
      this.#checkAfterOrder(order === 'stop' ? actsWithinMs.slice(0, 1) : actsWithinMs);
    } catch (error) {
      const { name } = launcher.profile;
      const message = `${found.owner.name} was asked to ${order} ${name} and did not: ${errorText(error)}`;
      machine.dispatch({ type: 'external-checked', problem: { message } });
    }
  }

  end(): void {
    this.#watching.abort();
    this.#orderChecks.abort();
    // A search under way has no use for its result.
    this.#found = null;
  }

  #findNow(): ExternalGateway | null {
    const { launcher, leftovers } = this.#deps;
    return findExternal(launcher.profile, launcher.locations, leftovers.former());
  }

  async #findByAnswer(): Promise<ExternalGateway | null> {
    const { launcher, clock } = this.#deps;
    const found = this.#findNow();
    if (found) return found;
    const before = this.#found;
    if (before?.identity && isAlive(before.identity)) return before;
    const answers = await portAnswersHealthCheck(launcher.profile, clock);
    return answers ? findByPort(launcher.profile, launcher.locations) : null;
  }

  /** Checks again while it does not run; the last check is the machine's. */
  #checkAfterOrder([wait, ...more]: readonly number[]): void {
    const { clock, machine } = this.#deps;
    this.#orderChecks.abort();
    this.#orderChecks = new AbortController();
    if (wait === undefined) return;
    later(clock, wait, this.#orderChecks.signal, async () => {
      if (more.length === 0) {
        machine.dispatch({ type: 'due' });
        return;
      }
      const before = this.#found;
      const found = await this.#findByAnswer();
      if (this.#found !== before) return;
      if (found) this.take(found);
      else this.#checkAfterOrder(more);
    });
  }
}
