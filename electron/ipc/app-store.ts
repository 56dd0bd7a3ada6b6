/**
 * The app's one store: its parts in a zustand store, published as revisioned patches of the merged
 * state. Services put their part in; window, tray and quit decision read the result.
 *
 * Each part is checked before it is published. One that can't be published is replaced by its last
 * good value and a problem; the others are published as usual.
 */
import type { NativeTheme } from 'electron';
import * as z from 'zod/mini';
import { createStore } from 'zustand/vanilla';
import { type AppState, appStateSchema } from '../contract/app-contract.ts';
import { describeIssues } from '../contract/define.ts';
import type { Problem } from '../contract/gateway.ts';
import { readView } from '../contract/readable.ts';
import { createPublisher, type Patch, type Snapshot } from '../contract/snapshot.ts';
import type { Link } from '../link/types.ts';
import type { SettingsService } from '../settings/settings.ts';
import type { UpdateService } from '../update/types.ts';
import { onSpoken, words } from '../words/spoken.ts';
import { type AppParts, mergeAppState } from './app-state.ts';
import { showOnPath } from './launcher-path.ts';

export interface AppStore {
  parts(): AppParts;
  state(): AppState;
  snapshot(): Snapshot<AppState>;
  put(change: Partial<AppParts>): void;
  /** Sets or, with null, clears the problem that this process calls `id`. */
  putProblem(id: string, problem: Problem | null): void;
  subscribe(listener: (patch: Patch) => void): () => void;
}

/** A store that begins with `initial`; `onFault` gets the parts that can't be published. */
export function createAppStore(
  initial: AppParts,
  onFault: (error: unknown) => void = () => {},
): AppStore {
  const store = createStore<AppParts>(() => initial);
  const check = createCheck(mergeAppState(initial), onFault);
  const publisher = createPublisher(check(mergeAppState(initial)), onFault);
  store.subscribe((parts) => publisher.publish(check(mergeAppState(parts))));
  return {
    parts: store.getState,
    state: () => publisher.snapshot().state,
    snapshot: publisher.snapshot,
    put: (change) => store.setState(change),
    putProblem(id, problem) {
      const { [id]: before, ...others } = store.getState().problems;
      if (problem === null && before === undefined) return;
      store.setState({ problems: problem === null ? others : { ...others, [id]: problem } });
    },
    subscribe: publisher.subscribe,
  };
}

/** Where the parts come from. */
export interface PartSources {
  readonly link: Pick<Link, 'state' | 'watcher' | 'subscribe'>;
  readonly updates: Pick<UpdateService, 'state' | 'keptVersion' | 'subscribe'>;
  readonly settings: SettingsService;
  /** Electron's `nativeTheme`. */
  readonly theme: Pick<NativeTheme, 'on' | 'shouldUseDarkColors' | 'themeSource'>;
}

/** Puts what the sources know into the store, now and after each of their changes. */
export function feedStore(store: AppStore, { link, updates, settings, theme }: PartSources): void {
  const takeLink = (): void => store.put({ link: link.state(), watcher: link.watcher() });
  const takeUpdate = (): void =>
    store.put({ update: updates.state(), keptVersion: updates.keptVersion() });
  const takeTheme = (): void => {
    store.put({ app: { ...store.parts().app, dark: theme.shouldUseDarkColors } });
  };
  const takeSettings = (): void => {
    const { language } = words;
    store.put({ settings: settings.get(), app: { ...store.parts().app, language } });
    store.putProblem('settings', settings.problem());
    theme.themeSource = settings.get().theme;
  };
  link.subscribe(takeLink);
  updates.subscribe(takeUpdate);
  settings.subscribe(takeSettings);
  onSpoken(takeSettings);
  theme.on('updated', takeTheme);
  for (const take of [takeLink, takeUpdate, takeSettings, takeTheme]) take();
  showOnPath(store);
}

/** What users call the parts that this process makes. */
const partNames: Partial<Record<keyof AppState, string>> = {
  update: 'updates',
  keptVersion: 'the version before',
  updateHeldUp: 'what an update waits for',
  transaction: 'the update that is under way',
  receipt: 'the last update',
  gatewayUpdates: 'the updates of gateways',
  settings: 'the settings',
  problems: 'problems',
};

/** Turns any state into one that can be published. A part that was never good falls back to that of `first`. */
function createCheck(first: AppState, onFault: (error: unknown) => void) {
  let good: AppState = first;
  /** Each part as it was last given: most are unchanged. */
  const seen = new Map<keyof AppState, unknown>();

  return (next: AppState): AppState => {
    const issues: [keyof AppState, string][] = [];
    const take = <K extends keyof AppState>(key: K): void => {
      if (seen.get(key) === next[key]) return;
      const issue = key === 'gateways' ? null : issueOf(key, next[key]);
      if (issue !== null) {
        issues.push([key, issue]);
        return;
      }
      good = { ...good, [key]: key === 'gateways' ? readViews(next.gateways) : next[key] };
      seen.set(key, next[key]);
    };
    for (const key of Object.keys(appStateSchema.shape) as (keyof AppState)[]) take(key);
    for (const issue of issues) onFault(new Error(`${issue[0]} can't be shown: ${issue[1]}`));
    return issues.length === 0 ? good : { ...good, ...withIssues(good, issues) };
  };
}

/** Why a part can't be published; null when it can. Unknown keys do no harm. */
function issueOf(key: keyof AppState, value: unknown): string | null {
  const parsed = z.safeParse(appStateSchema.shape[key], value);
  const issues = parsed.error?.issues.filter(({ code }) => code !== 'unrecognized_keys') ?? [];
  return issues.length === 0 ? null : describeIssues({ issues });
}

function readViews(views: AppState['gateways']): AppState['gateways'] {
  return Object.fromEntries(Object.entries(views).map(([id, view]) => [id, readView(id, view)]));
}

/** An update that can't be shown is shown as failed, so that the user can act; other parts stay as they were. */
function withIssues(
  good: AppState,
  issues: readonly [keyof AppState, string][],
): Partial<AppState> {
  const problems = issues.map(([key, issue]) => ({
    id: `unshown-${key}`,
    problem: {
      message: `What is known about ${partNames[key] ?? key} can't be shown (${issue}).`,
      hint: 'What you see of it is old. The log of Holdfast says more.',
    },
  }));
  const update = problems.find(({ id }) => id === 'unshown-update');
  return {
    problems: [...good.problems, ...problems],
    ...(update && {
      update: { status: 'failed', problem: update.problem, retry: 'check', offer: null },
    }),
  };
}
