/**
 * Reports changes in a folder, even when the folder itself is removed or replaced by another one:
 *
 *   folder exists  ──► watches it ──► something happened ──► settles ──► watches the new folder if it
 *   folder missing ──► watches the folder above until it is there         was replaced; reports
 *   neither can be watched ──► reports the problem, tries again later
 *
 * It polls nothing: without an event there is no wakeup.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Problem } from '../contract/gateway.ts';
import type { Clock } from './clock.ts';

/** An editor's save causes several events within milliseconds; a person does not notice this delay. */
const settleMs = 150;
/** While watching fails: only a person or the end of another program can change that. */
const retryMs = 30_000;

export interface FolderWatch {
  /** Reports now what was held back while `busy`. */
  check(): void;
  /** Why changes can't be noticed; null while they can. */
  problem(): Problem | null;
  close(): void;
}

interface ActiveWatch {
  readonly watcher: FSWatcher;
  /** The identity of the watched folder; undefined when it was missing. */
  readonly identity: string | undefined;
}

export interface FolderWatchDeps {
  readonly folder: string;
  readonly clock: Clock;
  /** What happens while changes go unnoticed: the beginning of a sentence. */
  readonly unheard: string;
  /** True while a report must wait. */
  busy(): boolean;
  /** The folder's content may have changed. */
  onSettled(): void;
  /** `problem()` has changed. */
  onProblem(): void;
  readonly log: { error(message: string): void };
}

/** Watches from its return on, so that a later change is never missed. */
export function watchFolder(deps: FolderWatchDeps): FolderWatch {
  return new Watch(deps);
}

class Watch implements FolderWatch {
  readonly #deps: FolderWatchDeps;
  readonly #name: string;
  #active: ActiveWatch | null = null;
  /** The folder may have been replaced although its identity is the same. */
  #stale = false;
  /** A change has settled and is not reported yet. */
  #held = false;
  #closed = false;
  #problem: Problem | null = null;
  #cancel: (() => void) | undefined;

  constructor(deps: FolderWatchDeps) {
    this.#deps = deps;
    this.#name = basename(deps.folder);
    this.#arm();
  }

  check(): void {
    if (!this.#held || this.#closed || this.#deps.busy()) return;
    this.#held = false;
    this.#deps.onSettled();
  }

  problem(): Problem | null {
    return this.#problem;
  }

  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#drop();
  }

  #schedule(ms = settleMs): void {
    if (this.#closed) return;
    this.#cancel ??= this.#deps.clock.after(ms, () => {
      this.#cancel = undefined;
      this.#arm();
      this.#held = true;
      this.check();
    });
  }

  #arm(): void {
    const { folder } = this.#deps;
    const identity = identityOf(folder);
    if (this.#active && !this.#stale && this.#active.identity === identity) return;
    this.#drop();
    try {
      const watcher = identity === undefined ? this.#watchParent() : this.#watchItself();
      this.#active = { watcher, identity };
      this.#setProblem(null);
      // It was replaced between the check and the watch.
      if (identityOf(folder) !== identity) this.#schedule();
    } catch (error) {
      this.#fail(error);
    }
  }

  #watchItself(): FSWatcher {
    return this.#guarded(
      watch(this.#deps.folder, { persistent: false }, (_, file) => {
        // An event with the folder's own name: it was moved, removed, or its mode changed.
        if (file === null || file === this.#name) this.#stale = true;
        this.#schedule();
      }),
    );
  }

  #watchParent(): FSWatcher {
    return this.#guarded(
      watch(dirname(this.#deps.folder), { persistent: false }, (_, file) => {
        if (file === null || file === this.#name) this.#schedule();
      }),
    );
  }

  #guarded(watcher: FSWatcher): FSWatcher {
    return watcher.on('error', (error) => {
      if (this.#active?.watcher === watcher) this.#fail(error);
    });
  }

  #fail(error: unknown): void {
    this.#drop();
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const isFull = code === 'ENOSPC' || code === 'EMFILE';
    this.#setProblem({
      message: `${this.#deps.unheard}: the folder ${this.#deps.folder} can’t be watched (${code}).`,
      hint: isFull
        ? 'Too many files are watched on this machine: raise fs.inotify.max_user_watches and max_user_instances. Holdfast tries again by itself.'
        : 'Make the folder readable for you. Holdfast tries again by itself.',
    });
    this.#schedule(retryMs);
  }

  #setProblem(next: Problem | null): void {
    if (next?.message === this.#problem?.message) return;
    this.#problem = next;
    if (next) this.#deps.log.error(next.message);
    this.#deps.onProblem();
  }

  #drop(): void {
    this.#active?.watcher.close();
    this.#active = null;
    this.#stale = false;
  }
}

function identityOf(folder: string): string | undefined {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
