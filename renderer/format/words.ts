/** Sentences about gateways for the window alone; shared words are in electron/contract/words.ts. */
import type { GatewayView, Owner } from '../../electron/contract/gateway.ts';
import { duration, gatewayTone, isTroubled, partsNeed } from '../../electron/contract/words.ts';
import type { GatewayViewName, View } from '../store/view.ts';
import { ago, count, remaining } from './quantities.ts';

/** What follows the state's name after a dot; empty when there is nothing to add. */
export function stateDetail(view: GatewayView, now: number): string {
  const { state } = view;
  switch (state.status) {
    case 'starting':
      return `waiting for it to answer, ${duration(now - state.startedAt)} so far`;
    case 'running': {
      const need = partsNeed(view);
      if (need !== null) return need;
      const known = state.proof === 'alive' ? 'up' : 'healthy';
      return `${known} for ${duration(now - state.readyAt)}`;
    }
    case 'degraded':
      return `up for ${duration(now - state.readyAt)}`;
    case 'stopping':
      return now < state.deadline
        ? `${remaining(state.deadline, now)} left to finish`
        : 'out of time, ending it';
    case 'waiting':
      return now < state.until ? `next start in ${remaining(state.until, now)}` : 'starting now';
    case 'released':
      return `for ${duration(now - state.since)}, until the new version is in place`;
    case 'external':
      return partsNeed(view) ?? `watched for ${duration(now - state.since)}`;
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
  const atPort = port === undefined ? [] : [`port ${port}`];
  switch (state.status) {
    case 'running':
      return [
        now - state.readyAt < minute ? 'just started' : roughly(now - state.readyAt),
        ...load,
        ...atPort,
        ...(restartsToday === undefined ? [] : [`${restartsIn(restartsToday)} today`]),
      ];
    case 'external':
      return [state.owner.name, ...load, ...atPort];
    case 'stopped':
      return [lastExit ? `last ran ${ago(lastExit.at, now)}` : 'not started yet', ...atPort];
    case 'failed':
      return [...(lastExit ? [`last ran ${ago(lastExit.at, now)}`] : []), ...atPort];
    case 'waiting':
      return [stateDetail(view, now), `try ${state.attempt}`];
    default:
      return [stateDetail(view, now), ...load, ...atPort];
  }
}

function restartsIn(restarts: number): string {
  return restarts === 0 ? 'no restarts' : count(restarts, 'restart');
}

/** The headline of home: how all gateways are, in one sentence. */
export function allInOne(gateways: readonly GatewayView[]): string {
  const total = gateways.length;
  const troubled = gateways.filter(isTroubled).length;
  if (troubled > 0 && total === 1) return 'There is a problem';
  if (troubled > 0)
    return `${troubled} of ${total} gateways ${troubled === 1 ? 'has' : 'have'} a problem`;
  const well = gateways.filter((view) => gatewayTone(view) === 'good').length;
  if (well === total) return 'Everything is running';
  const isStopped = ({ state }: GatewayView) => state.status === 'stopped';
  if (gateways.every(isStopped)) return 'Nothing is running';
  return total === 1 ? 'One moment…' : `${well} of ${total} gateways are running`;
}

/** What the window's title says of a view; `gateway` is its name, for the views of one. */
export function viewTitle(view: View, gateway: string | null): string {
  switch (view) {
    case 'home':
      return 'Home';
    case 'welcome':
      return 'Welcome';
    case 'update':
      return 'Updates';
    case 'add':
      return 'Add a gateway';
    case 'settings':
      return 'Settings';
    default: {
      // Before there are any gateways.
      if (gateway === null) return 'Home';
      return view === 'status' ? gateway : `${gatewayViewNames[view]} of ${gateway}`;
    }
  }
}

/** The views of a gateway, as its tabs are called. */
export const gatewayViewNames: Readonly<Record<GatewayViewName, string>> = {
  status: 'Overview',
  logs: 'Logs',
  history: 'History',
  profile: 'Settings',
};

/** A sentence below the state, where one helps. */
export function stateExplanation(gateway: GatewayView): string | null {
  const { state, lastExit } = gateway;
  switch (state.status) {
    case 'running':
    case 'degraded':
      return gateway.restartWhenIdle ? `Restarts once ${workOf(gateway)} done.` : null;
    case 'stopping':
      if ((gateway.report?.busy ?? 0) > 0) return `Waiting until ${workOf(gateway)} done.`;
      if (state.next === 'release') return 'It is stopped so that its files can be replaced.';
      return state.next === 'restart' ? 'It starts again as soon as it has ended.' : null;
    case 'starting':
      return state.attempt > 1 ? `This is attempt ${state.attempt}.` : null;
    case 'external':
      return externalExplanation(state.owner);
    case 'stopped':
      return lastExit ? null : 'It has not been started yet.';
    default:
      return null;
  }
}

/** `its 3 tasks are`. */
function workOf({ report }: GatewayView): string {
  const busy = report?.busy ?? 0;
  return busy === 1 ? 'its task is' : `its ${busy} tasks are`;
}

function externalExplanation({ type, name, takesOrders }: Owner): string {
  if (type === 'remote') return `It runs on another machine and is asked at ${name}.`;
  return takesOrders
    ? `${name} looks after it. Start, Stop and Restart are passed on.`
    : `It is run by ${name}, and Holdfast leaves it alone. When it ends, Holdfast starts it.`;
}

/** What removing a gateway does to it. */
export function removalNote({ name, state }: GatewayView): string {
  const kept = 'Its log and its data stay on the disk.';
  if (state.status === 'external') {
    return `Holdfast no longer looks after it. ${name} itself is left as it is.`;
  }
  return 'identity' in state
    ? `It is running, so it is stopped first. ${kept}`
    : `Its profile is removed. ${kept}`;
}

/** What the last check proved; a technical detail. */
export const proofMeaning = {
  verified: 'It answered with the secret mark that it was started with, and with its build.',
  healthy: 'Its health check passes.',
  alive: 'Its process runs; it has no health check.',
} as const;

/** What an update of Holdfast does to a gateway, in short. */
export const policyName: Readonly<Record<GatewayView['policy'], string>> = {
  keep: 'Not touched',
  swap: 'Away for about a second',
  release: 'Stopped for the time',
};

/** The same after the gateway's name, as a sentence. */
export const policyMeaning: Readonly<Record<GatewayView['policy'], string>> = {
  keep: 'runs on through the whole update',
  swap: 'runs on until the new version is up, then is replaced in a moment',
  release: 'is stopped while its files are replaced, then started again',
};
