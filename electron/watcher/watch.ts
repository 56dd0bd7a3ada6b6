/**
 * A serving watcher, put together: gateways, updates, the socket, succession, and its own end. The
 * caller holds the state folder's lock.
 */
import { closeSync } from 'node:fs';
import { appVersion, ownBuildId } from '../contract/build-info.ts';
import type { WatchReason } from '../contract/events.ts';
import type { Problem } from '../contract/gateway.ts';
import {
  protocolVersion,
  type WatcherState,
  watcherContract,
} from '../contract/watcher-contract.ts';
import { sweepDrafts } from '../files/durable-write.ts';
import type { StateFolder } from '../files/state-folder.ts';
import {
  endProcess,
  type FolderWatch,
  giveMemoryBack,
  type HeldLock,
  peerUser,
  selfIdentity,
  sharedExitWaiter,
  systemClock,
  watchFolder,
} from '../process/index.ts';
import type { Connection } from '../rpc/connection.ts';
import { createDispatch, type Dispatch } from '../rpc/dispatch.ts';
import {
  ensureSecret,
  freeSocket,
  readSecret,
  removeEndpoint,
  writeEndpoint,
} from '../rpc/endpoint.ts';
import { EndpointGuard } from '../rpc/endpoint-guard.ts';
import { openServer, type Server } from '../rpc/server.ts';
import { createSubscriptions } from '../rpc/subscriptions.ts';
import { addDemo, createRegistry, shippedProgram } from './gateways.ts';
import { createHandlers } from './handlers.ts';
import { Histories } from './histories.ts';
import { createLifetime, IdleTrim, type Lifetime } from './idle.ts';
import type { WatcherLog } from './log.ts';
import { createLogFollower } from './log-follow.ts';
import { createLogLookups } from './log-lookups.ts';
import { ownSurroundings } from './own-surroundings.ts';
import { withOwners } from './owners.ts';
import { createPhone, type Phone } from './phone/phone.ts';
import type { Registry } from './registry.ts';
import { noticeSleep } from './sleep-watch.ts';
import { StateBoard } from './state.ts';
import { StateLock } from './state-lock.ts';
import { SuccessionHost } from './succession/predecessor.ts';
import { Trials } from './trials.ts';
import { checkAttempt } from './update/genuine.ts';
import { Updates } from './updates.ts';
import { usageSampler } from './usage.ts';
import { keepUserEnvironment } from './user-environment.ts';

export interface WatchDeps {
  readonly state: StateFolder;
  readonly idleMs: number;
  /** A first start sets up the demo gateway: it was asked for. */
  readonly demo: boolean;
  readonly log: WatcherLog;
  /** The state folder's lock, which the caller took. */
  readonly lock: HeldLock;
  /** Why it begins to look after gateways; for their histories. */
  readonly began: Extract<WatchReason, 'started' | 'succession'>;
  /** The listening sockets that the older watcher has held, by profile. */
  readonly passedOn: Map<string, number>;
  /** Everything is closed: the process may end. */
  onEnded(): void;
}

/** Serves until it ends itself or is asked to. Rejects with a sentence when it can't begin. */
export async function startWatch(deps: WatchDeps): Promise<Watch> {
  const { state, log } = deps;
  sweepKilled(state);
  const addsDemo = deps.demo && readSecret(state) === undefined;
  const secret = ensureSecret(state);
  if (addsDemo) await addDemo(state, log);
  const watch = new Watch(deps, secret);
  await watch.serve();
  return watch;
}

/** For the holder of the lock: another watcher may have been killed while it wrote. */
function sweepKilled(state: StateFolder): void {
  const { ledger, run, profiles, updates } = state;
  for (const written of [ledger, run, profiles, updates]) sweepDrafts(written);
}

export class Watch {
  readonly #deps: WatchDeps;
  readonly #secret: string;
  readonly #clock = noticeSleep({
    clock: systemClock,
    onSlept: (ms) => this.#registry.note({ kind: 'asleep', ms }),
    onAwake: () => this.#histories.touch(),
  });
  readonly #waiter = sharedExitWaiter();
  readonly #shipped = shippedProgram(import.meta.dirname);
  readonly #self = {
    identity: selfIdentity(),
    version: appVersion,
    buildId: ownBuildId,
    protocol: protocolVersion,
  };
  readonly #endpoint;
  readonly #environment;
  readonly #logs;
  readonly #histories: Histories;
  readonly #idleTrim = new IdleTrim(systemClock, giveMemoryBack);
  readonly #registry: Registry;
  readonly #updates: Updates;
  readonly #board: StateBoard;
  readonly #phone: Phone;
  readonly #succession: SuccessionHost;
  readonly #lifetime: Lifetime;
  readonly #profiles: FolderWatch;
  readonly #dispatch: Dispatch<Connection>;
  readonly #lock: StateLock;
  #server: Server | undefined;
  #guard: EndpointGuard | undefined;
  #ending = false;

  constructor(deps: WatchDeps, secret: string) {
    const { state, log, lock } = deps;
    this.#deps = deps;
    this.#secret = secret;
    this.#lock = new StateLock(state, lock, log);
    this.#endpoint = { socket: freeSocket(state), ...this.#self };
    this.#environment = keepUserEnvironment(state, log);
    this.#histories = new Histories(state, deps.began);
    this.#logs = createLogFollower(this.#clock);
    this.#registry = createRegistry({
      state,
      shipped: this.#shipped,
      waiter: this.#waiter,
      clock: this.#clock,
      log,
      histories: this.#histories,
      passedOn: deps.passedOn,
      userEnvironment: this.#environment.current,
      withheld: (id) => this.#updates.gateways.withheld(id),
      onChange: (changed) => {
        if (changed) this.#updates.versions.noticeOne(changed);
        this.touch();
      },
    });
    this.#updates = this.#createUpdates();
    this.#board = this.#createBoard();
    const published = (): WatcherState => this.#board.publisher.snapshot().state;
    this.#phone = createPhone({ state, clock: this.#clock, log, published });
    this.#succession = this.#createSuccession();
    this.#lifetime = createLifetime({
      clock: this.#clock,
      idleMs: deps.idleMs,
      busy: () => this.#isNeeded(),
      end: () => this.end('there is nothing left to do', 'idle'),
    });
    this.#profiles = this.#watchProfiles();
    this.#dispatch = this.#createDispatch();
  }

  async serve(): Promise<void> {
    const { state, log } = this.#deps;
    const server = await openServer({
      socket: this.#endpoint.socket,
      secret: this.#secret,
      clock: this.#clock,
      answer: (request, connection) => {
        const answer = this.#dispatch(request, connection);
        if (!(answer instanceof Promise)) return this.#afterPatch(answer);
        return answer.then((late) => this.#afterPatch(late));
      },
      onClients: () => this.#activity(),
      peerUser,
      log,
    });
    this.#server = server;
    writeEndpoint(state, this.#endpoint);
    this.#guard = new EndpointGuard({
      state,
      endpoint: this.#endpoint,
      secret: this.#secret,
      clock: this.#clock,
      busy: () => this.#succession.busy(),
      keepLock: () => this.#lock.keep(),
      onReplaced: () =>
        this.end('another watcher has replaced it: its lock file was removed', 'succession'),
      reopen: () => server.reopen(),
      log,
    });
    // Only now: a watcher that can't be reached, as on a full disk, must not have started anything.
    this.#updates.takeOver();
    this.#registry.open();
    for (const fd of this.#deps.passedOn.values()) closeSync(fd);
    this.#recover();
    const { socket, buildId } = this.#endpoint;
    log.info(`Watcher ${buildId} serves at ${socket} (pid ${process.pid}).`);
    this.#activity();
  }

  /** Something that is published may have changed. */
  touch(): void {
    this.#board.touch();
    this.#activity();
    this.#profiles?.check();
    this.#guard?.check();
  }

  /** Ends the watcher; the gateways go on running. `why`: for their histories. */
  end(reason: string, why: WatchReason): void {
    if (this.#ending) return;
    this.#ending = true;
    const { state, log, onEnded } = this.#deps;
    log.info(`Watcher ends: ${reason}.`);
    this.#lifetime.close();
    this.#idleTrim.close();
    this.#succession.close();
    this.#logs.close();
    this.#phone.pause();
    this.#profiles.close();
    this.#guard?.close();
    this.#updates.letGo();
    this.#registry.freeze(why);
    this.#registry.close();
    void (this.#server?.close() ?? Promise.resolve()).then(() => {
      removeEndpoint(state, this.#endpoint);
      this.#lock.release();
      onEnded();
    });
  }

  #createUpdates(): Updates {
    const { state, log } = this.#deps;
    return new Updates({
      state,
      supervisors: () => this.#registry.supervisors(),
      shipped: this.#shipped,
      waiter: this.#waiter,
      clock: this.#clock,
      env: process.env,
      userEnvironment: this.#environment.current,
      identity: this.#self.identity,
      escape: () => this.#board.escape(),
      mayUpdate: () => !this.#ending && !this.#succession.busy() && !this.#registry.stopping(),
      log: (message) => log.info(message),
      onChange: () => this.touch(),
    });
  }

  #createBoard(): StateBoard {
    return new StateBoard({
      watcher: { ...this.#self, startedAt: Date.now() },
      registry: () => ({
        views: () => this.#updates.addTo(this.#registry.views()),
        profileProblems: () => this.#registry.profileProblems(),
        notices: () => this.#registry.notices(),
      }),
      updates: () => this.#updates.published(),
      problems: () => this.#problems(),
      clock: this.#clock,
      onFlush: () => this.#updates.notice(),
      onPublished: () => this.#phone.notice(),
      onFault: (error) => this.#deps.log.error(`The state can't be published: ${detailOf(error)}`),
    });
  }

  #createSuccession(): SuccessionHost {
    const { state, log } = this.#deps;
    return new SuccessionHost({
      clock: this.#clock,
      waiter: this.#waiter,
      log,
      objection: () => this.#updates.objection(),
      freeze: () => {
        this.#updates.letGo();
        this.#phone.pause();
        this.#registry.freeze('succession');
      },
      releaseLock: () => this.#lock.release(),
      takeLock: () => this.#lock.take(),
      thaw: () => {
        sweepKilled(state);
        this.#registry.thaw();
        this.#phone.resume();
        this.#updates.begin();
        this.#recover();
        // The successor may have written its own already.
        writeEndpoint(state, this.#endpoint);
        this.touch();
      },
      endProcess,
      announce: (buildId) => this.#server?.broadcast('succeeded', { buildId }),
      end: () => setImmediate(() => this.end('a successor serves', 'succession')),
    });
  }

  #watchProfiles(): FolderWatch {
    const { state, log } = this.#deps;
    return watchFolder({
      folder: state.profiles,
      clock: this.#clock,
      unheard: 'New and changed profiles are not noticed',
      // An update knows its gateways by name and by profile; in a succession they are not ours.
      busy: () => this.#succession.busy() || this.#updates.app.busyBeforeSoak(),
      onSettled: () => this.#registry.reload(),
      onProblem: () => this.touch(),
      log,
    });
  }

  #createDispatch(): Dispatch<Connection> {
    const { state, log } = this.#deps;
    const subscriptions = createSubscriptions(this.#board.publisher);
    const handlers = createHandlers({
      self: this.#self,
      registry: this.#registry,
      histories: this.#histories,
      board: this.#board,
      succession: this.#succession,
      logs: this.#logs,
      lookups: createLogLookups(),
      environment: this.#environment,
      trials: new Trials(() => ({
        folders: state,
        stateRoot: state.root,
        user: this.#environment.current(),
        clock: this.#clock,
        waiter: this.#waiter,
        log: (message) => log.info(message),
      })),
      phone: this.#phone,
      usage: usageSampler(() => this.#registry.views()),
      updates: this.#updates,
      warn: log.warn,
      withOwners: (presets, known) =>
        withOwners(presets, known, {
          state,
          shipped: this.#shipped,
          user: this.#environment.current(),
          clock: this.#clock,
        }),
      checkAttempt: (attempt) =>
        checkAttempt(attempt, { state, clock: this.#clock, env: process.env }),
      surroundings: ownSurroundings,
      subscribe: subscriptions.add,
      endSoon: (reason) => setImmediate(() => this.end(reason, 'retired')),
    });
    return createDispatch(watcherContract, handlers, (call, error) =>
      log.error(`"${call}" failed: ${detailOf(error)}`),
    );
  }

  #problems(): Problem[] {
    const { log } = this.#deps;
    return [log.problem(), this.#profiles?.problem(), this.#updates.problem()].filter(
      (one) => one !== undefined && one !== null,
    );
  }

  #isNeeded(): boolean {
    return (
      this.#registry.busy() ||
      this.#updates.active() ||
      this.#succession.busy() ||
      this.#phone.busy() ||
      (this.#server?.clients() ?? 0) > 0
    );
  }

  /** Something happens in this watcher. */
  #activity(): void {
    this.#lifetime.check();
    this.#idleTrim.touch();
  }

  /** Publishes first: a client that gets an answer has seen what the call led to. */
  #afterPatch<Answer>(answer: Answer): Answer {
    this.#board.flush();
    return answer;
  }

  /** Finishes what a journal says; starts released gateways that no update will start. */
  #recover(): void {
    this.#updates.recover((waits) => this.#registry.resumeReleased(waits));
  }
}

function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
