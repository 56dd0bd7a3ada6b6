/** `holdfast start`, `stop`, `restart` and `update`: through the watcher, which is started when none serves. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { APP_VERSION, BUILD_ID } from '../contract/build-info.ts';
import type { GatewayStatus, GatewayView } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import { NoAnswerError } from '../handoff/client.ts';
import { gatewayLog } from '../handoff/gateway-log.ts';
import { judgeReadiness } from '../handoff/inspect-readiness.ts';
import type { StageSource } from '../handoff/staging.ts';
import type { StateFolder } from '../handoff/state-folder.ts';
import { createLink } from '../link/link.ts';
import type { Link } from '../link/types.ts';
import { systemClock, userOpenFiles } from '../process/index.ts';
import type { Command } from './arguments.ts';
import { describeGateway } from './describe.ts';
import { exitCodes } from './exit-codes.ts';

/** The link ends a watcher that was silent three times; one more try finds the new one. */
const CONNECT_TRIES = 4;
/** Nothing to see for so long, and its user wonders. */
const TELL_AFTER_MS = 5_000;
const TELL_EVERY_MS = 10_000;
/** Beyond the gateway's own time to start: for the watcher to say what came of it. */
const PATIENCE_MS = 10_000;
/** Among so many lines of its log is one with words on it. */
const LAST_LINES = 5;

export interface Voice {
  print(text: string): void;
  complain(text: string): void;
}

export async function act(
  state: StateFolder,
  command: Extract<Command, { name: 'start' | 'stop' | 'restart' | 'update' }>,
  voice: Voice,
  source: StageSource = { bundle: bundleFolder(), runtime: process.execPath },
): Promise<number> {
  const { id } = command;
  const link = linkTo(state, voice, source);
  try {
    await connected(link, voice);
    if (command.name === 'restart' && command.whenIdle) {
      await link.client.call('gateway.restart', { id, when: 'idle' });
      voice.print(describeGateway(viewOf(link, id)));
      return exitCodes.ok;
    }
    await link.client.call(`gateway.${command.name}`, { id });
    if (command.name !== 'stop') return await settled(link, state, id, voice);
    voice.print(describeGateway(viewOf(link, id)));
    return exitCodes.ok;
  } finally {
    link.close();
  }
}

function linkTo(state: StateFolder, { complain }: Voice, source: StageSource): Link {
  return createLink({
    state,
    source,
    version: APP_VERSION,
    buildId: BUILD_ID,
    role: 'cli',
    environment: () => {
      const openFiles = userOpenFiles();
      const path = process.env.PATH ?? '';
      return { from: 'cli', path, ...(openFiles === undefined ? {} : { openFiles }) };
    },
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: complain },
  });
}

/** A watcher that was stopped, or hangs, is asked again, then replaced by the link. */
async function connected(link: Link, { complain }: Voice): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await link.connect();
      return;
    } catch (error) {
      const silent = error instanceof Error && error.cause instanceof NoAnswerError;
      if (!silent || tries === CONNECT_TRIES) throw error;
      complain(`${error.message} It is asked again, and replaced when it stays silent.`);
    }
  }
}

function viewOf(link: Link, id: string): GatewayView {
  const view = link.watcher()?.gateways[id];
  if (!view) throw new Error(`There is no gateway called "${id}".`);
  return view;
}

const RUNS: ReadonlySet<GatewayStatus> = new Set<GatewayStatus>([
  'running',
  'degraded',
  'elsewhere',
]);
const ON_THE_WAY: ReadonlySet<GatewayStatus> = new Set<GatewayStatus>([
  'starting',
  'stopping',
  'stopped',
]);

/** Waits until the gateway runs, or waits for another try, or has failed; gives up when its time is over. */
async function settled(link: Link, state: StateFolder, id: string, voice: Voice): Promise<number> {
  const profile = (await link.client.call('profile.list', null)).find((one) => one.id === id);
  const limitMs = (profile?.startTimeoutMs ?? 0) + (profile?.stop.graceMs ?? 0) + PATIENCE_MS;
  const view = await reached(link, id, limitMs, async () => {
    if (profile) voice.complain(`Waiting for ${profile.name}: ${await heard(state, profile)}`);
  });
  if (view) {
    voice.print(describeGateway(view));
    return RUNS.has(view.state.status) ? exitCodes.ok : exitCodes.failed;
  }
  const last = profile ? await heard(state, profile) : '';
  voice.complain(
    `${profile?.name ?? id} is not ready after ${Math.round(limitMs / 1000)} s. ${last} Holdfast keeps trying. To see more: holdfast logs ${id}. To end it: holdfast stop ${id}`,
  );
  return exitCodes.failed;
}

/** The view once it is decided; null after `limitMs`. `tell` is called now and then meanwhile. */
function reached(
  link: Link,
  id: string,
  limitMs: number,
  tell: () => Promise<void>,
): Promise<GatewayView | null> {
  return new Promise((resolve, reject) => {
    let cancelTell = systemClock.after(TELL_AFTER_MS, say);
    const cancelLimit = systemClock.after(limitMs, () => finish(() => resolve(null)));
    const forget = link.subscribe(look);
    look();

    function look(): void {
      try {
        const view = viewOf(link, id);
        // Someone else may have stopped it meanwhile.
        const wanted = view.desired === 'running';
        if (!wanted || !ON_THE_WAY.has(view.state.status)) finish(() => resolve(view));
      } catch (error) {
        finish(() => reject(error));
      }
    }

    function say(): void {
      cancelTell = systemClock.after(TELL_EVERY_MS, say);
      tell().catch(reject);
    }

    function finish(act: () => void): void {
      cancelTell();
      cancelLimit();
      forget();
      act();
    }
  });
}

/** What is waited for, what was answered last, and what the gateway has printed last. */
async function heard(state: StateFolder, profile: Profile): Promise<string> {
  const { readiness } = profile;
  const answer =
    readiness.type === 'stdout'
      ? `it has not printed a line that matches ${readiness.pattern} yet.`
      : (await judgeReadiness(profile, state.gatewayData(profile.id))).detail;
  const tail = gatewayLog(state, profile.id).follow(
    { lines: LAST_LINES, holds: false },
    () => undefined,
  );
  tail.close();
  const last = tail.lines.findLast(({ text }) => text.trim() !== '')?.text.trim();
  return last === undefined
    ? `${answer} It has printed nothing.`
    : `${answer} The last line of its log: ${last}`;
}

/** The folder with the bundles: this program's own, or the build's output when run from source. */
function bundleFolder(): string {
  const here = import.meta.dirname;
  if (existsSync(path.join(here, 'manifest.json'))) return here;
  return path.join(here, '..', '..', 'out', 'watcher');
}
