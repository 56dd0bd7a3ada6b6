/**
 * The old side of a succession: does what succession/machine.ts decides. An offer is answered after
 * the lock was released, so a successor that was accepted finds it free.
 */
import { ContractError } from '../../contract/define.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Clock, ExitWaiter } from '../../process/index.ts';
import {
  type Succession,
  type SuccessionEffect,
  type SuccessionEvent,
  successionStep,
} from './machine.ts';

export interface SuccessionDeps {
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  /** Why there can be no succession now, or null. */
  objection(): string | null;
  freeze(): void;
  releaseLock(): void;
  /** True when the lock is ours again. */
  takeLock(): boolean;
  thaw(): void;
  /** Ends only the verified process, not what it may have started. */
  endProcess(identity: Identity): void;
  announce(buildId: string): void;
  end(): void;
  readonly log: { info(message: string): void; warn(message: string): void };
}

export class SuccessionHost {
  readonly #deps: SuccessionDeps;
  #state: Succession = { status: 'serving' };
  #unwatch: readonly (() => void)[] = [];
  #cancelRetry: (() => void) | undefined;

  constructor(deps: SuccessionDeps) {
    this.#deps = deps;
  }

  /** True while it neither supervises nor has handed over: calls that change something have to wait. */
  busy(): boolean {
    return this.#state.status !== 'serving';
  }

  offer(offer: { identity: Identity; buildId: string; deadlineMs: number }): {
    accepted: boolean;
    reason: string;
  } {
    const { identity, buildId, deadlineMs } = offer;
    const objection = this.busy()
      ? 'Another background service is taking over at the moment.'
      : this.#deps.objection();
    this.#dispatch({ type: 'offered', successor: identity, buildId, deadlineMs, objection });
    return { accepted: objection === null, reason: objection ?? '' };
  }

  /** The successor serves. Throws a ContractError when this watcher serves again. */
  done(): void {
    if (this.#state.status !== 'handing') {
      throw new ContractError('The older background service serves again; this one must end.');
    }
    this.#dispatch({ type: 'done' });
  }

  close(): void {
    this.#forgetSuccessor();
    this.#cancelRetry?.();
  }

  #dispatch(event: SuccessionEvent): void {
    const step = successionStep(this.#state, event);
    if (step.state.status !== this.#state.status) {
      this.#deps.log.info(
        `Succession: ${this.#state.status} → ${step.state.status} (${event.type}).`,
      );
    }
    this.#state = step.state;
    for (const effect of step.effects) this.#act(effect);
  }

  #act(effect: SuccessionEffect): void {
    switch (effect.type) {
      case 'freeze':
        this.#deps.freeze();
        break;
      case 'release-lock':
        this.#deps.releaseLock();
        break;
      case 'watch':
        this.#watch(effect.successor, effect.deadlineMs);
        break;
      case 'unwatch':
        this.#forgetSuccessor();
        break;
      case 'end-successor':
        this.#deps.endProcess(effect.successor);
        break;
      case 'take-lock':
        this.#takeLock(effect.afterMs);
        break;
      case 'thaw':
        this.#deps.thaw();
        break;
      case 'announce':
        this.#deps.announce(effect.buildId);
        break;
      case 'end':
        this.#deps.end();
        break;
    }
  }

  #watch(successor: Identity, deadlineMs: number): void {
    const { clock, waiter } = this.#deps;
    this.#unwatch = [
      clock.after(deadlineMs, () => this.#dispatch({ type: 'deadline' })),
      waiter.watch(successor, () => this.#dispatch({ type: 'successor-ended' })),
    ];
  }

  #forgetSuccessor(): void {
    for (const stop of this.#unwatch) stop();
    this.#unwatch = [];
  }

  #takeLock(afterMs: number): void {
    this.#cancelRetry = this.#deps.clock.after(afterMs, () =>
      this.#dispatch({ type: this.#deps.takeLock() ? 'locked' : 'lock-busy' }),
    );
  }
}
