/**
 * The update service: turns intents into work and the work's results into states. The reducer
 * (machine.ts) decides what may follow what; here are the side effects.
 */
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import type { UpdateState } from '../contract/update.ts';
import { isNewer } from '../contract/version.ts';
import { acquireLock } from '../process/index.ts';
import { keptBeside } from '../transaction/kept.ts';
import { problemOf, UpdateAttempt } from './attempt.ts';
import {
  initialUpdate,
  isInstalling,
  isUpdateLive,
  mustEnd,
  offerOf,
  reduceUpdate,
  type UpdateEvent,
} from './machine.ts';
import { EscapeProblem, preflight } from './preflight.ts';
import { sweepAttempts } from './sweep.ts';
import {
  type FeedOffer,
  type Installable,
  type Installer,
  type UpdateDeps,
  UpdateProblem,
  type UpdateService,
} from './types.ts';

export function createUpdateService(deps: UpdateDeps): UpdateService {
  return new AppUpdates(deps);
}

class AppUpdates implements UpdateService {
  readonly #deps: UpdateDeps;
  readonly #listeners = new Set<() => void>();
  readonly #stopFollowing: () => void;
  #state: UpdateState = initialUpdate;
  #offer: FeedOffer | null = null;
  /** The downloaded file of the offer. */
  #file: string | null = null;
  #downloading: AbortController | null = null;
  /** The download is broken off to go on later. */
  #pausing = false;
  #attempt: UpdateAttempt | null = null;
  /** The user has read that the watcher may not survive, and tries again. */
  #escapeAccepted = false;
  #busy = false;
  /** The watcher has the update of this app, which is still open. */
  #handedOver = false;
  #leaving = false;
  /** As it was when the newest receipt was seen: an update changes it, and nothing else. */
  #kept: string | null = null;
  #keptAsOf: string | undefined;

  constructor(deps: UpdateDeps) {
    this.#deps = deps;
    const { feed, installer, state, link, log } = deps;
    if ('unavailable' in feed) this.#setUnavailable(feed.unavailable);
    else if ('unavailable' in installer) this.#setUnavailable(installer.unavailable);
    if (!('unavailable' in installer)) sweepAttempts(state, installer, log);
    this.#stopFollowing = link.subscribe(() => this.#follow());
    this.#follow();
  }

  state(): UpdateState {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async check(): Promise<void> {
    await this.#exclusively(async () => {
      const { feed, version } = this.#deps;
      if (!this.#enters({ type: 'check' }, 'checking') || 'unavailable' in feed) return;
      const found = await feed.check();
      if (found) mustBeNewer(found, version);
      if (found?.sha512 !== this.#offer?.sha512) this.#file = null;
      this.#offer = found;
      const offer = found && { version: found.version, notes: found.notes, size: found.size };
      this.#send({ type: 'checked', offer, at: Date.now() });
    });
  }

  async download(): Promise<void> {
    await this.#exclusively(async () => {
      const { feed } = this.#deps;
      if (!this.#enters({ type: 'download' }, 'downloading') || 'unavailable' in feed) return;
      const abort = new AbortController();
      this.#downloading = abort;
      try {
        this.#file = await feed.download(
          (progress) => this.#send({ type: 'progress', progress }),
          abort.signal,
        );
        this.#send({ type: 'downloaded' });
      } catch (error) {
        if (!(error instanceof UpdateProblem && error.cancelled)) throw error;
        this.#send({ type: this.#pausing ? 'download-paused' : 'download-cancelled' });
      } finally {
        this.#pausing = false;
      }
    });
  }

  async install(): Promise<void> {
    await this.#exclusively(async () => {
      const { installer } = this.#deps;
      if ('unavailable' in installer || !this.#enters({ type: 'install' }, 'preparing')) return;
      if (!this.#file || !this.#offer) {
        throw new UpdateProblem('The update has to be downloaded again.');
      }
      const [file, offer] = [this.#file, this.#offer];
      const end = await this.#alone(() => this.#installLocked(installer, file, offer));
      if (end === 'cancelled') this.#send({ type: 'install-cancelled' });
    });
  }

  async goBack(): Promise<Problem | null> {
    if (this.#state.status === 'unavailable') return this.#state.problem;
    let problem: Problem | null = busyNow;
    await this.#exclusively(async () => {
      problem = await this.#returnToKept();
    });
    return problem;
  }

  async #returnToKept(): Promise<Problem | null> {
    const { installer: forUpdates, state } = this.#deps;
    if ('unavailable' in forUpdates) return forUpdates.unavailable;
    const kept = keptBeside(state, forUpdates.keptFile);
    if (!kept) return noneKept(forUpdates.appFile);
    const { version, size, sha512, file } = kept;
    const offer = { version, notes: '', size };
    if (!this.#enters({ type: 'go-back', offer }, 'preparing')) return busyNow;
    try {
      const end = await this.#alone(() =>
        this.#installLocked(forUpdates.goingBack(), file, { ...offer, sha512, signedAs: null }),
      );
      if (end === 'handed-over') return null;
      this.#send({ type: 'return-cancelled' });
      return { message: 'It was cancelled in Holdfast’s window.' };
    } catch (error) {
      const problem = this.#logged(error);
      this.#send({ type: 'return-failed', problem });
      return problem;
    }
  }

  keptVersion(): string | null {
    return this.#kept;
  }

  async pause(): Promise<void> {
    if (!this.#downloading) return;
    this.#pausing = true;
    this.#downloading.abort();
  }

  async cancel(): Promise<void> {
    if (this.#state.status === 'paused') return this.#send({ type: 'download-cancelled' });
    this.#pausing = false;
    this.#downloading?.abort();
    this.#attempt?.cancel();
  }

  async retry(): Promise<void> {
    if (this.#state.status === 'held') return this.#attempt?.retry();
    if (this.#state.status !== 'failed') return this.#tryAgain();
    const { retry } = this.#state;
    if (retry === 'return') return void (await this.goBack());
    if (retry === 'check' || !offerOf(this.#state)) return this.check();
    if (retry === 'install' && this.#file) return this.install();
    // A wrong hash or a missing file may have been corrected since: the feed is asked again.
    await this.check();
    return this.download();
  }

  /** After an update that was undone: fetches its version again, up to where the user decides. */
  async #tryAgain(): Promise<void> {
    if (this.#state.status === 'ready') return;
    await this.check();
    return this.download();
  }

  close(): void {
    this.#stopFollowing();
    this.#listeners.clear();
  }

  #setUnavailable(problem: Problem): void {
    this.#state = { status: 'unavailable', problem };
  }

  #send(event: UpdateEvent): void {
    const next = reduceUpdate(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }

  /** Sends `event`; false when it does not fit: then there is nothing to do. */
  #enters(event: UpdateEvent, status: UpdateState['status']): boolean {
    this.#send(event);
    return this.#state.status === status;
  }

  /** What the user reads of `error`; the log has its cause, too. */
  #logged(error: unknown): Problem {
    const problem = problemOf(error);
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : null;
    const details = cause === null ? '' : ` (${errorText(cause)})`;
    this.#deps.log(`update: ${problem.message}${details}`);
    return problem;
  }

  #fail(error: unknown): void {
    const problem = this.#logged(error);
    const redownload = error instanceof UpdateProblem && error.redownload;
    if (redownload) this.#file = null;
    this.#send({ type: 'failed', problem, redownload });
  }

  /** One piece of work at a time; an intent that comes meanwhile is dropped. */
  async #exclusively(work: () => Promise<void>): Promise<void> {
    if (this.#busy || this.#state.status === 'unavailable') return;
    this.#busy = true;
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#busy = false;
      this.#downloading = null;
      this.#attempt = null;
      this.#follow();
    }
  }

  /** Does `work` as the only app that updates. */
  async #alone<T>(work: () => Promise<T>): Promise<T> {
    const lock = acquireLock(this.#deps.state.appLock);
    if (!('release' in lock)) {
      throw new UpdateProblem(
        'Another Holdfast is updating already.',
        'Wait until it is done, then try again.',
      );
    }
    try {
      return await work();
    } finally {
      lock.release();
    }
  }

  async #installLocked(
    installer: Installer,
    file: string,
    offer: Installable,
  ): Promise<'handed-over' | 'cancelled'> {
    const deps = this.#deps;
    this.#attempt = new UpdateAttempt({
      ...{ deps, installer, file, offer },
      send: (event) => this.#send(event),
    });
    this.#checkBefore(installer, offer);
    if ((await this.#attempt.run()) === 'cancelled') return 'cancelled';
    this.#send({ type: 'handed-over', version: offer.version, phase: 'handed-over' });
    if (installer.needsAppClosed) this.#leave();
    // Else its window shows how the gateways come back, until the watcher waits for its end.
    else this.#handedOver = true;
    return 'handed-over';
  }

  #leave(): void {
    if (this.#leaving) return;
    this.#leaving = true;
    this.#deps.quitNow();
  }

  #checkBefore(installer: Installer, { size }: Installable): void {
    const { state, link, sessionEnding } = this.#deps;
    try {
      preflight({
        state,
        installer,
        size: size ?? 0,
        watcher: link.watcher(),
        connected: link.state().status === 'connected',
        sessionEnding: sessionEnding(),
        escapeAccepted: this.#escapeAccepted,
      });
    } catch (error) {
      // The user has read this: the next try is the decision.
      this.#escapeAccepted = error instanceof EscapeProblem;
      throw error;
    }
  }

  #lookForKept(): void {
    const { installer, link, state } = this.#deps;
    const receipt = link.watcher()?.receipt;
    const asOf = `${receipt?.attempt} ${receipt?.outcome}`;
    if ('unavailable' in installer || asOf === this.#keptAsOf) return;
    this.#keptAsOf = asOf;
    const before = this.#kept;
    this.#kept = keptBeside(state, installer.keptFile)?.version ?? null;
    if (this.#kept !== before) for (const listener of this.#listeners) listener();
  }

  /** Shows an update that the watcher carries out: this app's own, or one during which it was started. */
  #follow(): void {
    this.#lookForKept();
    if (this.#busy || this.#leaving || isInstalling(this.#state)) return;
    const watcher = this.#deps.link.watcher();
    if (this.#handedOver && mustEnd(watcher)) {
      this.#leave();
      return;
    }
    if (isUpdateLive(watcher) && watcher?.transaction) {
      const { toVersion, phase } = watcher.transaction;
      this.#send({ type: 'live', version: toVersion, phase });
    } else if (watcher) {
      this.#send({ type: 'live-over' });
    }
  }
}

const busyNow: Problem = {
  message: 'An update is under way.',
  hint: 'Wait until it is over, then try again.',
};

function noneKept(appFile: string): Problem {
  return {
    message: `No earlier version is kept for ${appFile}.`,
    hint: 'Download that version, and start it instead of this one.',
  };
}

/** Whatever the feed says, and whoever signed it: an update never goes back. */
function mustBeNewer({ version }: FeedOffer, installed: string): void {
  if (isNewer(version, installed)) return;
  throw new UpdateProblem(
    `The update feed offers version ${version}, which is not newer than the installed ${installed}. It was refused.`,
    'The feed may be out of date. Try again later.',
  );
}
