/** `holdfast start`, `stop`, `restart` and `update`: through the watcher, which is started when none serves. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { appVersion, ownBuildId } from '../contract/build-info.ts';
import { sentenceOf } from '../contract/define.ts';
import { cliExit } from '../contract/exit-codes.ts';
import type { GatewayStatus, GatewayView } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import type { StateFolder } from '../files/state-folder.ts';
import { createLink } from '../link/link.ts';
import { terminalEnvironment } from '../link/shell-environment.ts';
import type { Link } from '../link/types.ts';
import { passed, systemClock, until, within } from '../process/index.ts';
import { NoAnswerError } from '../rpc/client.ts';
import type { StageSource } from '../staging/staging.ts';
import { describeGateway, type Voice, viewOf } from './describe.ts';
import { judgeReadiness } from './doctor/inspect-readiness.ts';
import { gatewayLog } from './gateway-log.ts';
import { type Known, pickGateways } from './gateway-names.ts';
import type { Command, UpdateCommand } from './requests.ts';
import { terminalQuestion, update } from './update.ts';

/** The link ends a watcher that was silent three times; one more try finds the new one. */
const connectTries = 4;
/** With nothing to see for so long, a user wonders. */
const tellAfterMs = 5_000;
const tellEveryMs = 10_000;
/** Added to the gateway's own time to start, for the watcher to report how it ended. */
const patienceMs = 10_000;
/** Among so many lines of a log at least one is not blank. */
const lastLines = 5;

export type ActCommand = Extract<Command, { name: 'start' | 'stop' | 'restart' | 'update' }>;

export async function act(
  state: StateFolder,
  command: ActCommand,
  voice: Voice,
  source: StageSource = { bundle: bundleFolder(), runtime: process.execPath },
  ask = terminalQuestion(),
): Promise<number> {
  // Before anything is started: a misspelt name starts nothing.
  const chosen = await chosenBy(state, command);
  const link = linkTo(state, voice, source);
  try {
    await connected(link, voice);
    if (command.name === 'update') {
      return await update({ link, voice, ask }, command, chosen?.[0]?.id ?? null);
    }
    return await actOnEach({ link, state, voice }, command, chosen ?? []);
  } finally {
    link.close();
  }
}

/** Null: whatever the watcher can update. */
async function chosenBy(state: StateFolder, command: ActCommand): Promise<readonly Known[] | null> {
  if (command.name !== 'update') return pickGateways(state, command.gateways);
  return command.gateway === null ? null : pickGateways(state, [command.gateway]);
}

interface Deps {
  readonly link: Link;
  readonly state: StateFolder;
  readonly voice: Voice;
}

/** All at once, for some take long; what fails for one does not keep the others from it. */
async function actOnEach(
  deps: Deps,
  command: Exclude<ActCommand, UpdateCommand>,
  chosen: readonly Known[],
): Promise<number> {
  const codes = await Promise.all(
    chosen.map(async ({ id, name }) => {
      try {
        return await actOn(deps, command, id);
      } catch (error) {
        if (chosen.length === 1) throw error;
        deps.voice.warn(`${name}: ${sentenceOf(error)}`);
        return cliExit.failed;
      }
    }),
  );
  return Math.max(...codes);
}

async function actOn(
  { link, state, voice }: Deps,
  command: Exclude<ActCommand, UpdateCommand>,
  id: string,
): Promise<number> {
  if (command.name === 'restart' && command.whenIdle) {
    await link.client.call('gateway.restart', { id, when: 'idle' });
  } else {
    await link.client.call(`gateway.${command.name}`, { id });
    if (command.name !== 'stop') return settled(link, state, id, voice);
  }
  voice.print(describeGateway(viewOf(link, id)));
  return cliExit.ok;
}

function linkTo(state: StateFolder, { warn }: Voice, source: StageSource): Link {
  return createLink({
    state,
    source,
    version: appVersion,
    buildId: ownBuildId,
    role: 'cli',
    environment: terminalEnvironment,
    clock: systemClock,
    log: { info: () => {}, warn: () => {}, error: warn },
  });
}

/** A watcher that hangs is asked again; then the link replaces it. */
async function connected(link: Link, { warn }: Voice): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await link.connect();
      return;
    } catch (error) {
      const silent = error instanceof Error && error.cause instanceof NoAnswerError;
      if (!silent || tries === connectTries) throw error;
      warn(`${error.message} It is asked again, and replaced when it stays silent.`);
    }
  }
}

const runs: ReadonlySet<GatewayStatus> = new Set<GatewayStatus>([
  'running',
  'degraded',
  'external',
]);
const onTheWay: ReadonlySet<GatewayStatus> = new Set<GatewayStatus>([
  'starting',
  'stopping',
  'stopped',
]);

/** Waits until the gateway runs, has failed, or waits for another try; gives up when its time is over. */
async function settled(link: Link, state: StateFolder, id: string, voice: Voice): Promise<number> {
  const profile = (await link.client.call('profile.list', null)).find((one) => one.id === id);
  const limitMs = (profile?.startTimeoutMs ?? 0) + (profile?.stop.graceMs ?? 0) + patienceMs;
  const tell = async (): Promise<void> => {
    if (profile) voice.warn(`Waiting for ${profile.name}: ${await heard(state, profile)}`);
  };
  const view = await within(systemClock, limitMs, (signal) =>
    Promise.race([decided(link, id, signal), nowAndThen(tell, signal)]),
  );
  if (view !== 'late') {
    voice.print(describeGateway(view));
    return runs.has(view.state.status) ? cliExit.ok : cliExit.failed;
  }
  const last = profile ? await heard(state, profile) : '';
  voice.warn(
    `${profile?.name ?? id} is not ready after ${Math.round(limitMs / 1000)} s. ${last} Holdfast keeps trying. To see more: holdfast logs ${id}. To end it: holdfast stop ${id}`,
  );
  return cliExit.failed;
}

/** The view once the gateway is no longer on its way. */
function decided(link: Link, id: string, signal: AbortSignal): Promise<GatewayView> {
  return until(
    (changed) => link.subscribe(changed),
    () => {
      const view = viewOf(link, id);
      // Another program may have stopped it meanwhile.
      const wanted = view.desired === 'running';
      return !wanted || !onTheWay.has(view.state.status) ? view : null;
    },
    { signal },
  );
}

async function nowAndThen(tell: () => Promise<void>, signal: AbortSignal): Promise<never> {
  await passed(systemClock, tellAfterMs, signal);
  for (;;) {
    await tell();
    await passed(systemClock, tellEveryMs, signal);
  }
}

/** What the gateway answered last, and the last line that it has printed. */
async function heard(state: StateFolder, profile: Profile): Promise<string> {
  const { readiness } = profile;
  const answer =
    readiness.type === 'stdout'
      ? `it has not printed a line that matches ${readiness.pattern} yet.`
      : (await judgeReadiness(profile, state.gatewayData(profile.id))).detail;
  const shown = gatewayLog(state, profile.id).last(lastLines);
  const last = shown.findLast(({ text }) => text.trim() !== '')?.text.trim();
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
