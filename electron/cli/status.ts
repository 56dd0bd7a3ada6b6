/**
 * `holdfast status`: what every gateway is doing, as its watcher says, or, when none serves, as ledgers
 * and processes say. It starts nothing. `--deep` looks at everything itself, beside the watcher.
 */
import { sentenceOf } from '../contract/define.ts';
import type { GatewayView } from '../contract/gateway.ts';
import { redact } from '../contract/redact.ts';
import type { WatcherState } from '../contract/watcher-contract.ts';
import {
  type GatewayInspection,
  inspectGateway,
  recordedGateway,
} from '../handoff/inspect-gateway.ts';
import { findWatcher, inspectWatcher } from '../handoff/inspect-watcher.ts';
import type { Probe } from '../handoff/probe-result.ts';
import { readProfiles } from '../handoff/read-profiles.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { describeGateway, describeProbe, jsonOf } from './describe.ts';
import { exitCodes } from './exit-codes.ts';

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
  let silence = 'No watcher looks after them. Start Holdfast, or: holdfast start <gateway>';
  try {
    watcher = await ask(state);
  } catch (error) {
    silence = `The watcher that looks after them lives and can't be asked: ${sentenceOf(error)} To have it replaced: holdfast start <gateway>`;
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
    return { text, code: exitCodes.ok };
  }
  const { profiles, problems } = readProfiles(state);
  const gateways = profiles.map((profile) => {
    const { ledger: _, ...known } = recordedGateway(state, profile);
    return known;
  });
  if (json) {
    const text = jsonOf({ watcher: null, gateways, profileProblems: problems });
    return { text, code: exitCodes.unwatched };
  }
  const lines = gateways.map(({ id, identity, desired }) => {
    const doing = identity ? `runs  (pid ${identity.pid})` : 'does not run';
    return `${id.padEnd(16)} ${doing}${identity || desired === 'stopped' ? '' : ', and should'}`;
  });
  lines.push(silence);
  return { text: lines.join('\n'), code: exitCodes.unwatched };
}

function linesOf(state: WatcherState): string[] {
  const problems = [...Object.values(state.profileProblems), ...state.problems];
  const gateways = Object.values(state.gateways).map((one) => describeGateway(one));
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
  const { profiles, problems } = readProfiles(state);
  const gateways: (GatewayInspection & { view: GatewayView | null })[] = [];
  for (const profile of profiles) {
    const view = serving?.gateways[profile.id] ?? null;
    gateways.push({ ...(await inspectGateway(state, profile, view)), view });
  }
  const all = [...watcher, ...gateways.flatMap(({ probes }) => probes)];
  const code = all.some(({ result }) => result === 'fail') ? exitCodes.failed : exitCodes.ok;
  if (json) {
    const healthy = code === exitCodes.ok;
    const text = jsonOf({ healthy, watcher, gateways, profileProblems: problems });
    return { text, code };
  }
  const blocks: [string, readonly Probe[]][] = [
    ['watcher', watcher],
    ...gateways.map(({ id, probes }): [string, readonly Probe[]] => [id, probes]),
  ];
  const lines = blocks.flatMap(([name, probes]) => [name, ...probes.map(describeProbe)]);
  return { text: lines.join('\n'), code };
}
