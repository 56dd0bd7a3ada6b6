/**
 * Finds the watcher that serves a state folder. One that lives but hangs is reported at first; when
 * it stays silent it is ended, by its identity, so that another one can take over.
 */
import { errorText } from '../contract/error-text.ts';
import type { Identity } from '../contract/identity.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { type Clock, endProcess, isAlive, passed } from '../process/index.ts';
import { connectWatcher, NoAnswerError, type WatcherConnection } from '../rpc/client.ts';
import { readEndpoint, readSecret } from '../rpc/endpoint.ts';
import type { LinkLog } from './types.ts';

/** Between looks for a watcher that holds the lock and does not serve yet. */
const lookMs = 50;
/** A killed process hangs up first and is dead some milliseconds later. */
const endingMs = 250;
/** Between looks for its end. */
const endingLookMs = 10;
/** Silent that often in a row, 5 s each: it hangs, and no gateway is looked after. */
const silentTries = 3;

export interface FinderDeps {
  readonly state: StateFolder;
  readonly clock: Clock;
  readonly log: LinkLog;
  /** How long a watcher may take to say anything, ms. */
  readonly answerMs?: number;
}

export class WatcherFinder {
  readonly #deps: FinderDeps;
  #silent = 0;

  constructor(deps: FinderDeps) {
    this.#deps = deps;
  }

  /**
   * A connection to the watcher that serves; undefined when none lives. Rejects with a sentence for one
   * that lives but can't be used.
   *
   * @param knownToLive it does, even if its pid names no process
   */
  async find({ knownToLive = false } = {}): Promise<WatcherConnection | undefined> {
    const { state, clock, answerMs } = this.#deps;
    const endpoint = readEndpoint(state);
    const secret = readSecret(state);
    if (!endpoint || secret === undefined) return undefined;
    if (!knownToLive && !isAlive(endpoint.identity)) return undefined;
    try {
      const found = await connectWatcher({
        socket: endpoint.socket,
        secret,
        clock,
        ...(answerMs === undefined ? {} : { answerMs }),
      });
      this.#silent = 0;
      return found;
    } catch (error) {
      await this.#judge(endpoint.identity, error);
      return undefined;
    }
  }

  /**
   * Looks for up to `ms` for the watcher that holds the lock: it lives, even where its process can't be
   * seen, in another PID namespace.
   */
  async awaitOther(ms: number, signal: AbortSignal): Promise<WatcherConnection | undefined> {
    const { clock } = this.#deps;
    const until = clock.now() + ms;
    for (;;) {
      const found = await this.find({ knownToLive: true });
      if (found || signal.aborted || clock.now() >= until) return found;
      await passed(clock, lookMs);
    }
  }

  /** Returns when the watcher that could not be used has ended, or was ended; else it throws. */
  async #judge(identity: Identity, error: unknown): Promise<void> {
    // It may have ended, or moved to another socket, in this very moment; or be about to end.
    const refused = !(error instanceof NoAnswerError);
    if (!isAlive(identity) || (refused && (await this.#isEnding(identity)))) return;
    this.#silent = refused ? 0 : this.#silent + 1;
    const who = `The background service (pid ${identity.pid})`;
    if (this.#silent < silentTries) {
      throw new Error(`${who} lives but can't be used: ${errorText(error)}`, { cause: error });
    }
    this.#deps.log.warn(`${who} hangs: it was ended, another one takes over. The gateways run on.`);
    this.#silent = 0;
    endProcess(identity);
  }

  async #isEnding(identity: Identity): Promise<boolean> {
    const { clock } = this.#deps;
    for (const until = clock.now() + endingMs; clock.now() < until; ) {
      await passed(clock, endingLookMs);
      if (!isAlive(identity)) return true;
    }
    return false;
  }
}
