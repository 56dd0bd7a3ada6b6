/** Sentences about gateways for the window alone; shared ones are in electron/contract/words.ts. */
import type { GatewayView, Owner } from '../../electron/contract/gateway.ts';
import { duration, gatewayTone, isTroubled, partsNeed } from '../../electron/contract/words.ts';
import { words } from '../../electron/words/spoken.ts';
import type { View } from '../store/view.ts';
import { ago, remaining } from './quantities.ts';

/** What follows the state's name after a dot; empty when there is nothing to add. */
export function stateDetail(view: GatewayView, now: number): string {
  const { state } = view;
  const { details } = words;
  switch (state.status) {
    case 'starting':
      return details.waitingForAnswer(duration(now - state.startedAt));
    case 'running': {
      const need = partsNeed(view);
      if (need !== null) return need;
      const known = state.proof === 'alive' ? details.up : details.healthy;
      return known(duration(now - state.readyAt));
    }
    case 'degraded':
      return details.up(duration(now - state.readyAt));
    case 'stopping':
      return now < state.deadline
        ? details.timeToFinish(remaining(state.deadline, now))
        : details.outOfTime;
    case 'waiting':
      return now < state.until
        ? details.nextStart(remaining(state.until, now))
        : details.startingNow;
    case 'released':
      return details.released(duration(now - state.since));
    case 'external':
      return partsNeed(view) ?? details.watched(duration(now - state.since));
    case 'stopped':
    case 'failed':
      return '';
  }
}

const minute = 60_000;

/** `3d 4h`, `12m`: without seconds, which would tick on every line of home. */
function roughly(ms: number): string {
  return duration(Math.floor(ms / minute) * minute);
}

/**
 * What home says of a gateway after its state's name, most important first; only what is known:
 * `3d 4h`, `142 MB`, `0.3 %`, `port 18789`, `no restarts today`.
 * @param restartsToday in the last 24 hours, as its history tells; undefined: not known
 * @param load what it uses, in words; none where it is not measured
 */
export function truths(
  view: GatewayView,
  now: number,
  restartsToday?: number,
  load: readonly string[] = [],
): string[] {
  const { state, port, lastExit } = view;
  const atPort = port === undefined ? [] : [words.details.port(port)];
  switch (state.status) {
    case 'running':
      return [
        now - state.readyAt < minute ? words.details.justStarted : roughly(now - state.readyAt),
        ...load,
        ...atPort,
        ...(restartsToday === undefined ? [] : [words.details.restartsToday(restartsToday)]),
      ];
    case 'external':
      return [state.owner.name, ...load, ...atPort];
    case 'stopped':
      return [
        lastExit ? words.details.lastRan(ago(lastExit.at, now)) : words.details.neverStarted,
        ...atPort,
      ];
    case 'failed':
      return [...(lastExit ? [words.details.lastRan(ago(lastExit.at, now))] : []), ...atPort];
    case 'waiting':
      return [stateDetail(view, now), words.details.attempt(state.attempt)];
    default:
      return [stateDetail(view, now), ...load, ...atPort];
  }
}

/** The headline of home: how all gateways are, in one sentence. */
export function allInOne(gateways: readonly GatewayView[]): string {
  const total = gateways.length;
  const troubled = gateways.filter(isTroubled).length;
  if (troubled > 0 && total === 1) return words.home.oneProblem;
  if (troubled > 0) return words.home.problems(troubled, total);
  const well = gateways.filter((view) => gatewayTone(view) === 'good').length;
  if (well === total) return words.home.allRun;
  const isStopped = ({ state }: GatewayView) => state.status === 'stopped';
  if (gateways.every(isStopped)) return words.home.noneRuns;
  return total === 1 ? words.home.oneMoment : words.home.someRun(well, total);
}

/** What the window's title says of a view; `gateway` is its name, for the views of one. */
export function viewTitle(view: View, gateway: string | null): string {
  switch (view) {
    case 'home':
      return words.home.title;
    case 'welcome':
      return words.titles.welcome;
    case 'update':
      return words.updating.title;
    case 'add':
      return words.adding.title;
    case 'settings':
      return words.settings.title;
    default: {
      // Before there are any gateways.
      if (gateway === null) return words.home.title;
      return view === 'status' ? gateway : words.titles[view](gateway);
    }
  }
}

/** A sentence below the state, where one helps. */
export function stateExplanation(view: GatewayView): string | null {
  const { state, lastExit, report } = view;
  const { explanations } = words;
  const tasks = report?.busy ?? 0;
  switch (state.status) {
    case 'running':
    case 'degraded':
      return view.restartWhenIdle ? explanations.restartsWhenDone(tasks) : null;
    case 'stopping':
      if (tasks > 0) return explanations.waitsUntilDone(tasks);
      if (state.next === 'release') return explanations.forFiles;
      return state.next === 'restart' ? explanations.startsAgain : null;
    case 'starting':
      return state.attempt > 1 ? explanations.attempt(state.attempt) : null;
    case 'external':
      return externalExplanation(state.owner);
    case 'stopped':
      return lastExit ? null : explanations.notStarted;
    default:
      return null;
  }
}

function externalExplanation({ type, name, takesOrders }: Owner): string {
  const { explanations } = words;
  if (type === 'remote') return explanations.remote(name);
  return takesOrders ? explanations.takesOrders(name) : explanations.leftAlone(name);
}

/** What removing a gateway does to it. */
export function removalNote({ name, state }: GatewayView): string {
  const { removal } = words;
  if (state.status === 'external') return removal.external(name);
  return 'identity' in state ? removal.running : removal.stopped;
}
