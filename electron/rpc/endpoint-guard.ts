/**
 * Keeps a serving watcher reachable: cleaners of temporary folders remove sockets, people remove
 * folders, and a watcher that can't be reached keeps its gateways and its lock from everyone.
 *
 *   all there ──something happened in a folder──► checks ──something is missing──► restores it
 *
 * It listens and never polls. A file that is there but belongs to another watcher is left alone.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { prepareStateFolder, type StateFolder } from '../files/state-folder.ts';
import { type Clock, type FolderWatch, runtimeFolder, watchFolder } from '../process/index.ts';
import {
  type Endpoint,
  readEndpoint,
  readSecret,
  restoreSecret,
  writeEndpoint,
} from './endpoint.ts';

/** What prevents it takes a person to mend. */
const retryMs = 30_000;

/** A pipe of Windows lies in no folder and can't be removed. */
const isSocketFile = process.platform !== 'win32';

export interface EndpointGuardDeps {
  readonly state: StateFolder;
  readonly endpoint: Endpoint;
  readonly secret: string;
  readonly clock: Clock;
  /** True while the endpoint belongs to another watcher, or may do so. */
  busy(): boolean;
  /** Makes sure of the state folder's lock, whose file may be gone; false when another has it. */
  keepLock(): boolean;
  /** Another watcher has the lock, so this one has to end. */
  onReplaced(): void;
  /** Listens at the endpoint's socket again. */
  reopen(): Promise<void>;
  readonly log: { warn(message: string): void; error(message: string): void };
}

export class EndpointGuard {
  readonly #deps: EndpointGuardDeps;
  readonly #watches: readonly FolderWatch[];
  #cancelRetry: (() => void) | undefined;
  #restoring = false;
  #closed = false;

  constructor(deps: EndpointGuardDeps) {
    this.#deps = deps;
    this.#watches = foldersOf(deps.state, deps.endpoint).map((folder) =>
      watchFolder({
        folder,
        clock: deps.clock,
        unheard: 'The watcher would not notice that it can’t be reached any more',
        busy: deps.busy,
        onSettled: () => void this.#restore(),
        onProblem: () => {},
        log: deps.log,
      }),
    );
  }

  /** What prevented a check before may be over. */
  check(): void {
    for (const watch of this.#watches) watch.check();
  }

  close(): void {
    this.#closed = true;
    this.#cancelRetry?.();
    for (const watch of this.#watches) watch.close();
  }

  async #restore(): Promise<void> {
    const { clock, log, busy } = this.#deps;
    if (this.#restoring || this.#closed || busy()) return;
    this.#restoring = true;
    this.#cancelRetry?.();
    try {
      if (!this.#deps.keepLock()) {
        this.#deps.onReplaced();
        return;
      }
      await this.#restoreSocket();
      if (!this.#closed && !busy()) this.#restoreFiles();
    } catch (error) {
      log.error(`The watcher can't be reached by new programs: ${errorText(error)}`);
      this.#cancelRetry = clock.after(retryMs, () => void this.#restore());
    } finally {
      this.#restoring = false;
    }
  }

  async #restoreSocket(): Promise<void> {
    const { endpoint, log } = this.#deps;
    if (isSocketFile && !existsSync(endpoint.socket)) {
      runtimeFolder();
      await this.#deps.reopen();
      log.warn(`The socket ${endpoint.socket} was gone; the watcher listens there again.`);
    }
  }

  #restoreFiles(): void {
    const { state, endpoint, secret, log } = this.#deps;
    const missing = { secret: readSecret(state) === undefined, endpoint: !readEndpoint(state) };
    if (!missing.secret && !missing.endpoint) return;
    prepareStateFolder(state);
    if (missing.secret) restoreSecret(state, secret);
    if (missing.endpoint) writeEndpoint(state, endpoint);
    log.warn(`The watcher's files in ${state.run} were gone; they were written again.`);
  }
}

function foldersOf(state: StateFolder, { socket }: Endpoint): string[] {
  return isSocketFile ? [state.run, dirname(socket)] : [state.run];
}
