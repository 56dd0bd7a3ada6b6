/** The sentences for states and proofs. What is said here is exactly what is known, no more. */
import type { GatewayView, Owner, Proof } from '../../electron/contract/gateway.ts';
import type { Escape } from '../../electron/contract/identity.ts';
import type { CarryPhase } from '../../electron/contract/watcher-contract.ts';
import { duration, remaining } from './time.ts';

const RUNNING: Readonly<Record<Proof, string>> = {
  verified: 'healthy for',
  healthy: 'healthy for',
  alive: 'alive for',
};

/** The one or two words a state is called. */
export function stateName({ state }: GatewayView): string {
  switch (state.status) {
    case 'stopped':
      return 'Stopped';
    case 'starting':
      return 'Starting';
    case 'running':
      return 'Running';
    case 'degraded':
      return 'Struggling';
    case 'stopping':
      return state.next === 'restart' ? 'Restarting' : 'Stopping';
    case 'waiting':
      return 'Waiting to restart';
    case 'released':
      return 'Paused for the update';
    case 'elsewhere':
      return state.problem === undefined ? 'Runs elsewhere' : 'Elsewhere, with trouble';
    case 'failed':
      return 'Needs you';
  }
}

/** What follows the state's name after a dot; empty when there is nothing to add. */
export function stateDetail({ state }: GatewayView, now: number): string {
  switch (state.status) {
    case 'starting':
      return `waiting for it to answer, ${duration(now - state.startedAt)} so far`;
    case 'running':
      return `${RUNNING[state.proof]} ${duration(now - state.readyAt)}`;
    case 'degraded':
      return `up for ${duration(now - state.readyAt)}`;
    case 'stopping':
      return now < state.deadline
        ? `${remaining(state.deadline, now)} left to finish`
        : 'out of time, ending it';
    case 'waiting':
      return now < state.until ? `next start in ${remaining(state.until, now)}` : 'starting now';
    case 'released':
      return `back as soon as the new version is in place, ${duration(now - state.since)} so far`;
    case 'elsewhere':
      return `watched for ${duration(now - state.since)}`;
    case 'stopped':
    case 'failed':
      return '';
  }
}

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
    case 'elsewhere':
      return elsewhereExplanation(state.owner);
    case 'stopped':
      return lastExit ? `Last time: ${lastExit.reason}.` : 'It has not been started yet.';
    default:
      return null;
  }
}

/** `its 3 tasks are`. */
function workOf({ report }: GatewayView): string {
  const busy = report?.busy ?? 0;
  return busy === 1 ? 'its task is' : `its ${busy} tasks are`;
}

function elsewhereExplanation({ type, name, takesOrders }: Owner): string {
  if (type === 'remote') return `It is asked at ${name}.`;
  return takesOrders
    ? `${name} looks after it. Start, Stop and Restart are passed on.`
    : `It is run by ${name}, and left alone here. When it ends, Holdfast runs it.`;
}

export const PROOF_NAME: Readonly<Record<Proof, string>> = {
  verified: 'Verified',
  healthy: 'Healthy',
  alive: 'Alive',
};

export const PROOF_MEANING: Readonly<Record<Proof, string>> = {
  verified: 'It answered with its own secret mark and its build.',
  healthy: 'Its health check passes.',
  alive: 'Its process lives; nothing more can be asked of it.',
};

export const POLICY_NAME: Readonly<Record<GatewayView['policy'], string>> = {
  keep: 'Keeps running',
  swap: 'Swapped in a moment',
  release: 'Stopped meanwhile',
};

export const POLICY_MEANING: Readonly<Record<GatewayView['policy'], string>> = {
  keep: 'runs on through the whole update',
  swap: 'runs on until the new version is up, then is replaced in a moment',
  release: 'is stopped while its files are replaced, then started again',
};

const RUNG_NAME: Readonly<Record<Escape['rung'], string>> = {
  setsid: 'A session of its own',
  'systemd-run': 'A unit of your systemd',
  'cgroup-move': 'A control group of its own',
  'flatpak-spawn': 'On the host, outside the sandbox',
  breakaway: 'Outside the app’s job',
  'no-breakaway': 'A process group of its own',
  'other-parent': 'Another parent process',
  wmi: 'Started by Windows itself',
  'scheduled-task': 'Started as a scheduled task',
};

const SURVIVAL: Readonly<Record<Escape['proof'], string>> = {
  proven: 'proven to outlive the app',
  assumed: 'expected to outlive the app, not proven',
  impossible: 'can’t outlive the app on this system',
};

/** `A session of its own, proven to outlive the app`. */
export function escapeName({ rung, proof }: Escape): string {
  return `${RUNG_NAME[rung]}, ${SURVIVAL[proof]}`;
}

/** What the watcher is doing for an update, as a sentence. */
export const PHASE_SENTENCE: Readonly<Record<CarryPhase, string>> = {
  armed: 'The watcher is ready to see the update through.',
  releasing: 'Stopping the gateways whose files are replaced.',
  released: 'The files are free. Installing now.',
  'handed-over': 'The watcher has taken over. Holdfast restarts in a moment.',
  replacing: 'Starting the new gateway.',
  proving: 'Waiting for the new gateway to prove itself.',
  'starting-app': 'Starting the new Holdfast.',
  soaking: 'The new version is running. It counts once it has stayed healthy for a while.',
  'putting-back': 'Something went wrong. Putting everything back as it was.',
};

/** The sentence of a phase the watcher named; anything else is a sentence already. */
export function phaseSentence(phase: string): string {
  const known = Object.entries(PHASE_SENTENCE).find(([name]) => name === phase);
  return known ? known[1] : phase;
}
