/** What only this window knows: which view is open, what the user is being told in passing. */
import { createStore } from 'zustand/vanilla';

export type View = 'status' | 'logs' | 'update' | 'add' | 'settings';

export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'danger';
  readonly text: string;
}

export interface ViewState {
  readonly view: View;
  /** The user wishes to search the log; the log's view moves the cursor there and takes this back. */
  readonly find: boolean;
  /** Chosen in this window; null until then, when the settings decide. */
  readonly gateway: string | null;
  readonly toasts: readonly Toast[];
  /** Names of calls that are under way, so that a button can't be pressed twice. */
  readonly busy: ReadonlySet<string>;
}

/** Long enough to read two sentences twice. */
export const TOAST_MS = 8_000;
/** More at once would cover the window at its smallest. */
const MAX_TOASTS = 3;

export function createViewStore(initial: Partial<ViewState> = {}) {
  return createStore<ViewState>(() => ({
    view: 'status',
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
      -MAX_TOASTS,
    ),
  }));
  return id;
}

export function dropToast(store: ViewStore, id: number): void {
  store.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}
