/** State of this window alone: the open view, toasts, calls under way, and what is typed into forms. */
import { createStore } from 'zustand/vanilla';
import type { Draft } from '../../electron/contract/draft/draft.ts';
import type { LogEnd } from '../../electron/contract/gateway.ts';

/** The views of the gateway that is chosen, in the order of their tabs. */
export const gatewayViews = ['status', 'logs', 'history', 'profile'] as const;
export type GatewayViewName = (typeof gatewayViews)[number];

export type View = 'home' | 'welcome' | GatewayViewName | 'update' | 'add' | 'settings';

export function isGatewayView(view: View): view is GatewayViewName {
  return gatewayViews.some((one) => one === view);
}

export interface Toast {
  readonly id: number;
  readonly tone: 'info' | 'danger';
  readonly text: string;
  /** What can still be done about it, as long as it is shown. */
  readonly action?: ToastAction | undefined;
}

export interface ToastAction {
  readonly name: string;
  run(): void;
}

/** A form of a gateway with something typed into it. */
export interface OpenDraft {
  /** As the form was opened. */
  readonly before: Draft;
  readonly now: Draft;
}

export interface ViewState {
  /** Null until the user has chosen one, or the gateways are known: see `firstView`. */
  readonly view: View | null;
  /** The user wants to search the log; the log's view moves the cursor there and takes this back. */
  readonly find: boolean;
  /** The user wants to see what Holdfast this is; the settings show that and take this back. */
  readonly about: boolean;
  /** What lies over the view; a question of the app is shown whatever this says. */
  readonly dialog: 'palette' | 'shortcuts' | null;
  /** Chosen in this window; null until then, when the settings decide. */
  readonly gateway: string | null;
  readonly toasts: readonly Toast[];
  /** Names of calls that are under way, so that a button can't be pressed twice. */
  readonly busy: ReadonlySet<string>;
  readonly logLook: LogLook;
  /** The user wants to see this in the log; its view leads there and takes this back. */
  readonly soughtOutput: SoughtOutput | null;
  /** By gateway: its settings are being edited, beginning at this field. */
  readonly editing: Readonly<Record<string, 'line' | 'name'>>;
  /** By gateway (`newGateway`: the one that is to be added): what is typed; kept while other views are shown. */
  readonly drafts: Readonly<Record<string, OpenDraft>>;
  /** By preset: the same for its form. */
  readonly typed: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** How the logs are shown. */
export interface LogLook {
  readonly wrap: boolean;
  readonly times: boolean;
}

/** What a gateway has printed, to be shown at its place in the log. */
export interface SoughtOutput {
  readonly gateway: string;
  readonly lines: readonly string[];
  /** Where it ends, when that is known. */
  readonly end: LogEnd | undefined;
}

/** No gateway has this id. */
export const newGateway = '+';

/** Long enough to read two sentences twice. */
export const toastMs = 8_000;
/** And to think again, and to come to its button by keys. */
export const toastActionMs = 20_000;
/** More at once would cover the window at its smallest. */
const maxToasts = 3;

export function createViewStore(initial: Partial<ViewState> = {}) {
  return createStore<ViewState>(() => ({
    view: null,
    find: false,
    about: false,
    dialog: null,
    gateway: null,
    toasts: [],
    busy: new Set<string>(),
    logLook: { wrap: false, times: true },
    soughtOutput: null,
    editing: {},
    drafts: {},
    typed: {},
    ...initial,
  }));
}
export type ViewStore = ReturnType<typeof createViewStore>;

let lastToast = 0;

/** Shows a sentence; the same sentence is never shown twice at once. */
export function addToast(store: ViewStore, toast: Omit<Toast, 'id'>): number {
  const id = ++lastToast;
  store.setState(({ toasts }) => ({
    toasts: [...toasts.filter(({ text }) => text !== toast.text), { ...toast, id }].slice(
      -maxToasts,
    ),
  }));
  return id;
}

export function dropToast(store: ViewStore, id: number): void {
  store.setState(({ toasts }) => ({ toasts: toasts.filter((toast) => toast.id !== id) }));
}

/** `record` with `value` under `key`; null takes the key out. */
export function withEntry<T>(
  record: Readonly<Record<string, T>>,
  key: string,
  value: T | null,
): Readonly<Record<string, T>> {
  const { [key]: _, ...rest } = record;
  return value === null ? rest : { ...rest, [key]: value };
}
