/** Everything the components read and do, put together once per window. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AppContract } from '../../electron/contract/app-contract.ts';
import type { Input, Output } from '../../electron/contract/define.ts';
import type { GatewayExit } from '../../electron/contract/gateway.ts';
import { type Bridge, type BridgeCall, sentenceOf } from '../bridge.ts';
import { LogFeed } from './log-feed.ts';
import { type MirrorView, startMirror } from './mirror.ts';
import { UsageFeed } from './usage.ts';
import {
  addToast,
  createViewStore,
  dropToast,
  type GatewayViewName,
  isGatewayView,
  type Toast,
  type ToastAction,
  toastActionMs,
  toastMs,
  type View,
  type ViewStore,
} from './view.ts';

/** What a process has printed last, as its exit or its event says. */
type Printed = Pick<GatewayExit, 'output' | 'logEnd'>;

export interface Holdfast {
  readonly mirror: StoreApi<MirrorView>;
  readonly view: ViewStore;
  readonly logs: LogFeed;
  readonly usage: UsageFeed;
  /**
   * Sends an intent, and marks it as busy until it is answered (under `key`, by default the call's name); a refusal is
   * shown as a toast.
   * @returns whether it was accepted
   */
  send<K extends BridgeCall>(name: K, input: Input<AppContract, K>, key?: string): Promise<boolean>;
  /** Asks a question; rejects with the sentence when it is refused. */
  ask<K extends BridgeCall>(name: K, input: Input<AppContract, K>): Promise<Output<AppContract, K>>;
  open(view: View): void;
  /** Opens the log with the cursor in its search box. */
  find(): void;
  /** Opens a gateway, at the view that is open when that is one of another gateway. */
  openGateway(id: string, view?: GatewayViewName): void;
  /** Opens a gateway's log at what it has printed. */
  showInLog(id: string, printed: Printed): void;
  /** `action`: what can be done about it in the next seconds. */
  tell(text: string, action?: ToastAction): void;
  /** Shows why something did not work. */
  warn(error: unknown): void;
  close(): void;
}

export function createHoldfast(bridge: Bridge): Holdfast {
  const mirror = createStore<MirrorView>(() => ({ snapshot: null, error: null, staleSince: null }));
  const view = createViewStore();
  const logs = new LogFeed(bridge);
  const usage = new UsageFeed(() => bridge.call('usage.sample', undefined));
  const stopMirror = startMirror({ bridge, onChange: (next) => mirror.setState(next, true) });

  const open = (next: View): void => view.setState({ view: next });
  const find = (): void => view.setState({ view: 'logs', find: true });
  const stopShowing = bridge.on('show', ({ panel, gateway }) => {
    if (gateway !== undefined) view.setState({ gateway });
    if (panel === 'find') find();
    else if (panel === 'about') view.setState({ view: 'settings', about: true });
    else if (panel === 'palette' || panel === 'shortcuts') view.setState({ dialog: panel });
    else open(panel);
  });

  function toast(tone: Toast['tone'], text: string, action?: ToastAction): void {
    const id = addToast(view, { tone, text, action });
    setTimeout(() => dropToast(view, id), action ? toastActionMs : toastMs);
  }

  function setBusy(key: string, busy: boolean): void {
    view.setState((state) => {
      const keys = new Set(state.busy);
      if (busy) keys.add(key);
      else keys.delete(key);
      return { busy: keys };
    });
  }

  async function send<K extends BridgeCall>(
    name: K,
    input: Input<AppContract, K>,
    key: string = name,
  ): Promise<boolean> {
    setBusy(key, true);
    try {
      await bridge.call(name, input);
      return true;
    } catch (error) {
      toast('danger', sentenceOf(error));
      return false;
    } finally {
      setBusy(key, false);
    }
  }

  function openGateway(id: string, target?: GatewayViewName): void {
    const { view: shown } = view.getState();
    view.setState({
      gateway: id,
      view: target ?? (shown && isGatewayView(shown) ? shown : 'status'),
    });
    void send('settings.change', { selectedGateway: id });
  }

  return {
    mirror,
    view,
    logs,
    usage,
    send,
    ask: (name, input) => bridge.call(name, input),
    open,
    find,
    openGateway,
    showInLog(id, { output: lines = [], logEnd: end }) {
      view.setState({ soughtOutput: lines.length > 0 ? { gateway: id, lines, end } : null });
      openGateway(id, 'logs');
    },
    tell: (text, action) => toast('info', text, action),
    warn: (error) => toast('danger', sentenceOf(error)),
    close() {
      stopMirror();
      stopShowing();
      logs.close();
      usage.close();
    },
  };
}
