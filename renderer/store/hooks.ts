/** How components read the stores: selectors that re-render only on what they return. */
import { createContext, useContext } from 'react';
import { useStore } from 'zustand';
import { useShallow } from 'zustand/react/shallow';
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { GatewayView } from '../../electron/contract/gateway.ts';
import { type Command, keysOf } from '../../electron/contract/shortcuts.ts';
import type { Holdfast } from './holdfast.ts';
import { firstView, hasNoGateways, selectedGateway } from './selectors.ts';
import { isGatewayView, type View, type ViewState } from './view.ts';

export const HoldfastContext = createContext<Holdfast | null>(null);

export function useHoldfast(): Holdfast {
  const holdfast = useContext(HoldfastContext);
  if (!holdfast) throw new Error('This component is used outside the app.');
  return holdfast;
}

/** A part of the app's state. Only below the components that wait for the first snapshot. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useStore(useHoldfast().mirror, ({ snapshot }) => {
    if (!snapshot) throw new Error('The state of the app is not here yet.');
    return select(snapshot.state);
  });
}

/** Like `useApp`, for a selector that makes a new list each time: re-renders only when an element changed. */
export function useAppList<T>(select: (state: AppState) => T[]): T[] {
  const shallow = useShallow(select);
  return useApp(shallow);
}

export function useView<T>(select: (state: ViewState) => T): T {
  return useStore(useHoldfast().view, select);
}

/** The view that is shown, also before the user has chosen one; without gateways there is none of theirs. */
export function useShownView(): View {
  const first = useApp(firstView);
  const none = useApp(hasNoGateways);
  const view = useView((state) => state.view) ?? first;
  return none && (view === 'home' || isGatewayView(view)) ? 'welcome' : view;
}

/** The id of the gateway whose views are shown. */
export function useShownGatewayId(): string | undefined {
  const chosen = useView((state) => state.gateway);
  return useApp((state) => selectedGateway(state, chosen)?.id);
}

/** The gateway whose views are shown; null where there is none. */
export function useShownGateway(): GatewayView | null {
  const id = useShownGatewayId();
  return useApp(({ gateways }) => (id === undefined ? null : (gateways[id] ?? null)));
}

export function useBusy(key: string): boolean {
  return useView((state) => state.busy.has(key));
}

/** The keys of a command, as this system writes them. */
export function useKeys(command: Command): string {
  return keysOf(
    command,
    useApp(({ app }) => app.platform),
  );
}
