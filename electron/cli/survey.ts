/**
 * What every gateway is doing, as its watcher says, or, when none serves, as ledgers and processes say.
 * It starts nothing.
 */
import { sentenceOf } from '../contract/define.ts';
import { cliExit } from '../contract/exit-codes.ts';
import type { GatewayView, Problem } from '../contract/gateway.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import { gatewayTone, partsNeed, stateName, type Tone } from '../contract/words.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { loadProfiles } from '../gateway/profiles/profiles.ts';
import { pickGateways } from './gateway-names.ts';
import { recordedGateway } from './recorded-gateway.ts';
import type { Gateways } from './requests.ts';
import { findWatcher, notServing } from './serving-watcher.ts';

/** What is known of one gateway. Times are epoch milliseconds. */
export interface Row {
  readonly id: string;
  readonly name: string;
  readonly wanted: 'running' | 'stopped';
  /** A `GatewayStatus`; without a watcher only `running` or `stopped`. */
  readonly state: string;
  readonly words: string;
  readonly tone: Tone;
  /** It runs healthily, or is not wanted to run. */
  readonly well: boolean;
  /** Since when it serves, or is on its way. */
  readonly since: number | null;
  readonly pid: number | null;
  readonly port: number | null;
  readonly problem: Problem | null;
  /** What a part of it needs of the user. */
  readonly attention: string | null;
  /** Null without a watcher. */
  readonly view: GatewayView | null;
}

export interface Survey {
  /** Null when none serves; `silence` says why. */
  readonly watcher: WatcherState | null;
  readonly silence: string | null;
  readonly rows: readonly Row[];
  /** Of profiles and of the watcher itself. */
  readonly problems: readonly Problem[];
  readonly code: number;
}

/** @param wanted those that are shown */
export async function survey(state: StateFolder, wanted: Gateways = 'all'): Promise<Survey> {
  const chosen = wanted === 'all' ? null : await pickGateways(state, wanted);
  const { watcher, silence } = await ask(state);
  const known = watcher ? servedBy(watcher) : recordedIn(state);
  const rows = known.rows.filter(({ id }) => !chosen || chosen.some((one) => one.id === id));
  // Of single gateways only what concerns them.
  const problems = chosen ? [] : known.problems;
  return { watcher, silence, rows, problems, code: codeOf(watcher !== null, rows, problems) };
}

type Found = Pick<Survey, 'rows' | 'problems'>;

function servedBy({ gateways, profileProblems, problems }: WatcherState): Found {
  return {
    rows: Object.values(gateways).map(rowOfView),
    problems: [...Object.values(profileProblems), ...problems],
  };
}

function recordedIn(state: StateFolder): Found {
  const { profiles, problems } = loadProfiles(state.profiles);
  return {
    rows: profiles.map((profile) => rowOfRecord(recordedGateway(state, profile))),
    problems: Object.values(problems),
  };
}

function codeOf(served: boolean, rows: readonly Row[], problems: readonly Problem[]): number {
  if (!served) return cliExit.unwatched;
  return problems.length === 0 && rows.every(({ well }) => well) ? cliExit.ok : cliExit.unwell;
}

/** The watcher's own state, or a sentence saying why there is none. */
async function ask(state: StateFolder): Promise<Pick<Survey, 'watcher' | 'silence'>> {
  try {
    const connection = await findWatcher(state);
    if (!connection) return { watcher: null, silence: notServing };
    try {
      return { watcher: (await connection.call('subscribe', null)).state, silence: null };
    } finally {
      connection.close();
    }
  } catch (error) {
    const silence = `Holdfast’s background service runs and can’t be asked: ${sentenceOf(error)} To replace it: holdfast start <gateway>`;
    return { watcher: null, silence };
  }
}

/** Pure. */
export function rowOfView(view: GatewayView): Row {
  const { id, name, desired, state, port = null } = view;
  const owner = state.status === 'external' ? (state.owner.pid ?? null) : null;
  return {
    id,
    name,
    wanted: desired,
    state: state.status,
    words: stateName(state),
    tone: gatewayTone(view),
    well: isWell(view),
    since: sinceOf(view),
    pid: 'identity' in state ? state.identity.pid : owner,
    port,
    problem: 'problem' in state ? (state.problem ?? null) : null,
    attention: partsNeed(view),
    view,
  };
}

/** What a script may take for granted: it runs healthily, or is stopped as its user wants. */
function isWell({ desired, state }: GatewayView): boolean {
  if (state.status === 'running') return true;
  if (state.status === 'external') return state.problem === undefined;
  return desired === 'stopped' && state.status !== 'degraded';
}

function sinceOf({ state }: GatewayView): number | null {
  if ('readyAt' in state) return state.readyAt;
  if ('since' in state) return state.since;
  return 'startedAt' in state ? state.startedAt : null;
}

function rowOfRecord(known: ReturnType<typeof recordedGateway>): Row {
  const { id, name, desired, identity, port } = known;
  const missing = desired === 'running' && identity === null;
  const stopped = missing ? 'Stopped, and should run' : 'Stopped';
  return {
    id,
    name,
    wanted: desired,
    state: identity ? 'running' : 'stopped',
    words: identity ? 'Running' : stopped,
    tone: missing ? 'bad' : identity ? 'good' : 'idle',
    well: !missing,
    since: null,
    pid: identity?.pid ?? null,
    port,
    problem: null,
    attention: null,
    view: null,
  };
}
