/**
 * What each call of the contract does: a line or two, the work is in the rooms behind. Intents wait
 * while a succession is under way, for then nobody or somebody else owns the gateways.
 */
import type { z } from 'zod/mini';
import { ContractError, type Handlers } from '../contract/define.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Escape, Identity } from '../contract/identity.ts';
import type {
  placeSchema,
  ToldEnvironment,
  WatcherContract,
  WatcherState,
} from '../contract/watcher-contract.ts';

import { MAX_FRAME_BYTES } from '../contract/wire.ts';
import { suggestLooks } from '../gateway/suggestion.ts';
import { newestThatFit } from '../handoff/frames.ts';

import { findPresets, makeProfile } from '../presets/index.ts';
import { thisMachine } from '../presets/machine.ts';
import { systemClock } from '../process/index.ts';
import type { Connection } from './connection.ts';
import type { LogFollower } from './log-follow.ts';
import type { Registry } from './registry.ts';
import type { StateBoard } from './state.ts';
import type { SuccessionHost } from './succession.ts';

/** The part of an update's carrying that clients may ask for. */
export interface CarryCalls {
  arm(attempt: string): void | Promise<void>;
  release(attempt: string): Promise<{ tookMs: number }>;
  putBack(attempt: string, problem: Problem): void | Promise<void>;
  handOver(attempt: string, app: Identity): void | Promise<void>;
  appStarted(buildId: string, identity: Identity): void | Promise<void>;
  appLeaving(identity: Identity): void;
}

export interface HandlerDeps {
  readonly watcher: Omit<WatcherState['watcher'], 'escape' | 'startedAt'>;
  readonly registry: Registry;
  readonly board: StateBoard;
  readonly succession: SuccessionHost;
  readonly logs: LogFollower;
  carry(): CarryCalls;
  /** A gateway's own update; throws a sentence while Holdfast's own is under way. */
  updateGateway(id: string): Promise<void>;
  /** Throws a sentence while a gateway is being updated by itself. */
  refuseDuringGatewayUpdate(): void;
  place(): z.infer<typeof placeSchema>;
  subscribe(connection: Connection): void;
  setEscape(how: Escape): void;
  setEnvironment(told: ToldEnvironment): void;
  /** The user's, as it was told last. */
  searchPath(): string | undefined;
  /** Ends the watcher once the answer is out. */
  retire(gateways: 'keep' | 'stop'): Promise<void>;
}

export function createHandlers(deps: HandlerDeps): Handlers<WatcherContract, Connection> {
  const { registry, succession } = deps;

  /** The gateways, when they are ours. */
  function ours(): Registry {
    if (succession.busy()) {
      throw new ContractError('A newer watcher is taking over; try again in a moment.');
    }
    return registry;
  }

  /** The gateways, when they may be acted on. */
  function own(): Registry {
    if (registry.stopping()) {
      throw new ContractError('All gateways are being stopped. Try again when that is done.');
    }
    return ours();
  }

  async function acted(done: void | Promise<void>): Promise<null> {
    await done;
    return null;
  }

  return {
    hello: () => ({ ...deps.watcher, place: deps.place() }),
    ping: () => null,
    'watcher.escaped': ({ escape: how }) => {
      deps.setEscape(how);
      return null;
    },
    'watcher.environment': (told) => {
      deps.setEnvironment(told);
      return null;
    },
    subscribe: (_, connection) => {
      deps.board.flush();
      deps.subscribe(connection);
      return deps.board.publisher.snapshot();
    },
    'gateway.start': ({ id }) => {
      own().supervisor(id).start();
      return null;
    },
    'gateway.stop': ({ id }) => acted(ours().supervisor(id).stop()),
    'gateway.restart': ({ id, when }) => {
      const supervisor = own().supervisor(id);
      return acted(when === 'idle' ? supervisor.restartWhenIdle() : supervisor.restart());
    },
    'gateway.update': ({ id }) => {
      own();
      return acted(deps.updateGateway(id));
    },
    'preset.list': () => findPresets(thisMachine(process.env, deps.searchPath())),
    'preset.add': ({ id, values }) => {
      const profile = makeProfile(id, values);
      if (own().supervisors().has(profile.id)) {
        throw new ContractError(
          `There is a gateway called "${profile.id}" already. Choose another name.`,
        );
      }
      own().save(profile);
      return { id: profile.id };
    },
    'profile.list': () => registry.profiles(),
    'profile.suggest': async ({ id }) => {
      const supervisor = registry.supervisor(id);
      const { state } = supervisor.view();
      return state.status === 'running'
        ? suggestLooks(supervisor.profile(), state.identity, systemClock)
        : null;
    },
    'profile.save': ({ profile }) => {
      own().save(profile);
      return null;
    },
    'profile.remove': ({ id }) => {
      own().remove(id);
      return null;
    },
    'log.follow': ({ id, lines }, connection) => {
      const supervisor = registry.supervisor(id);
      const { logFile: file } = supervisor.view();
      const log = { file, locate: () => supervisor.logSource() };
      const last = deps.logs.follow(connection, id, log, lines);
      // Control characters take six bytes each in JSON: of a binary log fewer lines fit.
      return { file, lines: newestThatFit(last, MAX_FRAME_BYTES - 64 * 1024) };
    },
    'log.unfollow': ({ id }, connection) => {
      deps.logs.unfollow(connection, id);
      return null;
    },
    'update.arm': ({ attempt }) => {
      own();
      deps.refuseDuringGatewayUpdate();
      return acted(deps.carry().arm(attempt));
    },
    'update.release': ({ attempt }) => {
      own();
      return deps.carry().release(attempt);
    },
    'update.putBack': ({ attempt, problem }) => {
      own();
      return acted(deps.carry().putBack(attempt, problem));
    },
    'update.handOver': ({ attempt, app }) => {
      own();
      return acted(deps.carry().handOver(attempt, app));
    },
    'update.appStarted': ({ buildId, identity }) => {
      own();
      return acted(deps.carry().appStarted(buildId, identity));
    },
    'update.appLeaving': ({ identity }) => {
      own();
      deps.carry().appLeaving(identity);
      return null;
    },
    'succession.offer': (offer) => succession.offer(offer),
    'succession.done': () => {
      succession.done();
      return null;
    },
    'watcher.retire': ({ gateways }) => {
      ours();
      return acted(deps.retire(gateways));
    },
  };
}
