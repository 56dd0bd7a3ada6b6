/** State of this window alone: the open view, toasts, and calls under way. */
import { createStore } from 'zustand/vanilla';

/** The views of the gateway that is chosen, in the order of their tabs. */
export const gatewayViews = ['status', 'logs', 'history', 'profile'] as const;
export type GatewayViewName = (typeof gatewayViews)[number];

export type View = 'home' | GatewayViewName | 'update' | 'add' | 'settings';

export function isGatewayView(view: View): view is GatewayViewName {
  return gatewayViews.some((one) => one === view);
}

export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'danger';
  readonly text: string;
}

export interface ViewState {
  /** Null until the user has chosen one, or the gateways are known: see `firstView`. */
  readonly view: View | null;
  /** The user wants to search the log; the log's view moves the cursor there and takes this back. */
  readonly find: boolean;
  /** Chosen in this window; null until then, when the settings decide. */
  readonly gateway: string | null;
  readonly toasts: readonly Toast[];
  /** Names of calls that are under way, so that a button can't be pressed twice. */
  readonly busy: ReadonlySet<string>;
}

/** Long enough to read two sentences twice. */
export const toastMs = 8_000;
/** More at once would cover the window at its smallest. */
const maxToasts = 3;

export function createViewStore(initial: Partial<ViewState> = {}) {
  return createStore<ViewState>(() => ({
    view: null,
    find: false,
    gateway: null,
    toasts: [],
    busy: new Set<string>(),
    ...initial,
  }));
}
export type ViewStore = ReturnType<typeof createViewStore>;

let lastToast = 0;

/** Shows a sentence; the same sentence is never shown twice at once. */
export function addToast(store: ViewStore, tone: Toast['tone'], text: string): number {
  const id = ++lastToast;
  store.setState(({ toasts }) => ({
    toasts: [...toasts.filter((toast) => toast.text !== text), { id, tone, text }].slice(
      -maxToasts,
    ),
  }));
  return id;
}

export function dropToast(store: ViewStore, id: number): void {
  store.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
