/** Waits until a gateway that is to run does so, or has failed, and tells meanwhile what it waits for. */
import { cliExit } from '../contract/exit-codes.ts';
import type { GatewayStatus, GatewayView } from '../contract/gateway.ts';
import type { Profile } from '../contract/profile.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { Link } from '../link/types.ts';
import { passed, systemClock, until, within } from '../process/index.ts';
import { describeGateway, viewOf } from './describe.ts';
import { judgeReadiness } from './doctor/inspect-readiness.ts';
import { gatewayLog } from './gateway-log.ts';
import type { Voice } from './voice.ts';

/** With nothing to see for so long, a user wonders. */
const tellAfterMs = 5_000;
const tellEveryMs = 10_000;
/** Added to the gateway's own time to start, for the watcher to report how it ended. */
const patienceMs = 10_000;
/** Among so many lines of a log at least one is not blank. */
const lastLines = 5;

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

/** Until the gateway runs, has failed, or waits for another try; gives up when its time is over. */
export async function settled(
  link: Link,
  state: StateFolder,
  id: string,
  voice: Voice,
): Promise<number> {
  const profile = (await link.client.call('profile.list', null)).find((one) => one.id === id);
  const limitMs = (profile?.startTimeoutMs ?? 0) + (profile?.stop.graceMs ?? 0) + patienceMs;
  const tell = async (): Promise<void> => {
    if (profile) voice.warn(`Waiting for ${profile.name}: ${await heard(state, profile)}`);
  };
  const view = await within(systemClock, limitMs, (signal) =>
    Promise.race([decided(link, id, signal), nowAndThen(tell, signal)]),
  );
  if (view !== 'late') {
    const done = runs.has(view.state.status);
    voice.print(describeGateway(view));
    voice.report?.({ id, name: view.name, done, message: problemOf(view) });
    return done ? cliExit.ok : cliExit.failed;
  }
  const last = profile ? await heard(state, profile) : '';
  const name = profile?.name ?? id;
  const message = `${name} is not ready after ${Math.round(limitMs / 1000)} s. ${last} Holdfast keeps trying. To see more: holdfast logs ${id}. To end it: holdfast stop ${id}`;
  voice.warn(message);
  voice.report?.({ id, name, done: false, message });
  return cliExit.failed;
}

function problemOf({ state }: GatewayView): string | null {
  const problem = 'problem' in state ? state.problem : undefined;
  return problem ? [problem.message, problem.hint].filter(Boolean).join(' ') : null;
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
