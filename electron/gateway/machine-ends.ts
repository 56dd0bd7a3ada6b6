/** What an end means beyond its exit code: a daemon that was left behind, a service that was started, last words. */
import type { Problem } from '../contract/gateway.ts';
import { afterFailure } from './backoff.ts';
import { goTo, rest, save } from './machine-steps.ts';
import type { Context, Event, Live, Model, Step } from './model.ts';

type Exited = Extract<Event, { type: 'exited' }>;

/** A server that serves for so long is none that only starts something. */
const quickMs = 10_000;
/** Once and twice may be bad luck. */
const timesUntilSaid = 3;
/** How long a daemon may take until it listens. */
export const backgroundLookMs = 3_000;

/** How often in a row it has ended with 0 within seconds, after this end. */
export function quickEnds(before: Model, exit: Exited, live: Live, context: Context): number {
  const asksForRestart = context.exitCodes.restart.includes(0);
  const quick = exit.code === 0 && !asksForRestart && context.wall - live.startedAt < quickMs;
  return quick && live.status !== 'stopping' ? before.quickEnds + 1 : 0;
}

/** Null: nothing special. */
export function onlyStartsSomething(
  model: Model,
  exit: { readonly code: number | null; readonly conflict: Problem | null; readonly ms: number },
  name: string,
): Problem | null {
  if (exit.code !== 0 || model.quickEnds === 0) return null;
  const ended = `${name} ended with exit code 0 after ${seconds(exit.ms)}`;
  const hint =
    'Give Holdfast the command that runs the server in the foreground, or leave it to the one who runs it.';
  if (exit.conflict) {
    const message = `${ended}. ${exit.conflict.message} Its command seems to only start a service.`;
    return { message, hint };
  }
  if (model.quickEnds < timesUntilSaid) return null;
  const times = model.quickEnds === timesUntilSaid ? 'three times' : `${model.quickEnds} times`;
  return { message: `${ended}, ${times} in a row: it seems to only start a service.`, hint };
}

function seconds(ms: number): string {
  return `${(Math.max(ms, 0) / 1_000).toFixed(1)} s`;
}

/** Its leader has ended with 0 and something of it lives: wait for who is taken over, or start again. */
export function wentToBackground(model: Model, context: Context): Step {
  const { delayMs, ladder } = afterFailure(model.ladder, context.now, context.random);
  const message = `${context.name} went to the background. Holdfast looks for the process that serves.`;
  const delay = Math.max(delayMs, backgroundLookMs);
  return goTo({ ...model, ladder }, context, delay, { message }, true);
}

/** Its own command has stopped it: that is what its user wants, until it is started again. */
export function stoppedByItself(model: Model): Step {
  const step = rest(model, { status: 'stopped' });
  return { model: step.model, effects: [...step.effects, save] };
}

/** Follows an end at once: what the process has printed last. */
export function heard(model: Model, event: Extract<Event, { type: 'heard' }>): Step {
  const { lastExit, state } = model;
  if (!lastExit) return { model, effects: [] };
  const { output, telling } = event;
  const next: Model = { ...model, lastExit: { ...lastExit, output: [...output] } };
  if (telling === null || (state.status !== 'waiting' && state.status !== 'failed')) {
    return { model: next, effects: [save] };
  }
  const message = `${state.problem.message} It last printed: “${telling}”`;
  return {
    model: { ...next, state: { ...state, problem: { ...state.problem, message } } },
    effects: [save],
  };
}
