/**
 * From what the parts of the app know to the one state its window sees. Pure: the parts own their
 * truth, nothing is computed here that one of them could say.
 */
import type { AppState, LinkState } from '../contract/app-contract.ts';
import type { Problem } from '../contract/gateway.ts';
import type { Receipt } from '../contract/receipt.ts';
import type { Settings } from '../contract/settings.ts';
import type { UpdateState } from '../contract/update.ts';
import type { CarryPhase, WatcherState } from '../contract/watcher-contract.ts';
import type { DismissedReceipt } from '../settings/memory.ts';

export interface AppParts {
  readonly app: AppState['app'];
  readonly link: LinkState;
  /** The newest mirror; old while the line is down, which `link` then says. */
  readonly watcher: WatcherState | null;
  readonly update: UpdateState;
  readonly settings: Settings;
  readonly dismissed: DismissedReceipt | null;
  /** What this process itself has to complain about, by a name of its own. */
  readonly problems: Readonly<Record<string, Problem>>;
  readonly question: AppState['question'];
  readonly trayNotice: boolean;
  /** The watcher started this app at the end of an update. */
  readonly startedByWatcher: boolean;
}

/** From `starting-app` on the files are final: whichever app runs then is the right one. */
const AWAY: ReadonlySet<CarryPhase> = new Set<CarryPhase>(['handed-over', 'replacing', 'proving']);

/** True while the watcher carries an update through and expects the old app to be gone. */
export function isAway(watcher: WatcherState | null): boolean {
  return watcher?.carry != null && AWAY.has(watcher.carry.phase);
}

/** The state for the window. */
export function mergeAppState(parts: AppParts): AppState {
  const { watcher } = parts;
  return {
    app: parts.app,
    link: parts.link,
    gateways: watcher?.gateways ?? {},
    problems: collectProblems(parts),
    update: mergeUpdate(parts),
    carry: watcher?.carry ?? null,
    receipt: shownReceipt(watcher?.receipt ?? null, parts.dismissed),
    settings: parts.settings,
    question: parts.question,
    trayNotice: parts.trayNotice,
  };
}

/** An app that the user started while the watcher replaces files shows that, and does nothing. */
function mergeUpdate(parts: AppParts): UpdateState {
  const carry = parts.watcher?.carry ?? null;
  if (carry === null || parts.startedByWatcher || !isAway(parts.watcher)) return parts.update;
  return { status: 'handed-over', version: carry.toVersion, phase: carry.phase };
}

/** A receipt that was put away comes back only when its outcome got worse since. */
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
    })),
  ];
}

function escapeProblem(detail: string): Problem {
  return {
    message:
      'On this machine your gateways may end together with Holdfast: its watcher could not be started outside of it.',
    hint: `While Holdfast runs they are looked after as usual, and an update asks before it stops anything. ${detail}`,
  };
}
