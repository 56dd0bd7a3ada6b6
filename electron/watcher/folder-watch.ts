/**
 * Hears when something in a folder changes, also when the folder itself is taken away and
 * another put in its place:
 *
 *   folder is there ──► listens to it ──► something happened ──► settles ──► listens anew if it is
 *   folder is gone  ──► listens to the folder above, until there is one      another one; reports
 *   neither can be listened to ──► says so, tries again later
 *
 * It looks at nothing by itself: without an event there is no wakeup.
 */
import { type FSWatcher, statSync, watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Problem } from '../contract/gateway.ts';
import type { Clock } from '../process/clock.ts';

/** An editor's save is several events within a few milliseconds; a person waits for nothing yet. */
const SETTLE_MS = 150;
/** Only while listening fails, which takes a person or the end of another program to mend. */
const RETRY_MS = 30_000;

export interface FolderWatch {
  /** Something that held the report back may be over. */
  check(): void;
  /** Why changes can't be heard; null while they can. */
  problem(): Problem | null;
  close(): void;
}

interface Line {
  readonly watcher: FSWatcher;
  /** Which folder stood there; undefined: none did. */
  readonly place: string | undefined;
}

/** Listens from its return on, so that what is read afterwards can't be missed. */
export function watchFolder(deps: {
  readonly folder: string;
  readonly clock: Clock;
  /** What it means that nothing is heard: the beginning of a sentence. */
  readonly unheard: string;
  /** True while nothing is to be done about it; what has happened is then reported later. */
  busy(): boolean;
  /** The folder may hold something else than before. */
  onSettled(): void;
  /** `problem()` has changed. */
  onProblem(): void;
  readonly log: { error(message: string): void };
}): FolderWatch {
  const { folder, clock } = deps;
  const name = basename(folder);
  let line: Line | null = null;
  let stale = false;
  let held = false;
  let closed = false;
  let problem: Problem | null = null;
  let cancel: (() => void) | undefined;

  function schedule(ms = SETTLE_MS): void {
    if (closed) return;
    cancel ??= clock.after(ms, () => {
      cancel = undefined;
      arm();
      held = true;
      report();
    });
  }

  function report(): void {
    if (!held || closed || deps.busy()) return;
    held = false;
    deps.onSettled();
  }

  function arm(): void {
    const place = placeOf(folder);
    if (line && !stale && line.place === place) return;
    drop();
    try {
      line = { watcher: place === undefined ? listenAbove() : listen(), place };
      say(null);
      // It was exchanged between the look and the listening.
      if (placeOf(folder) !== place) schedule();
    } catch (error) {
      fail(error);
    }
  }

  function listen(): FSWatcher {
    return guarded(
      watch(folder, { persistent: false }, (_, file) => {
        // An event that bears the folder's own name: it was moved, removed, or its mode changed.
        if (file === null || file === name) stale = true;
        schedule();
      }),
    );
  }

  function listenAbove(): FSWatcher {
    return guarded(
      watch(dirname(folder), { persistent: false }, (_, file) => {
        if (file === null || file === name) schedule();
      }),
    );
  }

  function guarded(watcher: FSWatcher): FSWatcher {
    return watcher.on('error', (error) => {
      if (line?.watcher === watcher) fail(error);
    });
  }

  function fail(error: unknown): void {
    drop();
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const full = code === 'ENOSPC' || code === 'EMFILE';
    say({
      message: `${deps.unheard}: the folder ${folder} can’t be watched (${code}).`,
      hint: full
        ? 'Too many files are watched on this machine: raise fs.inotify.max_user_watches and max_user_instances. Holdfast tries again by itself.'
        : 'Make the folder readable for you. Holdfast tries again by itself.',
    });
    schedule(RETRY_MS);
  }

  function say(next: Problem | null): void {
    if (next?.message === problem?.message) return;
    problem = next;
    if (next) deps.log.error(next.message);
    deps.onProblem();
  }

  function drop(): void {
    line?.watcher.close();
    line = null;
    stale = false;
  }

  arm();
  return {
    check: report,
    problem: () => problem,
    close() {
      closed = true;
      cancel?.();
      drop();
    },
  };
}

function placeOf(folder: string): string | undefined {
  try {
    const { dev, ino } = statSync(folder, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}
