/**
 * The line to the watcher, kept up:
 *
 *              found, or staged and launched
 *   connecting ───────────────────────────────► connected ──hung up──┐
 *       ▲  │                                        ▲                │
 *       │  └──failed──► lost ──later, ever slower───┘                │
 *       └────────────────────────────at once─────────────────────────┘
 *
 * A watcher that died is replaced by a new one, which adopts the gateways; find-watcher.ts deals with
 * one that hangs. One of an older protocol is asked to hand over to ours; one of a newer protocol is
 * left alone, and the window says so.
 */
import type { LinkState } from '../contract/app-contract.ts';
import { errorText } from '../contract/error-text.ts';
import { watcherExit } from '../contract/exit-codes.ts';
import {
  protocolVersion,
  type ReportedEnvironment,
  type WatcherState,
} from '../contract/watcher-contract.ts';
import { diskTrouble } from '../files/disk-problem.ts';
import { judgeEscape, observeSelf } from '../process/index.ts';
import type { WatcherConnection } from '../rpc/client.ts';
import { launcherLeadsTo, writeLauncher } from '../staging/launcher.ts';
import { bundleFolder, readManifest } from '../staging/staged.ts';
import { stageWatcher } from '../staging/staging.ts';
import { collectStaged } from '../transaction/collect-staged.ts';
import { WatcherFinder } from './find-watcher.ts';
import { LaunchError, type Launched, launchWatcher } from './launch.ts';
import { LinkClient } from './link-client.ts';
import { mirrorWatcher, type WatcherMirror } from './mirror.ts';
import type { Link, LinkDeps, Stage } from './types.ts';

/** Between attempts, ms. The first are quick: another app may be starting the watcher right now. */
const retryMs = [50, 100, 250, 500, 1_000, 2_000, 5_000] as const;
/** … and from then on. */
const lastRetryMs = 10_000;
/** So many quick failures look like "connecting"; after that the link is lost. */
const quietFailures = 3;
/**
 * Another start holds the lock and may never come to serve: it is awaited this long, doubled up to the
 * second figure, before its place is tried for again. Half a minute in all.
 */
const takenMs = 100;
const takenMaxMs = 2_000;
const takenTries = 18;

export function createLink(deps: LinkDeps): Link {
  return new WatcherLink(deps);
}

class WatcherLink implements Link {
  readonly client: LinkClient;
  readonly #deps: LinkDeps;
  readonly #finder: WatcherFinder;
  readonly #listeners = new Set<() => void>();
  readonly #closing = new AbortController();
  #mirror: WatcherMirror | undefined;
  #watcher: WatcherState | null = null;
  #state: LinkState = { status: 'connecting' };
  #failures = 0;
  #attempting: Promise<void> | undefined;
  #succeeding = false;
  #cancelRetry = (): void => {};

  constructor(deps: LinkDeps) {
    this.#deps = deps;
    this.client = new LinkClient(deps.clock, () => this.#whyNot());
    this.#finder = new WatcherFinder(deps);
  }

  state(): LinkState {
    return this.#state;
  }

  watcher(): WatcherState | null {
    return this.#watcher;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  connect(): Promise<void> {
    return this.#attempt();
  }

  async succeed(): Promise<void> {
    const { buildId, log } = this.#deps;
    const before = this.#watcher?.watcher.buildId;
    const old = this.client.connection;
    if (!old)
      throw new Error('There is no background service to take over from; it is being started.');
    if (before === buildId || this.#succeeding) return;
    this.#succeeding = true;
    try {
      const { stage, launched } = await this.#launch(true);
      this.client.disconnect();
      await this.#attach(launched.connection);
      old.close();
      log.info(`Watcher ${buildId} took over from ${before ?? 'an unknown build'}.`);
      this.#collect(stage);
    } finally {
      this.#succeeding = false;
      if (!this.client.connection && !this.#isClosed()) this.#reconnect();
    }
  }

  stageFrom(bundle: string, runtime: string): Promise<Stage> {
    return stageWatcher(this.#deps.state, { bundle, runtime });
  }

  close(): void {
    this.#closing.abort();
    this.#cancelRetry();
    this.client.connection?.close();
    this.#listeners.clear();
  }

  #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  #whyNot(): string {
    return this.#state.status === 'lost'
      ? this.#state.problem.message
      : 'The background service is not connected yet; try again in a moment.';
  }

  #changed(): void {
    if (this.#mirror && this.client.connection) {
      this.#watcher = this.#mirror.state();
      const since = this.#mirror.staleSince();
      const stale = since === null ? {} : { staleSince: since };
      this.#state = { status: 'connected', watcher: this.#watcher.watcher, ...stale };
    }
    for (const listener of this.#listeners) listener();
  }

  /** One try, shared by all who ask meanwhile. Plans the next one when it fails. */
  #attempt(): Promise<void> {
    if (this.client.connection) return Promise.resolve();
    this.#cancelRetry();
    this.#attempting ??= this.#establish()
      .then(() => {
        this.#failures = 0;
      })
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#attempting = undefined;
      });
    return this.#attempting;
  }

  /** A try that no caller waits for: its failure is in `state()`, and the next try follows. */
  #reconnect(): void {
    void this.#attempt().catch(() => {});
  }

  #fail(error: unknown): never {
    const { state, log, clock } = this.#deps;
    const disk = diskTrouble(error, state.root);
    const reason = disk ? new Error(`${disk.message} ${disk.hint}`, { cause: error }) : error;
    this.#failures += 1;
    log.warn(`No watcher (try ${this.#failures}): ${errorText(reason)}`);
    if (this.#failures >= quietFailures || !(error instanceof LaunchError)) {
      this.#lose(errorText(reason));
    }
    if (!this.#isClosed()) {
      const ms = retryMs[this.#failures] ?? lastRetryMs;
      this.#cancelRetry = clock.after(ms, () => this.#reconnect());
    }
    throw reason;
  }

  #lose(message: string): void {
    const hint = 'Gateways run on meanwhile. Holdfast keeps trying.';
    this.#state = { status: 'lost', problem: { message, hint } };
    this.#changed();
  }

  async #establish(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const found = await this.#finder.find();
      if (this.#isClosed()) {
        found?.close();
        throw new Error('The link was closed.');
      }
      if (found) {
        await this.#attach(found);
        return this.#keepOnPath();
      }
      try {
        return await this.#start();
      } catch (error) {
        const taken = error instanceof LaunchError && error.code === watcherExit.anotherServes;
        if (!taken || tries >= takenTries) throw error;
        const ms = Math.min(takenMs * 2 ** tries, takenMaxMs);
        const other = await this.#finder.awaitOther(ms, this.#closing.signal);
        if (other) return this.#attach(other);
      }
    }
  }

  /** Starts our watcher where none serves. */
  async #start(): Promise<void> {
    const { stage, launched } = await this.#launch(false);
    const { proof, detail } = launched.escape;
    this.#deps.log.info(`Started watcher ${stage.buildId}: ${proof}, ${detail}`);
    await this.#attach(launched.connection);
    this.#collect(stage);
  }

  async #launch(succeed: boolean): Promise<{ stage: Stage; launched: Launched }> {
    const { state, clock, source, demo = false } = this.#deps;
    const stage = await stageWatcher(state, source);
    const launched = await launchWatcher({ state, clock, stage, succeed, demo });
    this.#putOnPath(stage);
    return { stage, launched };
  }

  /** Gateways do not depend on it: where that fails, it is tried again at the next launch. */
  #putOnPath(stage: Stage): void {
    try {
      writeLauncher(this.#deps.state, stage);
    } catch (error) {
      this.#deps.log.warn(`The command line could not be put in its place: ${errorText(error)}`);
    }
  }

  /** An app that launched our watcher may have been killed before it did this. */
  async #keepOnPath(): Promise<void> {
    const { state, source, buildId, log } = this.#deps;
    if (this.#watcher?.watcher.buildId !== buildId) return;
    try {
      if (launcherLeadsTo(state, bundleFolder(state, readManifest(source.bundle)))) return;
      this.#putOnPath(await stageWatcher(state, source));
    } catch (error) {
      log.warn(`The command line could not be put in its place: ${errorText(error)}`);
    }
  }

  #collect({ bundle, runtime }: Stage): void {
    void collectStaged(this.#deps.state, [bundle, runtime]);
  }

  /** Makes `fresh` the connection that everything goes through. */
  async #attach(fresh: WatcherConnection): Promise<void> {
    const { role = 'app' } = this.#deps;
    const hello = await fresh.call('hello', { role, protocol: protocolVersion });
    if (this.#isClosed()) return fresh.close();
    if (hello.protocol > protocolVersion) {
      fresh.close();
      throw new Error(
        `The gateways are looked after by a newer Holdfast (${hello.version}). Start that one, or update this one.`,
      );
    }
    if (hello.protocol < protocolVersion) {
      fresh.close();
      const { launched } = await this.#launch(true);
      return this.#attach(launched.connection);
    }
    await this.#tellEnvironment(fresh);
    this.#mirror = await this.#openMirror(fresh);
    this.client.connectTo(fresh);
    fresh.onClose((reason, silent) => this.#hungUp(fresh, reason, silent));
    this.#changed();
    if (role === 'app' && this.#watcher?.watcher.escape === null) {
      const judged = judgeEscape(observeSelf(), hello.place);
      await fresh.call('watcher.escaped', { escape: { rung: 'setsid', ...judged } });
    }
  }

  async #openMirror(connection: WatcherConnection): Promise<WatcherMirror> {
    const { clock, log } = this.#deps;
    const onStale = (error: unknown): void =>
      log.error(`The watcher's state can't be read: ${withCause(error)}`);
    try {
      return await mirrorWatcher(connection, { clock, onChange: () => this.#changed(), onStale });
    } catch (error) {
      // It answers, but not with its state: the line to it is not kept.
      connection.close();
      onStale(error);
      throw error;
    }
  }

  #hungUp(connection: WatcherConnection, reason: string, silent: boolean): void {
    if (this.client.connection !== connection) return;
    this.client.disconnect();
    this.#mirror = undefined;
    this.#deps.log.info(`The line to the watcher is down: ${reason}`);
    if (this.#isClosed() || this.#succeeding) return;
    // A watcher that has ended is replaced within moments; one that is silent may take longer.
    if (silent) this.#lose(reason);
    else {
      this.#state = { status: 'connecting' };
      this.#changed();
    }
    this.#reconnect();
  }

  /** At once what is known already; what takes time, when it is known. */
  async #tellEnvironment(to: WatcherConnection): Promise<void> {
    // An older watcher does not know the call, and does without.
    const tell = async (environment: ReportedEnvironment | null): Promise<void> => {
      if (environment) await to.call('watcher.environment', environment).catch(() => null);
    };
    const environment = this.#deps.environment?.();
    if (environment instanceof Promise) void environment.then(tell);
    else if (environment) await tell(environment);
  }
}

/** With what a user need not read, for the log. */
function withCause(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return cause === undefined ? errorText(error) : `${errorText(error)} ${cause.message}`;
}
