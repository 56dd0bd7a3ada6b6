/**
 * The old side of a succession: acts on what succession-machine.ts decides. The answer to an offer
 * is given after the lock was released, so a successor that was accepted finds it free.
 */
import { ContractError } from '../contract/define.ts';
import type { Identity } from '../contract/identity.ts';
import type { Clock } from '../process/clock.ts';
import type { ExitWaiter } from '../process/platform-interface.ts';
import {
  type Succession,
  type SuccessionEffect,
  type SuccessionEvent,
  successionStep,
} from './succession-machine.ts';

export interface SuccessionDeps {
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  /** Why a succession can't be had now, or null. */
  objection(): string | null;
  freeze(): void;
  releaseLock(): void;
  /** True when the lock is ours again. */
  takeLock(): boolean;
  thaw(): void;
  /** Ends the verified process alone, not what it may have started. */
  endProcess(identity: Identity): void;
  announce(buildId: string): void;
  end(): void;
  readonly log: { info(message: string): void; warn(message: string): void };
}

export interface SuccessionHost {
  /** True while it neither supervises nor has handed over: intents have to wait. */
  busy(): boolean;
  offer(offer: { identity: Identity; buildId: string; deadlineMs: number }): {
    accepted: boolean;
    reason: string;
  };
  done(): void;
  close(): void;
}

export function createSuccession(deps: SuccessionDeps): SuccessionHost {
  let state: Succession = { status: 'serving' };
  let forget: () => void = () => {};
  let cancelRetry: () => void = () => {};

  function dispatch(event: SuccessionEvent): void {
    const step = successionStep(state, event);
    if (step.state.status !== state.status) {
      deps.log.info(`Succession: ${state.status} → ${step.state.status} (${event.type}).`);
    }
    state = step.state;
    for (const effect of step.effects) act(effect);
  }

  function act(effect: SuccessionEffect): void {
    switch (effect.type) {
      case 'freeze':
        deps.freeze();
        break;
      case 'release-lock':
        deps.releaseLock();
        break;
      case 'watch':
        watch(effect.successor, effect.deadlineMs);
        break;
      case 'unwatch':
        forget();
        break;
      case 'end-successor':
        deps.endProcess(effect.successor);
        break;
      case 'take-lock':
        takeLock(effect.afterMs);
        break;
      case 'thaw':
        deps.thaw();
        break;
      case 'announce':
        deps.announce(effect.buildId);
        break;
      case 'end':
        deps.end();
        break;
    }
  }

  function watch(successor: Identity, deadlineMs: number): void {
    const cancel = deps.clock.after(deadlineMs, () => dispatch({ type: 'deadline' }));
    const unwatch = deps.waiter.watch(successor, () => dispatch({ type: 'successor-ended' }));
    forget = () => {
      cancel();
      unwatch();
    };
  }

  function takeLock(afterMs: number): void {
    cancelRetry = deps.clock.after(afterMs, () =>
      dispatch({ type: deps.takeLock() ? 'locked' : 'lock-busy' }),
    );
  }

  return {
    busy: () => state.status !== 'serving',
    offer({ identity, buildId, deadlineMs }) {
      const objection =
        state.status === 'serving'
          ? deps.objection()
          : 'Another watcher is taking over at the moment.';
      dispatch({ type: 'offered', successor: identity, buildId, deadlineMs, objection });
      return { accepted: objection === null, reason: objection ?? '' };
    },
    done() {
      if (state.status !== 'handing') {
        throw new ContractError('The older watcher has taken its place back; this one must end.');
      }
      dispatch({ type: 'done' });
    },
    close() {
      forget();
      cancelRetry();
    },
  };
}
