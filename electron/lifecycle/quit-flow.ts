/**
 * Carries out what quit.ts decides: shows the question, stops the gateways if that was the answer,
 * and lets the app end. Every way out of the app leads through here.
 */
import type { GatewayView } from '../contract/gateway.ts';
import type { AppStore } from '../ipc/app-store.ts';
import type { Log } from '../logging/logging.ts';
import type { SettingsService } from '../settings/settings.ts';
import { isInstalling } from '../update/machine.ts';
import { initialQuitState, type QuitEvent, reduceQuit } from './quit.ts';

export interface QuitFlowDeps {
  readonly store: AppStore;
  readonly settings: SettingsService;
  readonly log: Log;
  readonly showWindow: () => void;
  /** Asks the watcher to stop its gateways and to end; rejects with a sentence. */
  readonly retireWithGateways: () => Promise<void>;
  /** Tells a watcher that needs to know that this end is meant: bounded, never rejects; else null. */
  readonly sayGoodbye: () => Promise<void> | null;
  /** Closes everything this process holds. Must not throw. */
  readonly cleanUp: () => void;
  /** Ends the process; nothing runs after it. */
  readonly exit: () => void;
}

export interface QuitFlow {
  /** The user wants to quit: menu, tray, keyboard. */
  request(): void;
  answer(choice: 'keep' | 'stop' | 'cancel', remember: boolean): Promise<void>;
  /** Ends now, without a question; the gateways run on. */
  leave(reason: 'session' | 'update'): void;
  /** True when windows may close for good. */
  isLeaving(): boolean;
}

/** True for a gateway that has a process now, or will have one again by itself. */
export function isLive(gateway: GatewayView): boolean {
  const { status } = gateway.state;
  return status !== 'stopped' && status !== 'failed';
}

export function createQuitFlow(deps: QuitFlowDeps): QuitFlow {
  let state = initialQuitState;

  const send = async (event: QuitEvent): Promise<void> => {
    const before = state;
    state = reduceQuit(state, event);
    // Leaving sends further events from within, so that what follows goes by this state.
    const now = state;
    if (now === before) return;
    if (now.status === 'left') return deps.exit();
    deps.store.put({
      question: now.status === 'asking' ? { type: 'quit', running: [...now.running] } : null,
    });
    if (now.status === 'asking') deps.showWindow();
    if (now.status === 'leaving') await finish(now.gateways);
  };

  const finish = async (gateways: 'keep' | 'stop'): Promise<void> => {
    deps.store.putProblem('quit', null);
    if (gateways === 'stop') {
      try {
        await deps.retireWithGateways();
        // The session ended while the gateways were stopping, and did not wait for them.
        if (state.status !== 'leaving') return;
      } catch (error) {
        if (state.status !== 'leaving') return;
        const message = error instanceof Error ? error.message : String(error);
        deps.log.error(`Did not quit, for the gateways could not be stopped: ${message}`);
        deps.store.putProblem('quit', {
          message: `Holdfast did not quit, because the gateways could not be stopped: ${message}`,
          hint: 'Quit again to leave them running.',
        });
        await send({ type: 'stop-failed' });
        deps.showWindow();
        return;
      }
    }
    const said = deps.sayGoodbye();
    if (said) await said;
    deps.cleanUp();
    await send({ type: 'done' });
  };

  return {
    request() {
      const { gateways, update } = deps.store.state();
      const updating = isInstalling(update);
      void send({
        type: 'user',
        onQuit: deps.settings.get().onQuit,
        running: Object.values(gateways)
          .filter(isLive)
          .map((gateway) => gateway.name),
        updating,
      });
      if (updating) deps.showWindow();
    },
    async answer(choice, remember) {
      if (state.status === 'asking' && remember && choice !== 'cancel') {
        deps.settings.change({ onQuit: choice });
      }
      await send({ type: 'answer', choice });
    },
    leave: (reason) => void send({ type: reason }),
    isLeaving: () => state.status === 'leaving' || state.status === 'left',
  };
}
