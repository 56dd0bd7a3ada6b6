/** What the palette offers in a state of the app, and which of it matches what was typed. Pure. */
import type { AppState } from '../../electron/contract/app-contract.ts';
import type { GatewayView } from '../../electron/contract/gateway.ts';
import { actionsFor, stopName } from '../../electron/contract/gateway-actions.ts';
import type { Command } from '../../electron/contract/shortcuts.ts';
import { stateName } from '../../electron/contract/words.ts';
import { words } from '../../electron/words/spoken.ts';
import { gatewayIds } from '../store/selectors.ts';
import type { GatewayViewName, View } from '../store/view.ts';
import type { IconName } from '../ui/icons.tsx';
import { matchScore } from './match.ts';
import { whyNot } from './why-not.ts';

export type Intent =
  | { readonly type: 'view'; readonly view: View }
  | { readonly type: 'gateway'; readonly id: string; readonly view: GatewayViewName }
  | {
      readonly type: 'order';
      readonly id: string;
      readonly order: 'start' | 'stop' | 'restart' | 'update';
    }
  | { readonly type: 'find' | 'about' | 'shortcuts' };

export interface Entry {
  /** Unique and lasting: React's key, and the end of its DOM id. */
  readonly id: string;
  readonly name: string;
  readonly icon: IconName;
  /** A word more: the state of a gateway. */
  readonly detail?: string;
  /** Its shortcut does the same at this moment. */
  readonly command?: Command;
  /** Why it can't be done now; absent when it can. */
  readonly reason?: string;
  readonly intent: Intent;
}

/** More is not read by anyone. */
const mostShown = 60;

/**
 * Entries for `query`, best first; what can't be done now comes last, and only when it was asked for.
 * @param shown the gateway whose views are open, if there is one
 */
export function findEntries(state: AppState, shown: string | null, query: string): Entry[] {
  const typed = query.trim() !== '';
  const all = allEntries(state, shown, typed);
  if (!typed) return all.filter(({ reason }) => reason === undefined).slice(0, mostShown);
  return all
    .flatMap((entry) => {
      const score = matchScore(query, entry.name);
      return score === null ? [] : [{ entry, score }];
    })
    .sort((a, b) => Number(isBarred(a.entry)) - Number(isBarred(b.entry)) || b.score - a.score)
    .slice(0, mostShown)
    .map(({ entry }) => entry);
}

function isBarred({ reason }: Entry): boolean {
  return reason !== undefined;
}

/** Unless something was typed, of other gateways only that they can be opened. */
function allEntries(state: AppState, shown: string | null, whole: boolean): Entry[] {
  const views = gatewayIds(state).flatMap((id) => state.gateways[id] ?? []);
  const own = views.filter(({ id }) => id === shown);
  const others = views.filter(({ id }) => id !== shown);
  return [
    ...own.flatMap((view) => gatewayEntries(state, view, true)),
    ...appEntries(),
    ...others.flatMap((view) =>
      whole ? gatewayEntries(state, view, false) : openEntry(view, false),
    ),
  ];
}

function appEntries(): Entry[] {
  const goTo = (view: View & Command, icon: IconName): Entry => ({
    id: view,
    name: words.palette.goTo(words.commands[view]),
    icon,
    command: view,
    intent: { type: 'view', view },
  });
  return [
    goTo('home', 'home'),
    goTo('update', 'download'),
    { ...goTo('add', 'plus'), name: words.commands.add },
    goTo('settings', 'sliders'),
    {
      id: 'shortcuts',
      name: words.commands.shortcuts,
      icon: 'info',
      command: 'shortcuts',
      intent: { type: 'shortcuts' },
    },
    { id: 'about', name: words.palette.about, icon: 'info', intent: { type: 'about' } },
  ];
}

function openEntry(view: GatewayView, isShown: boolean): Entry {
  return {
    id: `open ${view.id}`,
    name: words.palette.open(view.name),
    icon: 'gateway',
    detail: stateName(view.state),
    intent: { type: 'gateway', id: view.id, view: 'status' },
    ...(isShown ? { command: 'status' as const } : {}),
  };
}

/** @param isShown its shortcuts are meant for it */
function gatewayEntries(state: AppState, view: GatewayView, isShown: boolean): Entry[] {
  const { id, name } = view;
  const keys = (command: Command) => (isShown ? { command } : {});
  const goTo = (target: 'logs' | 'history' | 'profile', icon: IconName): Entry => ({
    id: `${target} ${id}`,
    name: words.palette[target](name),
    icon,
    intent: { type: 'gateway', id, view: target },
    ...keys(target),
  });
  return [
    openEntry(view, isShown),
    ...orderEntries(state, view, isShown),
    goTo('logs', 'lines'),
    ...(isShown
      ? [
          {
            id: `find ${id}`,
            name: words.palette.find(name),
            icon: 'search' as const,
            intent: { type: 'find' as const },
            ...keys('find'),
          },
        ]
      : []),
    goTo('history', 'pulse'),
    goTo('profile', 'sliders'),
  ];
}

function orderEntries(state: AppState, view: GatewayView, isShown: boolean): Entry[] {
  const { id, name, version } = view;
  const connected = state.link.status === 'connected';
  const can = actionsFor(view, connected);
  const entry = (order: 'start' | 'restart' | 'stop', title: string, icon: IconName): Entry => ({
    id: `${order} ${id}`,
    name: title,
    icon,
    intent: { type: 'order', id, order },
    ...(isShown ? { command: order } : {}),
    ...(can[order] ? {} : { reason: whyNot(order, view, connected) }),
  });
  const isUpdating = state.gatewayUpdates[id]?.update != null;
  const newest = view.updatable && version?.offered && !isUpdating ? version.newest : null;
  const mayUpdate = newest !== null && connected && view.state.status !== 'external';
  return [
    entry('start', words.palette.start(name), 'play'),
    entry('restart', words.palette.restart(name), 'restart'),
    entry('stop', words.palette.stop(stopName(view), name), 'stop'),
    ...(mayUpdate
      ? [
          {
            id: `update ${id}`,
            name: words.palette.update(name, newest),
            icon: 'download' as const,
            intent: { type: 'order' as const, id, order: 'update' as const },
          },
        ]
      : []),
  ];
}
