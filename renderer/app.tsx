/** The window: waits for the first state, then shows sidebar, banners and the chosen view. */

import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { words } from '../electron/words/spoken.ts';
import { moment } from './format/quantities.ts';
import { Palette } from './palette/palette.tsx';
import { ShortcutList } from './palette/shortcut-list.tsx';
import { AddPanel } from './panels/add/add-panel.tsx';
import { GatewayPanel } from './panels/gateway/gateway-panel.tsx';
import { HomePanel } from './panels/home/home-panel.tsx';
import { SettingsPanel } from './panels/settings/settings-panel.tsx';
import { UpdatePanel } from './panels/update/update-panel.tsx';
import { WelcomePanel } from './panels/welcome/welcome-panel.tsx';
import { Banners } from './shell/banners.tsx';
import { QuitDialog } from './shell/quit-dialog.tsx';
import { useShortcuts } from './shell/shortcuts.ts';
import { Sidebar } from './shell/sidebar.tsx';
import { useViewInSight } from './shell/view-in-sight.ts';
import type { Holdfast } from './store/holdfast.ts';
import {
  HoldfastContext,
  useApp,
  useHoldfast,
  useShownGateway,
  useShownView,
} from './store/hooks.ts';
import { useSpokenLanguage } from './store/language.ts';
import { firstView } from './store/selectors.ts';
import { isGatewayView } from './store/view.ts';
import { Foreign } from './ui/foreign.tsx';
import { Banner, Empty, Toasts } from './ui/messages.tsx';

export function App({ holdfast }: { readonly holdfast: Holdfast }) {
  // Another language renders everything anew, and keeps what is typed.
  useSpokenLanguage(holdfast);
  const ready = useStore(holdfast.mirror, ({ snapshot }) => snapshot !== null);
  return (
    <HoldfastContext value={holdfast}>
      {ready ? <Window /> : <Waiting />}
      <Toasts />
    </HoldfastContext>
  );
}

/** Before the first state; says why when it takes long. */
function Waiting() {
  const error = useStore(useHoldfast().mirror, (state) => state.error);
  return (
    <main className="waiting" data-testid="loading">
      {error === null ? (
        <Empty icon="gateway" title={words.opening.waiting} />
      ) : (
        <Empty icon="warning" title={words.opening.noAnswer} testId="load-error">
          <Foreign>{error}</Foreign> {words.opening.noAnswerMore}
        </Empty>
      )}
    </main>
  );
}

function Window() {
  useTheme();
  useShortcuts();
  useFirstView();
  const main = useRef<HTMLElement>(null);
  useViewInSight(main);
  return (
    <div className="window" data-testid="window">
      <Sidebar />
      <main className="main" ref={main} tabIndex={-1}>
        <StaleBanner />
        <Banners />
        <Content />
      </main>
      <Palette />
      <ShortcutList />
      <QuitDialog />
    </div>
  );
}

/** The app does not answer; the last known state stays readable. */
function StaleBanner() {
  const { mirror } = useHoldfast();
  const error = useStore(mirror, (state) => state.error);
  const since = useStore(mirror, (state) => state.staleSince);
  if (error === null || since === null) return null;
  return (
    <Banner
      tone="warning"
      title={words.banners.stale(moment(since, Date.now()))}
      testId="state-banner"
    >
      <Foreign>{error}</Foreign> {words.banners.appStale}
    </Banner>
  );
}

function Content() {
  const view = useShownView();
  const gateway = useShownGateway();
  if (view === 'update') return <UpdatePanel />;
  if (view === 'add') return <AddPanel />;
  if (view === 'settings') return <SettingsPanel />;
  if (view === 'welcome') return <WelcomePanel />;
  if (gateway) {
    return isGatewayView(view) ? <GatewayPanel gateway={gateway} view={view} /> : <HomePanel />;
  }
  // Until the watcher has answered it is not known whether there are any.
  return <Empty icon="gateway" title={words.opening.looking} />;
}

/** Keeps the view that the window opened with once the gateways are known: it never changes by itself. */
function useFirstView(): void {
  const { view } = useHoldfast();
  const first = useApp((state) =>
    state.link.status === 'connected' && Object.keys(state.gateways).length > 0
      ? firstView(state)
      : null,
  );
  useEffect(() => {
    if (first === null) return;
    view.setState((state) => ({ view: state.view ?? first }));
    performance.mark('view-shown'); // for bench:ui, and for whoever looks into the developer tools
  }, [first, view]);
}

/** The chosen theme as an attribute; `system` leaves the choice to the style sheet. */
function useTheme(): void {
  const theme = useApp(({ settings }) => settings.theme);
  useEffect(() => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }, [theme]);
}
