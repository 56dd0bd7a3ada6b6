/**
 * One attempt to install an update: from the last look around to the hand-over to the watcher.
 *
 *   prepare ─► arm ─► release ⇄ held ─► replace ─► hand over ─► the watcher goes on
 *      │        └────────┴──────────────┴───────────┘ failed or cancelled: roll back
 *      └ failed or cancelled: discard (no watcher knows of it)
 */
import { errorText } from '../contract/error-text.ts';
import type { Problem } from '../contract/gateway.ts';
import { once } from '../process/index.ts';
import { readJournal } from '../transaction/journal.ts';
import { discardAttempt, type PreparedAttempt, prepareAttempt } from './install.ts';
import { isUpdateLive, type UpdateEvent } from './machine.ts';
import { type Installable, type Installer, type UpdateDeps, UpdateProblem } from './types.ts';

/** A watcher is relaunched and answers within seconds; after this it is given up. */
const reconnectMs = 60_000;

export interface AttemptSetup {
  readonly deps: UpdateDeps;
  readonly installer: Installer;
  /** The downloaded file and the offer that it was downloaded for, or the kept version. */
  readonly file: string;
  readonly offer: Installable;
  /** How it goes, for the user. */
  send(event: UpdateEvent): void;
}

export class UpdateAttempt {
  readonly #setup: AttemptSetup;
  readonly #cancelling = new AbortController();
  #retry: (() => void) | null = null;

  constructor(setup: AttemptSetup) {
    this.#setup = setup;
  }

  /** The user's Cancel: heeded until the files are replaced. */
  cancel(): void {
    this.#cancelling.abort();
  }

  /** The user's Retry, while other programs hold the files. */
  retry(): void {
    this.#retry?.();
  }

  /**
   * Resolves when the watcher has taken over, or when everything is back after a Cancel. Rejects with
   * what went wrong, when everything is back.
   */
  async run(): Promise<'handed-over' | 'cancelled'> {
    const { deps, installer, send } = this.#setup;
    const one = await this.#prepare();
    if (this.#isCancelled()) {
      discardAttempt(deps, installer, one);
      return 'cancelled';
    }
    await this.#arm(one);
    try {
      await this.#release(one);
      if (this.#isCancelled()) {
        await this.#rollBack(one, { message: 'You cancelled the update.' });
        return 'cancelled';
      }
      send({ type: 'installing' });
      installer.replace(one.prepared);
      const { attempt, plan } = one;
      await deps.link.client.call('update.handOver', { attempt, app: plan.app });
    } catch (error) {
      if (!(await this.#wasHandedOver(one.attempt))) {
        await this.#rollBack(one, problemOf(error));
        throw error;
      }
    }
    deps.log(`update: handed over to the watcher (${one.attempt})`);
    return 'handed-over';
  }

  #isCancelled(): boolean {
    return this.#cancelling.signal.aborted;
  }

  /** A download that was damaged or removed meanwhile is not tried again as it is. */
  async #prepare(): Promise<PreparedAttempt> {
    const { deps, installer, file, offer } = this.#setup;
    try {
      return await prepareAttempt(deps, installer, file, offer);
    } catch (cause) {
      if (await installer.isIntact(file, offer.sha512)) throw cause;
      if (offer.signedAs === null) {
        throw new UpdateProblem(
          `Version ${offer.version}, which was kept, has been damaged or removed. Nothing was changed.`,
          'Download that version, and start it instead of this one.',
          { cause },
        );
      }
      throw new UpdateProblem(
        'The downloaded file was damaged or removed after it had been checked. It was not installed.',
        'Download the update again.',
        { cause, redownload: true },
      );
    }
  }

  async #arm(one: PreparedAttempt): Promise<void> {
    try {
      await this.#setup.deps.link.client.call('update.arm', { attempt: one.attempt });
    } catch (error) {
      // Whether it was armed is unknown when the line broke; rolling back settles both.
      await this.#rollBack(one, problemOf(error));
      throw error;
    }
  }

  /** Has the `release` gateways stopped; ends when no other program holds the files, or by Cancel. */
  async #release(one: PreparedAttempt): Promise<void> {
    const { deps, send } = this.#setup;
    const { link } = deps;
    // Until the watcher stops something it tries the new version, and everything is being prepared.
    const stopShowing = link.subscribe(() => {
      const deadline = link.watcher()?.transaction?.deadline;
      if (typeof deadline === 'number') send({ type: 'releasing', deadline });
    });
    try {
      await this.#unlessCancelled(link.client.call('update.release', { attempt: one.attempt }));
    } finally {
      stopShowing();
    }
    send({ type: 'releasing', deadline: Date.now() });
    while (!this.#isCancelled()) {
      const holders = await this.#holdersOf(one.releaseFolders);
      if (holders.length === 0 || this.#isCancelled()) return;
      if (!(await this.#askUser(holders))) return;
    }
  }

  /** Resolves with `call`, or at once when the user cancels: rolling back ends what the call does. */
  async #unlessCancelled(call: Promise<unknown>): Promise<void> {
    const { signal } = this.#cancelling;
    const cancelled = once<void>((resolve) => {
      const tell = (): void => resolve();
      if (signal.aborted) tell();
      signal.addEventListener('abort', tell, { once: true });
      return () => signal.removeEventListener('abort', tell);
    });
    call.catch(() => undefined);
    await Promise.race([call, cancelled]);
  }

  /** True for Retry, false for Cancel. */
  async #askUser(holders: readonly { pid: number; name: string }[]): Promise<boolean> {
    const { send } = this.#setup;
    const answered = once<true>(
      (resolve) => {
        this.#retry = () => {
          send({ type: 'releasing', deadline: Date.now() });
          resolve(true);
        };
        return () => {
          this.#retry = null;
        };
      },
      { signal: this.#cancelling.signal },
    );
    send({ type: 'held', holders });
    return answered.catch(() => false);
  }

  async #holdersOf(folders: readonly string[]): Promise<{ pid: number; name: string }[]> {
    const { deps } = this.#setup;
    const found = await Promise.all(folders.map((folder) => deps.whoHolds(folder)));
    // This app itself ends before anything is replaced, with the processes of its windows.
    const others = found.flat().filter(({ pid }) => !deps.isOwn(pid));
    const byPid = new Map(others.map(({ pid, program }) => [pid, { pid, name: program }]));
    return [...byPid.values()];
  }

  /**
   * The hand-over failed, or its answer was lost. True when the watcher's side has the duties and a
   * watcher answers: then the update is no longer this app's to undo. The app may go only then, for
   * without a watcher the gateways would not be brought back.
   */
  async #wasHandedOver(attempt: string): Promise<boolean> {
    const { deps } = this.#setup;
    if (!isHandedOver(deps, attempt)) return false;
    deps.log('update: the watcher was lost at the hand-over; another one is awaited');
    const { link } = deps;
    // A dead line looks connected until it is known to be dead: only an answer counts.
    return this.#untilWatcher(async () => {
      await link.client.call('profile.list', null);
      return true;
    });
  }

  /**
   * Back to before the attempt: this app's own files first, then the watcher rolls back the rest. If it
   * died meanwhile, the next one rolls back too, and waits for this very call, or for this app's end.
   */
  async #rollBack(one: PreparedAttempt, problem: Problem): Promise<void> {
    const { deps, installer } = this.#setup;
    const { link } = deps;
    installer.undo(one.prepared);
    const tell = () => link.client.call('update.rollBack', { attempt: one.attempt, problem });
    try {
      await tell();
      return;
    } catch (error) {
      deps.log(`update: the watcher did not take the roll back at once: ${errorText(error)}`);
    }
    await this.#untilWatcher(async () => {
      const watcher = link.watcher();
      const isOurs = watcher?.transaction?.attempt === one.attempt && isUpdateLive(watcher);
      if (isOurs) await tell();
      return isOurs || watcher?.transaction === null;
    });
  }

  /**
   * Asks now, and after every change of the link, while it is connected, until `ask` resolves with true.
   * One that rejects is asked again. False when that takes too long.
   */
  async #untilWatcher(ask: () => Promise<boolean>): Promise<boolean> {
    const { link, clock } = this.#setup.deps;
    let asking = false;
    let changed = false;
    const answered = once<boolean>(
      (resolve) => {
        const look = (): void => {
          // While the line is down the mirror is old.
          if (link.state().status !== 'connected') return;
          changed = asking;
          if (asking) return;
          asking = true;
          void ask()
            .catch(() => false)
            .then((done) => {
              asking = false;
              if (done) resolve(true);
              else if (changed) look();
            });
        };
        const stop = link.subscribe(look);
        look();
        return stop;
      },
      { ms: reconnectMs, clock },
    );
    return answered.catch(() => false);
  }
}

/** As the journal says; one that can't be read proves nothing. */
function isHandedOver(deps: UpdateDeps, attempt: string): boolean {
  try {
    const { records } = readJournal(deps.state.attempt(attempt).journal);
    return records.some(({ event }) => event.type === 'handed-over');
  } catch {
    return false;
  }
}

/** What the user reads of `error`. */
export function problemOf(error: unknown): Problem {
  return error instanceof UpdateProblem ? error.problem : { message: errorText(error) };
}
