/**
 * The update service: turns intents into work and the work's results into states. The reducer
 * (machine.ts) decides what may follow what; here are the side effects.
 */
import { existsSync, rmSync } from 'node:fs';
import type { Problem } from '../contract/gateway.ts';
import type { UpdateState } from '../contract/update.ts';
import { listAttempts, unfinishedAttempt } from '../handoff/attempts.ts';
import { acquireLock } from '../process/index.ts';
import { isIntact } from './feed.ts';
import { wasTaken } from './hand-over.ts';
import { discardAttempt, type PreparedAttempt, prepareAttempt } from './install.ts';
import { isUpdateLive } from './live.ts';
import { initialUpdate, isInstalling, offerOf, reduceUpdate, type UpdateEvent } from './machine.ts';
import { EscapeProblem, preflight } from './preflight.ts';
import { putBackAll } from './put-back.ts';
import { checksumTrust } from './trust.ts';
import {
  type FeedOffer,
  type Installer,
  type UpdateDeps,
  UpdateProblem,
  type UpdateService,
} from './types.ts';

export function createUpdateService(deps: UpdateDeps): UpdateService {
  const { link, state: folder } = deps;
  const unavailable = unavailableReason(deps);
  let state: UpdateState = unavailable
    ? { status: 'unavailable', problem: unavailable }
    : initialUpdate;
  const listeners = new Set<() => void>();
  let offer: FeedOffer | null = null;
  let file: string | null = null;
  let cancelWork: (() => void) | null = null;
  let answerHeld: ((answer: 'retry' | 'cancel') => void) | null = null;
  let escapeAccepted = false;
  let busy = false;
  let leaving = false;

  function send(event: UpdateEvent): void {
    const next = reduceUpdate(state, event);
    if (next === state) return;
    state = next;
    for (const listener of listeners) listener();
  }

  function fail(error: unknown): void {
    const problem = problemOf(error);
    deps.log(`update: ${problem.message}${causeOf(error)}`);
    const redownload = error instanceof UpdateProblem && error.redownload;
    if (redownload) file = null;
    send({ type: 'failed', problem, redownload });
  }

  /** One piece of work at a time; an intent that does not fit is dropped. */
  async function exclusively(work: () => Promise<void>): Promise<void> {
    if (busy || unavailable) return;
    busy = true;
    try {
      await work();
    } catch (error) {
      fail(error);
    } finally {
      busy = false;
      cancelWork = null;
      follow();
    }
  }

  async function check(): Promise<void> {
    await exclusively(async () => {
      send({ type: 'check' });
      if (state.status !== 'checking' || 'unavailable' in deps.feed) return;
      const found = await deps.feed.check();
      if (found) checksumTrust.checkOffer(found, deps.version);
      if (found?.sha512 !== offer?.sha512) file = null;
      offer = found;
      const shown = found && { version: found.version, notes: found.notes, size: found.size };
      send({ type: 'checked', offer: shown, at: Date.now() });
    });
  }

  async function download(): Promise<void> {
    await exclusively(async () => {
      send({ type: 'download' });
      if (state.status !== 'downloading' || 'unavailable' in deps.feed) return;
      const abort = new AbortController();
      cancelWork = () => abort.abort();
      try {
        file = await deps.feed.download(
          (progress) => send({ type: 'progress', progress }),
          abort.signal,
        );
        send({ type: 'downloaded' });
      } catch (error) {
        if (error instanceof UpdateProblem && error.cancelled) send({ type: 'download-cancelled' });
        else throw error;
      }
    });
  }

  async function install(): Promise<void> {
    await exclusively(async () => {
      const { installer } = deps;
      if ('unavailable' in installer) return;
      send({ type: 'install' });
      if (state.status !== 'preparing') return;
      if (!file || !offer) throw new UpdateProblem('The update has to be downloaded again.');
      const lock = acquireLock(folder.appLock);
      if (!('release' in lock)) {
        throw new UpdateProblem(
          'Another Holdfast is updating already.',
          'Wait until it is done, then try again.',
        );
      }
      try {
        await installLocked(installer, file, offer);
      } finally {
        lock.release();
      }
    });
  }

  async function installLocked(installer: Installer, from: string, what: FeedOffer): Promise<void> {
    let cancelled = false;
    cancelWork = () => {
      cancelled = true;
      answerHeld?.('cancel');
    };
    checkBefore(installer, what);
    const one = await prepareFrom(installer, from, what);
    if (cancelled) {
      discardAttempt(deps, installer, one);
      return send({ type: 'install-cancelled' });
    }
    try {
      await link.client.call('update.arm', { attempt: one.attempt });
    } catch (error) {
      // Armed or not is unknown when the line broke; putting back settles both.
      await putBackAll(deps, installer, one, problemOf(error));
      throw error;
    }
    try {
      await release(one, () => cancelled);
      if (cancelled) {
        await putBackAll(deps, installer, one, { message: 'You cancelled the update.' });
        return send({ type: 'install-cancelled' });
      }
      send({ type: 'installing' });
      installer.replace(one.prepared);
      const { attempt, plan } = one;
      await link.client.call('update.handOver', { attempt, app: plan.app });
    } catch (error) {
      if (!(await wasTaken(deps, one.attempt))) {
        await putBackAll(deps, installer, one, problemOf(error));
        throw error;
      }
    }
    send({ type: 'handed-over', version: what.version, phase: 'handed-over' });
    deps.log(`update: handed over to the watcher (${one.attempt})`);
    leaving = true;
    deps.quitNow();
  }

  /** A download that was damaged or removed since is not tried again as it is. */
  async function prepareFrom(
    installer: Installer,
    from: string,
    what: FeedOffer,
  ): Promise<PreparedAttempt> {
    try {
      return await prepareAttempt(deps, installer, from, what);
    } catch (cause) {
      if (await isIntact(from, what.sha512)) throw cause;
      throw new UpdateProblem(
        'The downloaded file was damaged or removed after it had been checked. It was not installed.',
        'Download the update again.',
        { cause, redownload: true },
      );
    }
  }

  function checkBefore(installer: Installer, what: FeedOffer): void {
    const watcher = link.watcher();
    try {
      preflight({
        state: folder,
        installer,
        size: what.size ?? 0,
        watcher,
        connected: link.state().status === 'connected',
        sessionEnding: deps.sessionEnding(),
        escapeAccepted,
      });
    } catch (error) {
      // Having read this, the user's next try is the decision.
      escapeAccepted = error instanceof EscapeProblem;
      throw error;
    }
  }

  /** Has the backend lock released; ends when nothing holds the files, or by the user's Cancel. */
  async function release(one: PreparedAttempt, cancelled: () => boolean): Promise<void> {
    send({ type: 'releasing', deadline: Date.now() });
    const forget = link.subscribe(() => {
      const deadline = link.watcher()?.carry?.deadline;
      if (typeof deadline === 'number' && state.status === 'releasing') {
        send({ type: 'releasing', deadline });
      }
    });
    try {
      await link.client.call('update.release', { attempt: one.attempt });
    } finally {
      forget();
    }
    while (!cancelled()) {
      const holders = await holdersOf(one.releaseFolders);
      if (holders.length === 0 || cancelled()) return;
      const answer = await new Promise<'retry' | 'cancel'>((resolve) => {
        answerHeld = resolve;
        send({ type: 'held', holders });
      });
      answerHeld = null;
      if (answer === 'cancel') return;
      send({ type: 'releasing', deadline: Date.now() });
    }
  }

  async function holdersOf(folders: readonly string[]): Promise<{ pid: number; name: string }[]> {
    const found = await Promise.all(folders.map((one) => deps.whoHolds(one)));
    const byPid = new Map(found.flat().map(({ pid, program }) => [pid, { pid, name: program }]));
    // This app itself ends before anything is replaced, with the processes of its windows.
    for (const pid of [...byPid.keys()]) if (deps.isOwn(pid)) byPid.delete(pid);
    return [...byPid.values()];
  }

  /** An update under way that is not ours: an app started meanwhile only shows it. */
  function follow(): void {
    if (busy || leaving || unavailable || isInstalling(state)) return;
    const watcher = link.watcher();
    if (isUpdateLive(watcher) && watcher?.carry) {
      const { toVersion, phase } = watcher.carry;
      send({ type: 'live', version: toVersion, phase });
    } else if (watcher) {
      send({ type: 'live-over' });
    }
  }

  /** An app that crashed while it prepared left its files; nobody else looks for them. */
  function sweep(): void {
    if ('unavailable' in deps.installer) return;
    const lock = acquireLock(folder.appLock);
    if (!('release' in lock)) return;
    try {
      const live = unfinishedAttempt(folder);
      deps.installer.sweep(live);
      for (const attempt of listAttempts(folder)) {
        const { plan, receipt, folder: own } = folder.attempt(attempt);
        // Without a plan it was never armed, without a receipt it is of no interest.
        const abandoned = attempt !== live && !existsSync(plan) && !existsSync(receipt);
        if (abandoned) rmSync(own, { recursive: true, force: true });
      }
    } catch (error) {
      deps.log(`update: what an earlier attempt left could not be removed: ${String(error)}`);
    } finally {
      lock.release();
    }
  }

  sweep();
  const stopFollowing = link.subscribe(follow);
  follow();

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    check,
    download,
    install,
    async cancel() {
      cancelWork?.();
    },
    async retry() {
      if (state.status === 'held') return answerHeld?.('retry');
      if (state.status !== 'failed') return;
      // A file that could not be installed as it was is not tried again as it is.
      const next = state.retry === 'install' && !file ? 'download' : state.retry;
      if (next === 'check' || !offerOf(state)) return check();
      if (next === 'install') return install();
      // A false hash or a lost file may have been mended since: the feed is asked anew.
      await check();
      return download();
    },
    close() {
      stopFollowing();
      listeners.clear();
    },
  };
}

function unavailableReason({ feed, installer }: UpdateDeps): Problem | undefined {
  if ('unavailable' in feed) return feed.unavailable;
  return 'unavailable' in installer ? installer.unavailable : undefined;
}

function problemOf(error: unknown): Problem {
  if (error instanceof UpdateProblem) return error.problem;
  return { message: error instanceof Error ? error.message : String(error) };
}

function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? ` (${String(error.cause)})` : '';
}
