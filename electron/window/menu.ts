/** Keeps the application menu true: what it offers follows the gateway that is shown, and its state. */
import { Menu } from 'electron';
import type { AppStore } from '../ipc/app-store.ts';
import type { MainWindow } from './main-window.ts';
import { type MenuActions, type MenuFacts, menuModel } from './menu-model.ts';

/** Shows the menu; returns what stops it from following the state. */
export function showMenu(deps: {
  readonly store: Pick<AppStore, 'state' | 'subscribe'>;
  readonly window: Pick<MainWindow, 'shownView' | 'onView'>;
  readonly actions: MenuActions;
  readonly development: boolean;
}): () => void {
  const { store, window, actions, development } = deps;
  let shown = '';
  const render = (): void => {
    const facts = factsOf();
    const model = menuModel(facts, actions);
    // What its items do is left out of the text: that follows from the gateway.
    const text = JSON.stringify([facts.gateway?.id, model]);
    if (text === shown) return;
    shown = text;
    Menu.setApplicationMenu(Menu.buildFromTemplate(model));
  };
  const factsOf = (): MenuFacts => {
    const { gateways, link } = store.state();
    const id = window.shownView()?.gateway ?? null;
    return {
      platform: process.platform,
      development,
      gateway: id !== null && Object.hasOwn(gateways, id) ? (gateways[id] ?? null) : null,
      connected: link.status === 'connected',
    };
  };
  render();
  const stops = [store.subscribe(render), window.onView(render)];
  return () => {
    for (const stop of stops) stop();
  };
}
