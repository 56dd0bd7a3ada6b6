/**
 * Keeps a watcher findable that serves: cleaners of temporary folders take sockets away, people take
 * folders away, and a watcher that can't be found keeps its gateways and its lock from everyone.
 *
 *   all there ──something happened in a folder──► looks ──something is gone──► puts it back
 *
 * It listens and never polls. What is there but somebody else's is left alone.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import {
  type Endpoint,
  readEndpoint,
  readSecret,
  restoreSecret,
  writeEndpoint,
} from '../handoff/endpoint.ts';
import { prepareStateFolder, type StateFolder } from '../handoff/state-folder.ts';
import { type Clock, runtimeFolder } from '../process/index.ts';
import { type FolderWatch, watchFolder } from './folder-watch.ts';

/** What stands against it takes a person to mend. */
const RETRY_MS = 30_000;

export interface Findable {
  /** Something that held a look back may be over. */
  check(): void;
  close(): void;
}

export function keepFindable(deps: {
  readonly state: StateFolder;
  readonly endpoint: Endpoint;
  readonly secret: string;
  readonly clock: Clock;
  /** True while the place is, or may be, somebody else's. */
  busy(): boolean;
  /** Makes sure of the state folder's lock, whose file may be gone; false when another has it. */
  keepLock(): boolean;
  /** Another watcher has the lock, so this one has to go. */
  onReplaced(): void;
  /** Listens at the endpoint's socket again. */
  reopen(): Promise<void>;
  readonly log: { warn(message: string): void; error(message: string): void };
}): Findable {
  const { state, endpoint, secret, clock, log } = deps;
  let cancelRetry: (() => void) | undefined;
  let looking = false;
  let closed = false;

  const watches: FolderWatch[] = foldersOf(state, endpoint).map((folder) =>
    watchFolder({
      folder,
      clock,
      unheard: 'That the watcher can’t be found any more would not be noticed',
      busy: deps.busy,
      onSettled: () => void look(),
      onProblem: () => {},
      log,
    }),
  );

  async function look(): Promise<void> {
    if (looking || closed || deps.busy()) return;
    looking = true;
    cancelRetry?.();
    try {
      if (!deps.keepLock()) {
        deps.onReplaced();
        return;
      }
      if (isSocketFile && !existsSync(endpoint.socket)) {
        runtimeFolder();
        await deps.reopen();
        log.warn(`The socket ${endpoint.socket} was gone; the watcher listens there again.`);
      }
      if (!closed && !deps.busy()) restoreFiles();
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      log.error(`The watcher can't be found by new programs: ${why}`);
      cancelRetry = clock.after(RETRY_MS, () => void look());
    } finally {
      looking = false;
    }
  }

  function restoreFiles(): void {
    const lost = { secret: readSecret(state) === undefined, endpoint: !readEndpoint(state) };
    if (!lost.secret && !lost.endpoint) return;
    prepareStateFolder(state);
    if (lost.secret) restoreSecret(state, secret);
    if (lost.endpoint) writeEndpoint(state, endpoint);
    log.warn(`What ${state.run} says about the watcher was gone; it was written again.`);
  }

  return {
    check() {
      for (const one of watches) one.check();
    },
    close() {
      closed = true;
      cancelRetry?.();
      for (const one of watches) one.close();
    },
  };
}

/** A pipe of Windows lies in no folder and can't be taken away. */
const isSocketFile = process.platform !== 'win32';

function foldersOf(state: StateFolder, { socket }: Endpoint): string[] {
  return isSocketFile ? [state.run, dirname(socket)] : [state.run];
}
