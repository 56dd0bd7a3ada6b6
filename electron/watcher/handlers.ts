/**
 * What each call of the contract does: a line or two, the work is in the rooms behind. Calls that
 * change something are refused while a succession is under way, because the gateways then have no owner
 * or belong to another watcher; who asked asks that one (link/link-client.ts).
 */
import * as z from 'zod/mini';
import { ContractError, describeIssues, type Handlers, type Input } from '../contract/define.ts';
import type { EndedBy } from '../contract/gateway.ts';
import type { PresetView } from '../contract/presets.ts';
import { type Profile, profileSchema } from '../contract/profile.ts';
import type { UpdateWhen } from '../contract/profile-update.ts';
import type {
  surroundingsSchema,
  WatcherContract,
  WatcherState,
} from '../contract/watcher-contract.ts';
import { maxFrameBytes, takingOver } from '../contract/wire.ts';
import { suggestChecks } from '../gateway/health/suggestion.ts';
import { marksIn } from '../gateway/logs/log-matcher.ts';
import { logSet } from '../gateway/logs/log-set.ts';
import { freePort } from '../gateway/probes/free-port.ts';
import { findPresets, makeProfile } from '../presets/index.ts';
import { thisMachine } from '../presets/machine.ts';
import { heldSockets, systemClock } from '../process/index.ts';
import type { Connection } from '../rpc/connection.ts';
import { newestThatFit } from '../rpc/frames.ts';

import { orderOfAgent } from './agent-orders.ts';
import type { Histories } from './histories.ts';
import type { LogFollower } from './log-follow.ts';
import { type LogLookups, readPage } from './log-lookups.ts';
import type { Phone } from './phone/phone.ts';
import { checkProfile, copyOf } from './profile-form.ts';
import type { Registry } from './registry.ts';
import type { StateBoard } from './state.ts';
import type { SuccessionHost } from './succession/predecessor.ts';
import type { Trials } from './trials.ts';
import type { CheckedAttempt } from './update/genuine.ts';
import type { Transactions } from './update/transaction.ts';
import type { Updates } from './updates.ts';
import type { UsageSampler } from './usage.ts';
import type { UserEnvironmentKeeper } from './user-environment.ts';

export interface HandlerDeps {
  readonly self: Omit<WatcherState['watcher'], 'escape' | 'startedAt'>;
  readonly registry: Registry;
  readonly histories: Histories;
  readonly board: StateBoard;
  readonly succession: SuccessionHost;
  readonly logs: LogFollower;
  readonly lookups: LogLookups;
  readonly environment: UserEnvironmentKeeper;
  readonly trials: Trials;
  readonly usage: UsageSampler;
  readonly phone: Phone;
  readonly updates: Updates;
  checkAttempt(attempt: string): Promise<CheckedAttempt>;
  /** Says who runs what was found, unless it is a gateway here already. */
  withOwners(presets: readonly PresetView[], known: ReadonlySet<string>): Promise<PresetView[]>;
  surroundings(): z.infer<typeof surroundingsSchema>;
  subscribe(connection: Connection): void;
  /** To the log. */
  warn(message: string): void;
  /** Ends the watcher once the answer is out. */
  endSoon(reason: string): void;
}

type AllHandlers = Handlers<WatcherContract, Connection>;
/** What each client said that it is. */
type Roles = WeakMap<Connection, Input<WatcherContract, 'hello'>['role']>;

export function createHandlers(deps: HandlerDeps): AllHandlers {
  const roles: Roles = new WeakMap();
  return {
    ...watcherHandlers(deps, roles),
    ...gatewayHandlers(deps, roles),
    'agent.order': (asked) =>
      orderOfAgent(asked, {
        registry: () => usableRegistry(deps),
        update: (id) => updateGateway(deps, id),
        clock: systemClock,
        warn: deps.warn,
      }),
    ...profileHandlers(deps),
    ...logHandlers(deps),
    ...eventHandlers(deps),
    ...phoneHandlers(deps),
    ...updateHandlers(deps),
  };
}

/** The gateways; throws while another watcher is taking them over. */
function ownRegistry({ registry, succession }: HandlerDeps): Registry {
  if (succession.busy()) {
    throw new ContractError(takingOver);
  }
  return registry;
}

/** The gateways; throws also while all of them are being stopped. */
function usableRegistry(deps: HandlerDeps): Registry {
  if (deps.registry.stopping()) {
    throw new ContractError('All gateways are being stopped. Try again when that is done.');
  }
  return ownRegistry(deps);
}

function refuseDuringGatewayUpdate({ updates }: HandlerDeps): void {
  if (updates.gateways.busy()) {
    throw new ContractError('A gateway is being updated; wait for its end.');
  }
}

function refuseDuringAppUpdate({ updates }: HandlerDeps): void {
  const phase = updates.app.view()?.phase;
  if (phase === undefined) return;
  throw new ContractError(
    phase === 'confirming'
      ? 'Holdfast waits to hear whether its new version stays: keep it or go back first.'
      : 'Holdfast is being updated; wait for its end.',
  );
}

async function updateGateway(deps: HandlerDeps, id: string): Promise<void> {
  usableRegistry(deps);
  refuseDuringAppUpdate(deps);
  await deps.updates.gateways.run(id);
}

async function nullAfter(work: void | Promise<void>): Promise<null> {
  await work;
  return null;
}

function watcherHandlers(deps: HandlerDeps, roles: Roles) {
  const { board, environment, registry, succession, updates } = deps;
  return {
    hello: ({ role }, connection) => {
      roles.set(connection, role);
      return { ...deps.self, place: deps.surroundings() };
    },
    ping: () => null,
    'watcher.escaped': ({ escape: how }) => {
      board.setEscape(how);
      return null;
    },
    'watcher.environment': (reported) => {
      if (environment.report(reported)) registry.retryStarts();
      return null;
    },
    subscribe: (_, connection) => {
      board.flush();
      deps.subscribe(connection);
      return board.publisher.snapshot();
    },
    'succession.offer': (offer) => succession.offer(offer),
    'succession.ports': ({ inbox }) => {
      if (!succession.busy()) throw new ContractError('There is no succession under way.');
      return { sent: heldSockets?.send(inbox, registry.heldSockets()) ?? 0 };
    },
    'succession.done': () => {
      succession.done();
      return null;
    },
    'watcher.retire': async ({ gateways }) => {
      ownRegistry(deps);
      if (updates.app.view() !== null) {
        throw new ContractError('An update is under way; wait for its end.');
      }
      refuseDuringGatewayUpdate(deps);
      // At once: whatever is asked next is refused already.
      const stopped = gateways === 'stop' ? registry.stopAll() : Promise.resolve();
      await Promise.all([stopped, deps.trials.endAll()]);
      deps.endSoon(`it was asked to, gateways: ${gateways}`);
      return null;
    },
  } satisfies Partial<AllHandlers>;
}

function gatewayHandlers(deps: HandlerDeps, roles: Roles) {
  const userOf = (connection: Connection, from?: string): EndedBy => {
    const role = roles.get(connection);
    if (role === 'cli') return { cause: 'user', through: 'command-line' };
    return role === 'app' ? { cause: 'user', through: from ?? 'window' } : { cause: 'user' };
  };
  return {
    'gateway.start': ({ id, from }, connection) => {
      usableRegistry(deps).supervisor(id).start(userOf(connection, from));
      return null;
    },
    'gateway.stop': ({ id, from }, connection) =>
      nullAfter(ownRegistry(deps).stop(id, userOf(connection, from))),
    'gateway.restart': ({ id, when, from }, connection) => {
      const supervisor = usableRegistry(deps).supervisor(id);
      if (when === 'not') {
        supervisor.notWhenIdle();
        return null;
      }
      const by = userOf(connection, from);
      return nullAfter(when === 'idle' ? supervisor.restartWhenIdle(by) : supervisor.restart(by));
    },
    'gateway.endNow': ({ id }) => {
      ownRegistry(deps).supervisor(id).endNow();
      return null;
    },
    'gateway.update': ({ id }) => nullAfter(updateGateway(deps, id)),
    'gateway.movePort': async ({ id }) => {
      const port = await freePort();
      const registry = usableRegistry(deps);
      const supervisor = registry.supervisor(id);
      const { state } = supervisor.view();
      if (state.status !== 'failed' || state.problem.fix !== 'port') {
        throw new ContractError('Its port is not the problem any more.');
      }
      registry.save({ ...supervisor.profile(), port });
      supervisor.start();
      return null;
    },
    'gateway.keepVersion': ({ id }) => {
      ownRegistry(deps);
      deps.updates.gateways.keep(id);
      return null;
    },
    'gateway.undoVersion': ({ id }) => {
      usableRegistry(deps);
      deps.updates.gateways.undo(id);
      return null;
    },
    'gateway.updateWhen': ({ id, when }) => {
      chooseWhen(usableRegistry(deps), deps.updates.gateways.together(id), when);
      return null;
    },
    'gateway.checkVersion': ({ id }) => {
      ownRegistry(deps);
      return nullAfter(deps.updates.versions.check(id));
    },
  } satisfies Partial<AllHandlers>;
}

/** Gateways that run from the same files are updated together: what is chosen for one is for all of them. */
function chooseWhen(registry: Registry, ids: readonly string[], when: UpdateWhen): void {
  const changed = ids.map((id) => {
    const profile = registry.supervisor(id).profile();
    const { update, name } = profile;
    if (update.policy === 'swap' || !update.command) {
      throw new ContractError(`The profile of ${name} does not say how it is updated.`);
    }
    const parsed = z.safeParse(profileSchema, { ...profile, update: { ...update, when } });
    if (parsed.success) return parsed.data;
    throw new ContractError(`This can’t be chosen for ${name}: ${describeIssues(parsed.error)}`);
  });
  for (const profile of changed) registry.save(profile);
}

/** A gateway that is added is wanted, also when one of its id was stopped and removed before. */
function saveWanted(registry: Registry, profile: Profile): void {
  const isNew = !registry.supervisors().has(profile.id);
  registry.save(profile);
  const saved = registry.supervisors().get(profile.id);
  if (isNew && profile.autostart && saved?.view().desired === 'stopped') saved.start();
}

function profileHandlers(deps: HandlerDeps) {
  const { registry, environment } = deps;
  return {
    'preset.list': () => {
      const found = findPresets(thisMachine(process.env, environment.current().path));
      return deps.withOwners(found, new Set(registry.supervisors().keys()));
    },
    'preset.add': ({ id, values }) => {
      const taken = new Set(usableRegistry(deps).supervisors().keys());
      const profile = makeProfile(id, values, taken);
      saveWanted(registry, profile);
      return { id: profile.id };
    },
    'profile.list': () => registry.profiles(),
    'profile.suggest': async ({ id }) => {
      const supervisor = registry.supervisor(id);
      const { state } = supervisor.view();
      return state.status === 'running'
        ? suggestChecks(supervisor.profile(), state.identity, systemClock)
        : null;
    },
    'profile.save': ({ profile }) => {
      saveWanted(usableRegistry(deps), profile);
      return null;
    },
    'profile.remove': ({ id }) => {
      usableRegistry(deps).remove(id);
      return null;
    },
    'profile.restore': ({ id }) => {
      usableRegistry(deps).restore(id);
      return null;
    },
    'profile.check': (input) => checkProfile(input, registry.profiles(), environment.current()),
    'profile.test': ({ profile }) => {
      // An update may try a gateway of the same name, in the same place.
      refuseDuringAppUpdate(deps);
      refuseDuringGatewayUpdate(deps);
      return deps.trials.run(profile, usableRegistry(deps).supervisors().get(profile.id));
    },
    'profile.duplicate': async ({ id }) => {
      const port = await freePort();
      const profiles = usableRegistry(deps).profiles();
      const copy = copyOf(registry.supervisor(id).profile(), profiles, port);
      registry.save(copy);
      return { id: copy.id };
    },
  } satisfies Partial<AllHandlers>;
}

function logHandlers({ registry, logs, lookups }: HandlerDeps) {
  const setOf = (id: string) => {
    const supervisor = registry.supervisor(id);
    return logSet(supervisor.view().logFile, supervisor.logSource());
  };
  return {
    'log.search': (input, connection) => lookups.search(connection, setOf(input.id), input),
    'log.read': ({ id, set, ...place }) => readPage(setOf(id), set, place),
    'log.marks': ({ query, lines }) => marksIn(query, lines),
    'log.follow': ({ id, lines }, connection) => {
      const supervisor = registry.supervisor(id);
      const { logFile: file } = supervisor.view();
      const log = { file, locate: () => supervisor.logSource() };
      const last = logs.follow(connection, id, log, lines);
      // A control character takes six bytes in JSON: of a binary log fewer lines fit.
      return { file, lines: newestThatFit(last, maxFrameBytes - 64 * 1024) };
    },
    'log.unfollow': ({ id }, connection) => {
      logs.unfollow(connection, id);
      return null;
    },
  } satisfies Partial<AllHandlers>;
}

function eventHandlers({ registry, histories, succession, usage }: HandlerDeps) {
  return {
    'usage.sample': () => usage.sample(),
    'events.list': ({ id, before, limit }) => histories.list(id, { before, limit }),
    'events.summary': ({ id, from, to }) => {
      const watched = registry.supervisors().has(id) && !succession.busy();
      return histories.summary(id, { from, to }, watched);
    },
  } satisfies Partial<AllHandlers>;
}

function phoneHandlers(deps: HandlerDeps) {
  const usablePhone = (): Phone => {
    ownRegistry(deps);
    return deps.phone;
  };
  return {
    'phone.show': () => deps.phone.view(),
    'phone.set': ({ kind, address, tell }) => usablePhone().set(kind, address, tell),
    'phone.tell': ({ tell }) => usablePhone().tell(tell),
    'phone.remove': () => usablePhone().remove(),
    'phone.test': (typed) => usablePhone().test(typed ?? null),
  } satisfies Partial<AllHandlers>;
}

function updateHandlers(deps: HandlerDeps) {
  const usableTransactions = (): Transactions => {
    usableRegistry(deps);
    return deps.updates.app;
  };
  return {
    'update.arm': async ({ attempt }) => {
      usableTransactions();
      refuseDuringGatewayUpdate(deps);
      const { genuine, folders } = await deps.checkAttempt(attempt);
      refuseDuringGatewayUpdate(deps);
      usableTransactions().arm(attempt, genuine, folders);
      return null;
    },
    'update.release': ({ attempt }) => usableTransactions().release(attempt),
    'update.rollBack': ({ attempt, problem }) =>
      nullAfter(usableTransactions().rollBack(attempt, problem)),
    'update.handOver': ({ attempt, app }) => {
      usableTransactions().handOver(attempt, app);
      return null;
    },
    'update.keepVersion': () => {
      usableTransactions().decide('new');
      return null;
    },
    'update.undoVersion': () => {
      usableTransactions().decide('old');
      return null;
    },
    'update.appStarted': ({ buildId, identity }) => {
      usableTransactions().appStarted(buildId, identity);
      return null;
    },
    'update.appLeaving': ({ identity }) => {
      usableTransactions().appLeaving(identity);
      return null;
    },
  } satisfies Partial<AllHandlers>;
}
