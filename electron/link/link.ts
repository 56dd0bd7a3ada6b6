/**
 * The line to the watcher, kept up:
 *
 *              found, or staged and launched
 *   connecting ───────────────────────────────► connected ──hung up──┐
 *       ▲  │                                        ▲                │
 *       │  └──failed──► lost ──later, ever slower───┘                │
 *       └────────────────────────────at once─────────────────────────┘
 *
 * A watcher that died is replaced by a new one, which adopts the gateways; one that lives but hangs
 * is told of, and when it goes on like that ended first, by its identity. One of an older protocol
 * is asked to hand over to ours; one of a newer protocol is left alone and said so.
 */
import type { LinkState } from '../contract/app-contract.ts';
import type { Client } from '../contract/define.ts';
import type { Identity } from '../contract/identity.ts';
import {
  PROTOCOL_VERSION,
  type ToldEnvironment,
  type WatcherContract,
  type WatcherState,
} from '../contract/watcher-contract.ts';
import { connectWatcher, NoAnswerError, type WatcherConnection } from '../handoff/client.ts';
import { readEndpoint, readSecret } from '../handoff/endpoint.ts';
import { collectStaged, stageWatcher } from '../handoff/staging.ts';
import { endProcess } from '../process/end-process.ts';
import { diskTrouble, isAlive, judgeEscape, observeSelf } from '../process/index.ts';
import { LaunchError, launchWatcher, TAKEN } from './launch.ts';
import { type Mirror, mirrorWatcher } from './mirror.ts';
import type { Link, LinkDeps, Stage } from './types.ts';

/** Between attempts, ms. The first are quick: another app may be starting the watcher right now. */
const RETRY_MS = [50, 100, 250, 500, 1_000, 2_000, 5_000, 10_000] as const;
/** So many quick failures look like "connecting"; then the user is told. */
const QUIET_FAILURES = 3;
/** Another start holds the lock but does not serve yet: so often it is looked for … */
const TAKEN_LOOK_MS = 50;
/** … and after so long, doubled up to the second, its place is tried for again: half a minute in all. */
const TAKEN_MS = 100;
const TAKEN_MAX_MS = 2_000;
const TAKEN_TRIES = 18;
/** A killed process hangs up first and is dead some milliseconds later. */
const ENDING_MS = 250;
/** How often its end is looked for. */
const ENDING_LOOK_MS = 10;
/** Silent that often in a row, 5 s each: it hangs, and nobody looks after the gateways. */
const SILENT_TRIES = 3;

export function createLink(deps: LinkDeps): Link {
  const { state: folder, clock, log } = deps;
  const listeners = new Set<() => void>();
  /** Puts a listener of `client.on` on a connection; they outlive every connection. */
  const wishes = new Set<{ put(connection: WatcherConnection): () => void; off: () => void }>();
  let connection: WatcherConnection | undefined;
  let mirror: Mirror | undefined;
  let lastState: WatcherState | null = null;
  let linkState: LinkState = { status: 'connecting' };
  let failures = 0;
  let silent = 0;
  let cancelRetry: (() => void) | undefined;
  let attempting: Promise<void> | undefined;
  let succeeding = false;
  let closed = false;

  const client: Client<WatcherContract> = {
    call: (name, input) =>
      connection?.call(name, input) ??
      Promise.reject(
        new Error(
          linkState.status === 'lost'
            ? linkState.problem.message
            : 'The watcher is not connected yet; try again in a moment.',
        ),
      ),
    on(event, listener) {
      const wish = {
        put: (to: WatcherConnection) => to.on(event, listener),
        off: connection?.on(event, listener) ?? (() => {}),
      };
      wishes.add(wish);
      return () => {
        wishes.delete(wish);
        wish.off();
      };
    },
  };

  return {
    state: () => linkState,
    watcher: () => lastState,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    client,
    connect: () => attempt(),
    succeed,
    stageFrom: (bundle, runtime) => stageWatcher(folder, { bundle, runtime }),
    close() {
      closed = true;
      cancelRetry?.();
      connection?.close();
      listeners.clear();
    },
  };

  function changed(): void {
    if (mirror && connection) {
      lastState = mirror.state();
      const since = mirror.staleSince();
      const stale = since === null ? {} : { staleSince: since };
      linkState = { status: 'connected', watcher: lastState.watcher, ...stale };
    }
    for (const listener of listeners) listener();
  }

  /** One try; several callers share it. Plans the next one when it fails. */
  function attempt(): Promise<void> {
    if (connection) return Promise.resolve();
    cancelRetry?.();
    attempting ??= establish()
      .then(() => {
        failures = 0;
      })
      .catch((error: unknown) => {
        const disk = diskTrouble(error, folder.root);
        const why = disk && new Error(`${disk.message} ${disk.hint}`, { cause: error });
        const message = why?.message ?? textOf(error);
        failures += 1;
        log.warn(`No watcher (try ${failures}): ${message}`);
        if (failures >= QUIET_FAILURES || !(error instanceof LaunchError)) lose(message);
        retryLater();
        throw why ?? error;
      })
      .finally(() => {
        attempting = undefined;
      });
    return attempting;
  }

  function retryLater(): void {
    if (closed) return;
    cancelRetry?.();
    const wait = RETRY_MS[Math.min(failures, RETRY_MS.length - 1)] ?? 10_000;
    // The failure was told by `lose`; a background try has nobody else to tell.
    cancelRetry = clock.after(wait, () => void attempt().catch(() => {}));
  }

  function lose(message: string): void {
    const hint = 'Gateways run on meanwhile. Holdfast keeps trying.';
    linkState = { status: 'lost', problem: { message, hint } };
    changed();
  }

  async function establish(): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      const found = await findServing();
      if (closed) throw new Error('The link was closed.');
      if (found) return attach(found);
      try {
        const stage = await ownStage();
        const launched = await launchWatcher({ state: folder, clock, stage, succeed: false });
        log.info(
          `Started watcher ${stage.buildId}: ${launched.escape.proof}, ${launched.escape.detail}`,
        );
        await attach(launched.connection);
        void collectStaged(folder, [stage.bundle, stage.runtime]);
        return;
      } catch (error) {
        const taken = error instanceof LaunchError && error.code === TAKEN;
        if (!taken || tries >= TAKEN_TRIES) throw error;
        const other = await awaitOther(Math.min(TAKEN_MS * 2 ** tries, TAKEN_MAX_MS));
        if (other) return attach(other);
      }
    }
  }

  /** The one that holds the lock lives, even where its process can't be seen: in another PID namespace. */
  async function awaitOther(ms: number): Promise<WatcherConnection | undefined> {
    const until = clock.now() + ms;
    for (;;) {
      const found = await findServing({ lives: true });
      if (found || closed || clock.now() >= until) return found;
      await new Promise<void>((resolve) => clock.after(TAKEN_LOOK_MS, resolve));
    }
  }

  /**
   * A connection to the watcher that serves, or undefined when none lives.
   * @param known `lives`: it does, whatever its pid says
   */
  async function findServing(known = { lives: false }): Promise<WatcherConnection | undefined> {
    const endpoint = readEndpoint(folder);
    const secret = readSecret(folder);
    if (!endpoint || secret === undefined) return undefined;
    if (!known.lives && !isAlive(endpoint.identity)) return undefined;
    try {
      const found = await connectWatcher({
        socket: endpoint.socket,
        secret,
        clock,
        ...(deps.answerMs === undefined ? {} : { answerMs: deps.answerMs }),
      });
      silent = 0;
      return found;
    } catch (error) {
      // It may have ended, or moved to another socket, in this very moment; or be about to end.
      const refused = !(error instanceof NoAnswerError);
      if (!isAlive(endpoint.identity) || (refused && (await isEnding(endpoint.identity)))) {
        return undefined;
      }
      silent = refused ? 0 : silent + 1;
      const who = `The watcher (pid ${endpoint.identity.pid})`;
      if (silent >= SILENT_TRIES) {
        log.warn(`${who} hangs: it was ended, another one takes over. The gateways run on.`);
        silent = 0;
        endProcess(endpoint.identity);
        return undefined;
      }
      throw new Error(`${who} lives but can't be used: ${textOf(error)}`, { cause: error });
    }
  }

  async function isEnding(identity: Identity): Promise<boolean> {
    for (const until = clock.now() + ENDING_MS; clock.now() < until; ) {
      await new Promise<void>((resolve) => clock.after(ENDING_LOOK_MS, resolve));
      if (!isAlive(identity)) return true;
    }
    return false;
  }

  function ownStage(): Promise<Stage> {
    return stageWatcher(folder, deps.source);
  }

  /** Makes `fresh` the connection everything goes through. */
  async function attach(fresh: WatcherConnection): Promise<void> {
    const role = deps.role ?? 'app';
    const hello = await fresh.call('hello', { role, protocol: PROTOCOL_VERSION });
    if (closed) return fresh.close();
    if (hello.protocol > PROTOCOL_VERSION) {
      fresh.close();
      throw new Error(
        `The gateways are looked after by a newer Holdfast (${hello.version}). Start that one, or update this one.`,
      );
    }
    if (hello.protocol < PROTOCOL_VERSION) {
      fresh.close();
      const stage = await ownStage();
      const launched = await launchWatcher({ state: folder, clock, stage, succeed: true });
      return attach(launched.connection);
    }
    await tellEnvironment(fresh);
    const next = await mirrorWatcher(fresh, {
      clock,
      onChange: changed,
      onStale: (error) => log.error(`The watcher's state can't be read: ${detailOf(error)}`),
    }).catch((error: unknown) => {
      // One that answers, but not with its state, is not kept waiting on the line.
      fresh.close();
      log.error(`The watcher's state can't be read: ${detailOf(error)}`);
      throw error;
    });
    connection = fresh;
    mirror = next;
    for (const wish of wishes) wish.off = wish.put(fresh);
    fresh.onClose((reason, silent) => {
      if (connection !== fresh) return;
      connection = undefined;
      mirror = undefined;
      log.info(`The line to the watcher is down: ${reason}`);
      if (closed || succeeding) return;
      // One that has ended is replaced within moments; this one may take longer.
      if (silent) lose(reason);
      else {
        linkState = { status: 'connecting' };
        changed();
      }
      // The first try is made at once; its failure is told and followed up by itself.
      void attempt().catch(() => {});
    });
    changed();
    if (role === 'app' && next.state().watcher.escape === null) {
      const judged = judgeEscape(observeSelf(), hello.place);
      await fresh.call('watcher.escaped', { escape: { rung: 'setsid', ...judged } });
    }
  }

  /** What is known already before anything is asked of it; what takes time, later. */
  async function tellEnvironment(to: WatcherConnection): Promise<void> {
    // An older watcher does not know the call, and does without.
    const tell = (told: ToldEnvironment | null): Promise<unknown> =>
      told ? to.call('watcher.environment', told).catch(() => null) : Promise.resolve();
    const told = deps.environment?.();
    if (told instanceof Promise) void told.then(tell);
    else if (told) await tell(told);
  }

  async function succeed(): Promise<void> {
    const before = lastState?.watcher.buildId;
    if (!connection) throw new Error('There is no watcher to take over from; it is being started.');
    if (before === deps.buildId || succeeding) return;
    succeeding = true;
    const old = connection;
    try {
      const stage = await ownStage();
      const launched = await launchWatcher({ state: folder, clock, stage, succeed: true });
      connection = undefined;
      await attach(launched.connection);
      old.close();
      log.info(`Watcher ${deps.buildId} took over from ${before ?? 'an unknown build'}.`);
      void collectStaged(folder, [stage.bundle, stage.runtime]);
    } finally {
      succeeding = false;
      if (!connection && !closed) void attempt().catch(() => {});
    }
  }
}

/** What a user need not read, for the log. */
function detailOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return cause === undefined ? textOf(error) : `${textOf(error)} ${cause.message}`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
