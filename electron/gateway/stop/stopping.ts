/** Stops a gateway's process tree as its profile says, and remembers how, for its exit. */
import { errorText } from '../../contract/error-text.ts';
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Profile } from '../../contract/profile.ts';
import {
  type Clock,
  type ExitWaiter,
  mayHaveLeftFamily,
  type StopOptions,
  stopTree,
} from '../../process/index.ts';
import { unlessItHears } from '../health/signs-of-life.ts';
import type { Event } from '../model.ts';
import { askToStop, stopBy } from './stop-request.ts';

export interface StoppingDeps {
  readonly clock: Clock;
  readonly waiter: ExitWaiter;
  readonly stateRoot: string;
  readonly dataDir: string;
  log(message: string): void;
}

export interface StopOrder {
  readonly identity: Identity;
  readonly graceMs: number;
  /** It may not hear the request: if it does nothing, its grace is cut short. */
  readonly mayNotHear: boolean;
  /** As it was when the process started. */
  readonly profile: Profile;
  /** Null: the name of its pipe is not known; then it is sent the signal. */
  readonly stopPipe: string | null;
}

type Ended = Pick<Extract<Event, { type: 'ended' }>, 'problem' | 'killed'>;
type HowStopped = Pick<Extract<Event, { type: 'exited' }>, 'family' | 'killedAfterMs'>;

interface OngoingStop {
  readonly identity: Identity;
  /** Its process tree when it was asked. */
  family: readonly Identity[];
  /** The grace, once it was not enough. */
  killedAfterMs: number | undefined;
}

export class Stopping {
  readonly #deps: StoppingDeps;
  /** The stop under way. */
  #ongoing: OngoingStop | null = null;

  constructor(deps: StoppingDeps) {
    this.#deps = deps;
  }

  /** Never rejects: what could not be stopped is in `problem`. */
  async stop(order: StopOrder): Promise<Ended> {
    const { waiter, clock } = this.#deps;
    const { identity, graceMs, profile } = order;
    const ongoing: OngoingStop = {
      identity,
      family: [],
      killedAfterMs: undefined,
    };
    this.#ongoing = ongoing;
    const stopped = new AbortController();
    if (order.mayNotHear) this.#killUnlessItHears(order, stopped.signal);
    try {
      const { survivors, killedFamily } = await stopTree(identity, {
        graceful: graceMs > 0 ? this.#gracefulBy(order) : 'none',
        graceMs,
        waiter,
        clock,
        onFamily: (family) => {
          ongoing.family = family;
        },
        onEscalate: () => {
          if (graceMs > 0) ongoing.killedAfterMs = graceMs;
        },
      });
      const problem = survivors.length > 0 ? unstoppable(profile, survivors) : null;
      const killed = { count: killedFamily, afterMs: graceMs };
      return killedFamily > 0 ? { problem, killed } : { problem };
    } catch (error) {
      const message = errorText(error);
      return { problem: { message: `${profile.name} could not be stopped: ${message}` } };
    } finally {
      stopped.abort();
    }
  }

  /** Kills what the stop under way still waits for. */
  endNow(identity: Identity): void {
    const { waiter, clock } = this.#deps;
    const options = { graceful: 'none', graceMs: 0, waiter, clock } as const;
    // What survives is reported by the stop that is under way.
    stopTree(identity, options).catch(() => undefined);
  }

  /** At the exit of `identity`: how its stop contributed. */
  howStopped(identity: Identity): HowStopped {
    const ongoing = this.#ongoing;
    if (ongoing?.identity !== identity) return {};
    const { family, killedAfterMs } = ongoing;
    return {
      family: mayHaveLeftFamily(identity, family),
      ...(killedAfterMs === undefined ? {} : { killedAfterMs }),
    };
  }

  #killUnlessItHears({ identity, profile }: StopOrder, signal: AbortSignal): void {
    const { clock, log } = this.#deps;
    unlessItHears(identity, clock, signal, () => {
      log(
        `${profile.id}: process ${identity.pid} does not react to the request to stop, so it is killed`,
      );
      this.endNow(identity);
    });
  }

  #gracefulBy({ profile, identity, stopPipe }: StopOrder): StopOptions['graceful'] {
    if (stopBy(profile).type === 'signal') return profile.stop.signal;
    const { clock, stateRoot, dataDir, log } = this.#deps;
    return {
      ask: () => askToStop({ profile, identity, stopPipe, stateRoot, dataDir, clock }),
      otherwise: profile.stop.signal,
      onUnheard: (why) => log(`${profile.id}: could not be asked to stop: ${why}`),
    };
  }
}

function unstoppable(profile: Profile, survivors: readonly Identity[]): Problem {
  const pids = survivors.map((one) => one.pid).join(', ');
  return {
    message: `${profile.name} could not be stopped: the system keeps process ${pids} alive.`,
    hint: 'It waits for a device or belongs to another user. End it by hand, then start the gateway.',
  };
}
