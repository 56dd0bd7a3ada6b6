/**
 * Carries out what quit.ts decides: shows the question, stops the gateways if that was the answer,
 * and lets the app end. Every way out of the app leads through here.
 */
import { errorText } from '../contract/error-text.ts';
import type { GatewayView } from '../contract/gateway.ts';
import type { AppStore } from '../ipc/app-store.ts';
import type { Log } from '../logging/logging.ts';
import type { SettingsService } from '../settings/settings.ts';
import { isInstalling } from '../update/machine.ts';
import {
  initialQuitState,
  type QuitEnd,
  type QuitEvent,
  type QuitState,
  reduceQuit,
} from './quit.ts';

export interface QuitFlowDeps {
  readonly store: AppStore;
  readonly settings: SettingsService;
  readonly log: Log;
  readonly showWindow: () => void;
  /** Asks the watcher to stop its gateways and to end; rejects with a sentence. */
  readonly retireWithGateways: () => Promise<void>;
  /** Tells a watcher that soaks an update that this end is intended: bounded, never rejects; else null. */
  readonly sayGoodbye: () => Promise<void> | null;
  /** Ends the process; nothing runs after it. */
  readonly exit: () => void;
}

export interface QuitFlow {
  /** The user wants to quit: menu, tray, keyboard. */
  request(): void;
  answer(choice: 'keep' | 'stop' | 'cancel', remember: boolean): Promise<void>;
  /** Ends without a question; the gateways run on. */
  leave(reason: 'session' | 'update'): void;
  /**
   * `install` is asked when the user quits and keeps the gateways. It installs an update that waits for that, and
   * resolves to true when the update ends the app.
   */
  installBefore(install: () => Promise<boolean>): void;
  /** True when windows may really close. */
  isLeaving(): boolean;
  /** Registers what this process has to close at its end; the last one first. `close` must not throw. */
  beforeExit(close: () => void): void;
}

export function createQuitFlow(deps: QuitFlowDeps): QuitFlow {
  return new AppQuitFlow(deps);
}

/** True for a gateway that has a process, or will have one again without the user. */
function isLive(gateway: GatewayView): boolean {
  const { status } = gateway.state;
  return status !== 'stopped' && status !== 'failed';
}

class AppQuitFlow implements QuitFlow {
  readonly #deps: QuitFlowDeps;
  readonly #closers: (() => void)[] = [];
  #state: QuitState = initialQuitState;
  #install = async (): Promise<boolean> => false;

  constructor(deps: QuitFlowDeps) {
    this.#deps = deps;
  }

  request(): void {
    const { store, settings, showWindow } = this.#deps;
    const { gateways, update } = store.state();
    const updating = isInstalling(update);
    const running = Object.values(gateways).filter(isLive);
    void this.#send({
      type: 'user',
      onQuit: settings.get().onQuit,
      running: running.map(({ name }) => name),
      updating,
    });
    if (updating) showWindow();
  }

  async answer(choice: 'keep' | 'stop' | 'cancel', remember: boolean): Promise<void> {
    if (this.#state.status === 'asking' && remember && choice !== 'cancel') {
      this.#deps.settings.change({ onQuit: choice });
    }
    await this.#send({ type: 'answer', choice });
  }

  leave(reason: 'session' | 'update'): void {
    void this.#send({ type: reason });
  }

  installBefore(install: () => Promise<boolean>): void {
    this.#install = install;
  }

  isLeaving(): boolean {
    return this.#state.status === 'leaving' || this.#state.status === 'left';
  }

  beforeExit(close: () => void): void {
    this.#closers.push(close);
  }

  async #send(event: QuitEvent): Promise<void> {
    const next = reduceQuit(this.#state, event);
    if (next === this.#state) return;
    this.#state = next;
    if (next.status === 'left') return this.#deps.exit();
    const question =
      next.status === 'asking' ? { type: 'quit' as const, running: [...next.running] } : null;
    this.#deps.store.put({ question });
    if (next.status === 'asking') this.#deps.showWindow();
    if (next.status === 'leaving') await this.#finish(next.gateways, next.by);
  }

  async #finish(gateways: 'keep' | 'stop', by: QuitEnd): Promise<void> {
    this.#deps.store.putProblem('quit', null);
    if (gateways === 'stop' && !(await this.#stopGateways())) return;
    if (gateways === 'keep' && by === 'user' && (await this.#install())) return;
    const goodbye = this.#deps.sayGoodbye();
    if (goodbye) await goodbye;
    for (const close of this.#closers.splice(0).reverse()) close();
    await this.#send({ type: 'done' });
  }

  /** False when the app stays open, or when the session has ended meanwhile and it leaves without them. */
  async #stopGateways(): Promise<boolean> {
    try {
      await this.#deps.retireWithGateways();
    } catch (error) {
      if (this.#state.status === 'leaving') await this.#stay(errorText(error));
      return false;
    }
    return this.#state.status === 'leaving';
  }

  async #stay(reason: string): Promise<void> {
    const { store, log, showWindow } = this.#deps;
    log.error(`Holdfast did not quit, because the gateways could not be stopped: ${reason}`);
    store.putProblem('quit', {
      message: `Holdfast did not quit, because the gateways could not be stopped: ${reason}`,
      hint: 'Quit again to leave them running.',
    });
    await this.#send({ type: 'stop-failed' });
    showWindow();
  }
}
