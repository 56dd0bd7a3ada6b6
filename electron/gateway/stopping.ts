/** Stops a gateway's tree as its profile says, and remembers how, for its exit. */
import type { Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import {
  type Clock,
  type ExitWaiter,
  mayHaveLeftFamily,
  type StopOptions,
  stopTree,
} from '../process/index.ts';
import type { Event } from './model.ts';
import { unlessItHears } from './signs-of-life.ts';
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
  /** It may not hear: when it does nothing with its grace, it is not given all of it. */
  readonly doubtful: boolean;
  /** As it was when the process started. */
  readonly profile: Profile;
  /** Null: the name of its pipe is not known; then it gets the signal. */
  readonly stopPipe: string | null;
}

type Ended = Pick<Extract<Event, { type: 'ended' }>, 'problem' | 'killed'>;
type HowStopped = Pick<Extract<Event, { type: 'exited' }>, 'family' | 'killedAfterMs'>;

interface Present {
  readonly identity: Identity;
  /** When it was asked. */
  family: readonly Identity[];
  /** The grace, once it was not enough. */
  killedAfterMs: number | undefined;
}

export class Stopping {
  readonly #deps: StoppingDeps;
  /** The stop under way. */
  #present: Present | null = null;

  constructor(deps: StoppingDeps) {
    this.#deps = deps;
  }

  /** Never rejects: what could not be stopped is in `problem`. */
  async stop(order: StopOrder): Promise<Ended> {
    const { waiter, clock } = this.#deps;
    const { identity, graceMs, profile } = order;
    const present: Present = {
      identity,
      family: [],
      killedAfterMs: undefined,
    };
    this.#present = present;
    const cancel = order.doubtful ? this.#killUnlessItHears(order) : () => undefined;
    try {
      const { survivors, killedFamily } = await stopTree(identity, {
        graceful: graceMs > 0 ? this.#politely(order) : 'none',
        graceMs,
        waiter,
        clock,
        onFamily: (family) => {
          present.family = family;
        },
        onEscalate: () => {
          if (graceMs > 0) present.killedAfterMs = graceMs;
        },
      });
      const problem = survivors.length > 0 ? unstoppable(profile, survivors) : null;
      const killed = { count: killedFamily, afterMs: graceMs };
      return killedFamily > 0 ? { problem, killed } : { problem };
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      return { problem: { message: `${profile.name} could not be stopped: ${message}` } };
    } finally {
      cancel();
    }
  }

  /** At the exit of `identity`: what its stop has to do with it. */
  howStopped(identity: Identity): HowStopped {
    const present = this.#present;
    if (present?.identity !== identity) return {};
    const { family, killedAfterMs } = present;
    return {
      family: mayHaveLeftFamily(identity, family),
      ...(killedAfterMs === undefined ? {} : { killedAfterMs }),
    };
  }

  #killUnlessItHears({ identity, profile }: StopOrder): () => void {
    const { waiter, clock, log } = this.#deps;
    return unlessItHears(identity, clock, () => {
      log(`${profile.id}: process ${identity.pid} does not hear, so it is killed`);
      const options = { graceful: 'none', graceMs: 0, waiter, clock } as const;
      // What survives is told by the stop that is under way.
      stopTree(identity, options).catch(() => undefined);
    });
  }

  #politely({ profile, identity, stopPipe }: StopOrder): StopOptions['graceful'] {
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
