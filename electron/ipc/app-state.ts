/**
 * Merges what the parts of the app know into the one state that its window sees. Pure: each part is
 * the only source of what it knows; nothing is computed here that a part could say.
 */
import type { AppState, LinkState } from '../contract/app-contract.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Receipt } from '../contract/receipt.ts';
import type { Settings } from '../contract/settings.ts';
import type { UpdateState } from '../contract/update.ts';
import { updatePhases } from '../contract/update-phases.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { DismissedReceipt } from '../settings/memory.ts';
import { defaultSettings } from '../settings/settings-file.ts';
import { initialUpdate } from '../update/machine.ts';
import { words } from '../words/spoken.ts';

export interface AppParts {
  readonly app: AppState['app'];
  readonly link: LinkState;
  /** The newest mirror; old while the line is down, as `link` says. */
  readonly watcher: WatcherState | null;
  readonly update: UpdateState;
  readonly keptVersion: string | null;
  readonly updateHeldUp: AppState['updateHeldUp'];
  readonly settings: Settings;
  readonly dismissed: DismissedReceipt | null;
  /** The problems of this process, by an id that it gives them. */
  readonly problems: Readonly<Record<string, Problem>>;
  readonly question: AppState['question'];
  readonly tray: boolean;
  /** The watcher started this app at the end of an update. */
  readonly startedByWatcher: boolean;
}

/** What the window sees before the services have put their parts in. */
export function initialParts(
  app: Omit<AppState['app'], 'platform' | 'dark' | 'language' | 'launcherOnPath'> & {
    readonly platform: string;
  },
  own: Pick<AppParts, 'dismissed' | 'startedByWatcher'>,
): AppParts {
  const { platform } = app;
  return {
    app: {
      ...app,
      platform: platform === 'win32' || platform === 'darwin' ? platform : 'linux',
      dark: false,
      language: words.language,
      launcherOnPath: null,
    },
    link: { status: 'connecting' },
    watcher: null,
    update: initialUpdate,
    keptVersion: null,
    updateHeldUp: null,
    settings: defaultSettings,
    problems: {},
    question: null,
    tray: true,
    ...own,
  };
}

/** True while the watcher carries out an update and expects the old app to have ended. */
export function isAway(watcher: WatcherState | null): boolean {
  return watcher?.transaction != null && updatePhases[watcher.transaction.phase].away;
}

/** Always the same one, so that nothing counts as changed. */
const noUpdates: AppState['gatewayUpdates'] = {};

/** The state for the window. */
export function mergeAppState(parts: AppParts): AppState {
  const { watcher } = parts;
  return {
    app: parts.app,
    link: parts.link,
    gateways: watcher?.gateways ?? {},
    problems: collectProblems(parts),
    update: mergeUpdate(parts),
    keptVersion: parts.keptVersion,
    updateHeldUp: parts.updateHeldUp,
    transaction: watcher?.transaction ?? null,
    receipt: shownReceipt(watcher?.receipt ?? null, parts.dismissed),
    gatewayUpdates: watcher?.gatewayUpdates ?? noUpdates,
    settings: parts.settings,
    question: parts.question,
    tray: parts.tray,
  };
}

/** An app that the user started while the watcher replaces files shows that, and does nothing. */
function mergeUpdate(parts: AppParts): UpdateState {
  const transaction = parts.watcher?.transaction ?? null;
  if (transaction === null || parts.startedByWatcher || !isAway(parts.watcher)) return parts.update;
  return { status: 'handed-over', version: transaction.toVersion, phase: transaction.phase };
}

/** A dismissed receipt is shown again only when its outcome got worse since. */
function shownReceipt(receipt: Receipt | null, dismissed: DismissedReceipt | null): Receipt | null {
  if (receipt === null || dismissed === null) return receipt;
  if (receipt.attempt !== dismissed.attempt) return receipt;
  const same = receipt.outcome === dismissed.outcome || receipt.outcome === 'committed';
  return same ? null : receipt;
}

function collectProblems(parts: AppParts): AppState['problems'] {
  const { watcher } = parts;
  const way = watcher?.watcher.escape ?? null;
  return [
    ...Object.entries(parts.problems).map(([id, problem]) => ({ id, problem })),
    ...(way?.proof === 'impossible' ? [{ id: 'escape', problem: escapeProblem(way.detail) }] : []),
    ...(watcher?.problems ?? []).map((problem, index) => ({ id: `watcher-${index}`, problem })),
    ...Object.entries(watcher?.profileProblems ?? {}).map(([file, problem]) => ({
      id: `profile-${file}`,
      problem,
      ...(file.endsWith('.json') ? { file } : {}),
    })),
  ];
}

function escapeProblem(detail: string): Problem {
  return {
    message:
      'On this machine your gateways may end together with Holdfast: its background service could not be started outside of it.',
    hint: `While Holdfast runs they are looked after as usual, and an update asks before it stops anything. ${detail}`,
  };
}
