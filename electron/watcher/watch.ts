/**
 * A serving watcher, put together: gateways, update, door, succession and its own end. Whoever calls
 * this holds the state folder's lock.
 */
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { APP_VERSION, BUILD_ID } from '../contract/build-info.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Escape } from '../contract/identity.ts';
import { PROTOCOL_VERSION, watcherContract } from '../contract/watcher-contract.ts';
import { defaultProfile, findFreePort } from '../gateway/default-profile.ts';
import { loadProfiles, removeProfile, saveProfile } from '../gateway/profiles.ts';
import { createSupervisor } from '../gateway/supervisor.ts';
import { ensureSecret, readSecret, removeEndpoint, writeEndpoint } from '../handoff/endpoint.ts';
import { prepareStateFolder, type StateFolder } from '../handoff/state-folder.ts';
import { endProcess } from '../process/end-process.ts';
import {
  acquireLock,
  giveMemoryBack,
  type HeldLock,
  observeSelf,
  peerUser,
  selfIdentity,
  sharedExitWaiter,
  sweepDrafts,
  systemClock,
} from '../process/index.ts';
import { createCarry } from './carry.ts';
import { createDispatch } from './dispatch.ts';
import { type Findable, keepFindable } from './findable.ts';
import { type FolderWatch, watchFolder } from './folder-watch.ts';
import { createGatewayUpdates } from './gateway-update.ts';
import { createHandlers } from './handlers.ts';
import { createLifetime } from './lifetime.ts';
import type { WatcherLog } from './log.ts';
import { createLogFollower } from './log-follow.ts';
import { freeSocket, pinnedProgram, shippedProgram } from './place.ts';
import { createRegistry, type Registry } from './registry.ts';
import { createRest } from './rest.ts';
import { openServer, type Server } from './server.ts';
import { createStateBoard } from './state.ts';
import { createSubscriptions } from './subscriptions.ts';
import { createSuccession } from './succession.ts';
import { keepUserEnvironment } from './user-environment.ts';

/** As many as a hello carries. A watcher maps about fifty files. */
const MAX_PATHS = 4096;

export interface WatchDeps {
  readonly state: StateFolder;
  readonly idleMs: number;
  readonly log: WatcherLog;
  /** The state folder's, which the caller took. */
  readonly lock: HeldLock;
  /** Everything is closed: the process may go. */
  onEnded(): void;
}

export interface Watch {
  /** Ends it; the gateways run on. */
  end(reason: string): void;
  /** A part of it complained about itself, e.g. the log. */
  touch(): void;
}

/** Serves until it ends itself or is told to. Rejects with a sentence when it can't begin. */
export async function startWatch(deps: WatchDeps): Promise<Watch> {
  const { state, log } = deps;
  const clock = systemClock;
  const waiter = sharedExitWaiter();
  let { lock } = deps;
  let server: Server | undefined;
  let folder: FolderWatch | undefined;
  let findable: Findable | undefined;
  let ending = false;

  // An earlier watcher may have been killed while it wrote.
  for (const written of [state.ledger, state.run, state.profiles]) sweepDrafts(written);
  const firstRun = readSecret(state) === undefined;
  const secret = ensureSecret(state);
  if (firstRun) await welcome(state, log);

  const watcher = {
    identity: selfIdentity(),
    version: APP_VERSION,
    buildId: BUILD_ID,
    protocol: PROTOCOL_VERSION,
  };
  const environment = keepUserEnvironment(state, log);
  const shipped = shippedProgram(import.meta.dirname);
  const registry: Registry = createRegistry({
    folder: state.profiles,
    loadProfiles: () => loadProfiles(state.profiles),
    profileExists: (id) =>
      lstatSync(join(state.profiles, `${id}.json`), { throwIfNoEntry: false }) !== undefined,
    saveProfile: (profile) => saveProfile(state.profiles, profile),
    removeProfile: (id) => removeProfile(state.profiles, id),
    createSupervisor: (profile) =>
      createSupervisor({
        profile,
        shipped: () => shipped,
        pinned: (pin) => pinnedProgram(state, pin),
        ledgerDir: state.ledger,
        logFile: state.gatewayLog(profile.id),
        dataDir: state.gatewayData(profile.id),
        stateRoot: state.root,
        userEnvironment: environment.current,
        waiter,
        clock,
        random: Math.random,
        log: (message) => log.info(message),
      }),
    onChange: touch,
    log,
  });
  const gatewayUpdates = createGatewayUpdates({
    state,
    supervisor: registry.supervisor,
    find: (id) => registry.supervisors().get(id),
    shipped,
    waiter,
    clock,
    env: process.env,
    log: (message) => log.info(message),
  });
  const newCarry = () =>
    createCarry({
      state,
      supervisors: () => registry.supervisors(),
      waiter,
      clock,
      log: (message: string) => log.info(message),
      identity: watcher.identity,
      escape: (): Escape | null => board.escapedBy(),
      onChange: touch,
    });
  let carry = newCarry();
  const rest = createRest({ clock, giveBack: giveMemoryBack });
  const board = createStateBoard({
    watcher: { ...watcher, startedAt: Date.now() },
    registry: () => registry,
    carry: () => ({ carry: carry.view(), receipt: carry.receipt() }),
    problems,
    clock,
    onFault: (error) => log.error(`The state can't be published: ${detailOf(error)}`),
  });
  const subscriptions = createSubscriptions(board.publisher);
  const logs = createLogFollower(clock);
  const succession = createSuccession({
    clock,
    waiter,
    log,
    objection() {
      if (gatewayUpdates.busy())
        return 'A gateway is being updated; that has to be finished first.';
      if (carry.busyBeforeSoak()) return 'An update is under way; it has to be finished first.';
      // What only this watcher knows would be lost.
      return carry.problem()?.message ?? null;
    },
    freeze() {
      carry.close();
      registry.freeze();
    },
    releaseLock: () => lock.release(),
    takeLock,
    thaw() {
      registry.thaw();
      carry = newCarry();
      recover();
      // The successor may have got as far as writing its own.
      writeEndpoint(state, endpoint);
      touch();
    },
    endProcess,
    announce: (buildId) => server?.broadcast('succeeded', { buildId }),
    end: () => setImmediate(() => end('a successor serves')),
  });
  const lifetime = createLifetime({
    clock,
    idleMs: deps.idleMs,
    busy: () =>
      registry.busy() ||
      gatewayUpdates.busy() ||
      carry.view() !== null ||
      carry.problem() !== null ||
      succession.busy() ||
      (server?.clients() ?? 0) > 0,
    end: () => end('there is nothing left to do'),
  });

  folder = watchFolder({
    folder: state.profiles,
    clock,
    unheard: 'New and changed profiles are not noticed',
    // An update knows its gateways by name and by profile; and in a succession they are not ours.
    busy: () => succession.busy() || carry.busyBeforeSoak(),
    onSettled: registry.reload,
    onProblem: touch,
    log,
  });

  const dispatch = createDispatch(
    watcherContract,
    createHandlers({
      watcher,
      registry,
      board,
      succession,
      logs,
      carry: () => carry,
      place: () => {
        const facts = observeSelf();
        return { ...facts, paths: facts.paths.slice(0, MAX_PATHS) };
      },
      async updateGateway(id) {
        if (carry.view() !== null) throw new Error('Holdfast is being updated; wait for its end.');
        await gatewayUpdates.run(id);
      },
      refuseDuringGatewayUpdate() {
        if (gatewayUpdates.busy()) throw new Error('A gateway is being updated; wait for its end.');
      },
      subscribe: subscriptions.add,
      setEscape: board.setEscape,
      searchPath: () => environment.current().path,
      setEnvironment(told) {
        if (environment.tell(told)) registry.retryStarts();
      },
      async retire(gateways) {
        if (carry.view() !== null) throw new Error('An update is under way; wait for its end.');
        if (gatewayUpdates.busy()) throw new Error('A gateway is being updated; wait for its end.');
        if (gateways === 'stop') await registry.stopAll();
        setImmediate(() => end(`it was asked to, gateways: ${gateways}`));
      },
    }),
    (call, error) => log.error(`"${call}" failed: ${detailOf(error)}`),
  );

  const endpoint = { socket: freeSocket(state), ...watcher };
  server = await openServer({
    socket: endpoint.socket,
    secret,
    clock,
    answer: (request, connection) => {
      const answer = dispatch(request, connection);
      if (!(answer instanceof Promise)) return seen(answer);
      return answer.then(seen);
    },
    onClients: stir,
    peerUser,
    log,
  });
  writeEndpoint(state, endpoint);
  const { reopen } = server;
  findable = keepFindable({
    state,
    endpoint,
    secret,
    clock,
    busy: succession.busy,
    reopen,
    keepLock,
    onReplaced: () => end('another watcher has taken its place: its lock file was removed'),
    log,
  });
  // Now: a watcher that can't be found, as on a full disk, must not have started anything.
  registry.open();
  recover();
  log.info(`Watcher ${watcher.buildId} serves at ${endpoint.socket} (pid ${process.pid}).`);
  stir();
  return { end, touch };

  function takeLock(): boolean {
    const taken = acquireLock(state.watcherLock);
    if (!('release' in taken)) return false;
    lock = taken;
    return true;
  }

  /** Its file was taken away: it is locked again, unless another watcher has been quicker. */
  function keepLock(): boolean {
    if (lock.isIntact()) return true;
    const lost = lock;
    prepareStateFolder(state);
    if (!takeLock()) return false;
    lost.release();
    log.warn(`The lock ${state.watcherLock} was gone; the watcher has taken it again.`);
    return true;
  }

  /** Something happens here. */
  function stir(): void {
    lifetime.check();
    rest.touch();
  }

  /** The answer, after the patch with what it led to. */
  function seen<Answer>(answer: Answer): Answer {
    board.flush();
    return answer;
  }

  function touch(): void {
    board.touch();
    stir();
    folder?.check();
    findable?.check();
  }

  function problems(): Problem[] {
    return [log.problem(), folder?.problem(), carry.problem()].filter(
      (one) => one !== undefined && one !== null,
    );
  }

  /** Finishes what a journal tells of; gateways that nobody has use for stopped are started. */
  function recover(): void {
    carry.recover();
    if (carry.view() !== null) return;
    gatewayUpdates.recover();
    registry.resumeForgotten(gatewayUpdates.waits);
  }

  function end(reason: string): void {
    if (ending) return;
    ending = true;
    log.info(`Watcher ends: ${reason}.`);
    lifetime.close();
    rest.close();
    succession.close();
    logs.close();
    folder?.close();
    findable?.close();
    carry.close();
    registry.freeze();
    registry.close();
    void (server?.close() ?? Promise.resolve()).then(() => {
      removeEndpoint(state, endpoint);
      lock.release();
      deps.onEnded();
    });
  }
}

/** The first start of all: there is a gateway to look at. */
async function welcome(state: StateFolder, log: WatcherLog): Promise<void> {
  const { profiles, problems } = loadProfiles(state.profiles);
  if (profiles.length > 0 || Object.keys(problems).length > 0) return;
  saveProfile(state.profiles, defaultProfile(await findFreePort()));
  log.info('First start: the reference gateway was set up.');
}

function detailOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
