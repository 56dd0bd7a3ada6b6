/**
 * `holdfast status`: what every gateway is doing, as its watcher says, or, when none serves, as ledgers
 * and processes say. It starts nothing. `--deep` checks everything itself, beside the watcher.
 */
import { sentenceOf } from '../contract/define.ts';
import { cliExit } from '../contract/exit-codes.ts';
import type { GatewayView } from '../contract/gateway.ts';
import { redact } from '../contract/redact.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { loadProfiles } from '../gateway/profiles/profiles.ts';
import { describeGateway, describeLastUpdate, describeTiming, jsonOf } from './describe.ts';
import { describeFinding, type Finding } from './doctor/finding.ts';
import {
  type GatewayInspection,
  inspectGateway,
  recordedGateway,
} from './doctor/inspect-gateway.ts';
import { findWatcher, inspectWatcher } from './doctor/inspect-watcher.ts';

export interface StatusAsked {
  readonly json: boolean;
  readonly deep: boolean;
}

export interface Answer {
  readonly text: string;
  readonly code: number;
}

export async function status(state: StateFolder, asked: StatusAsked): Promise<Answer> {
  let watcher: WatcherState | null = null;
  let silence =
    'Holdfast’s background service does not run. Start Holdfast, or: holdfast start <gateway>';
  try {
    watcher = await ask(state);
  } catch (error) {
    silence = `Holdfast’s background service runs and can’t be asked: ${sentenceOf(error)} To replace it: holdfast start <gateway>`;
  }
  return asked.deep
    ? deepStatus(state, watcher, asked.json)
    : shallow(state, watcher, silence, asked.json);
}

/** The watcher's own state; null when none serves. */
async function ask(state: StateFolder): Promise<WatcherState | null> {
  const connection = await findWatcher(state);
  if (!connection) return null;
  try {
    return (await connection.call('subscribe', null)).state;
  } finally {
    connection.close();
  }
}

function shallow(
  state: StateFolder,
  watcher: WatcherState | null,
  silence: string,
  json: boolean,
): Answer {
  if (watcher) {
    const text = json ? jsonOf(watcher) : linesOf(watcher).join('\n');
    return { text, code: cliExit.ok };
  }
  const { profiles, problems } = loadProfiles(state.profiles);
  const gateways = profiles.map((profile) => {
    const { ledger: _, ...known } = recordedGateway(state, profile);
    return known;
  });
  if (json) {
    const text = jsonOf({ watcher: null, gateways, profileProblems: problems });
    return { text, code: cliExit.unwatched };
  }
  const lines = gateways.map(({ id, identity, desired }) => {
    const stopped = desired === 'stopped' ? 'Stopped' : 'Stopped, and should run';
    return `${id.padEnd(16)} ${identity ? `Running  (pid ${identity.pid})` : stopped}`;
  });
  lines.push(silence);
  return { text: lines.join('\n'), code: cliExit.unwatched };
}

function linesOf(state: WatcherState): string[] {
  const problems = [...Object.values(state.profileProblems), ...state.problems];
  const gateways = Object.values(state.gateways).flatMap((one) => {
    const found = state.gatewayUpdates[one.id];
    const receipt = found?.update ? null : (found?.receipt ?? null);
    const more = [describeTiming(one), receipt && describeLastUpdate(one.id, receipt)];
    return [describeGateway(one), ...more.filter((line) => line !== null)];
  });
  return [
    ...(gateways.length > 0 ? gateways : ['There are no gateways yet.']),
    ...problems.map(({ message, hint }) => redact(`! ${message}${hint ? ` ${hint}` : ''}`)),
  ];
}

async function deepStatus(
  state: StateFolder,
  serving: WatcherState | null,
  json: boolean,
): Promise<Answer> {
  const watcher = inspectWatcher(state, serving);
  const { profiles, problems } = loadProfiles(state.profiles);
  const gateways: (GatewayInspection & { view: GatewayView | null })[] = [];
  for (const profile of profiles) {
    const view = serving?.gateways[profile.id] ?? null;
    gateways.push({ ...(await inspectGateway(state, profile, view)), view });
  }
  const all = [...watcher, ...gateways.flatMap(({ probes }) => probes)];
  const code = all.some(({ result }) => result === 'fail') ? cliExit.failed : cliExit.ok;
  if (json) {
    const healthy = code === cliExit.ok;
    const text = jsonOf({ healthy, watcher, gateways, profileProblems: problems });
    return { text, code };
  }
  const blocks: [string, readonly Finding[]][] = [
    ['background service', watcher],
    ...gateways.map(({ id, probes }): [string, readonly Finding[]] => [id, probes]),
  ];
  const lines = blocks.flatMap(([name, probes]) => [name, ...probes.map(describeFinding)]);
  return { text: lines.join('\n'), code };
}
