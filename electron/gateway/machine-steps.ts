/** The steps that the reducer (machine.ts) is made of: one per way to go on. */
import type { GatewayState, Problem } from '../contract/gateway.ts';
import { afterFailure, freshLadder } from './backoff.ts';
import type { Hearing } from './judgement.ts';
import type { Context, Effect, Event, Live, Model, Step } from './model.ts';

export const save: Effect = { type: 'save', when: 'soon' };
/** For what must not be forgotten when the watcher dies now. */
export const saveNow: Effect = { type: 'save', when: 'now' };
export const cancelTimer: Effect = { type: 'cancel-timer' };

export function same(model: Model): Step {
  return { model, effects: [] };
}

/** On the way to a start, now or after a delay. */
export function goTo(
  model: Model,
  context: Context,
  delayMs: number,
  problem: Problem,
  careful: boolean,
): Step {
  const { wall } = context;
  const state: GatewayState = {
    status: 'waiting',
    until: wall + delayMs,
    attempt: model.ladder.failures,
    problem,
  };
  const next = { ...model, state, servingSince: null, trouble: null };
  if (delayMs <= 0) return { model: next, effects: [cancelTimer, { type: 'spawn', careful }] };
  return { model: next, effects: [{ type: 'timer', ms: delayMs }, save] };
}

export function startFresh(model: Model, context: Context, careful: boolean): Step {
  const step = goTo(
    { ...model, ladder: freshLadder },
    context,
    0,
    { message: 'Starts now.' },
    careful,
  );
  return { model: step.model, effects: [...step.effects, save] };
}

export function climb(model: Model, context: Context, problem: Problem): Step {
  const { delayMs, ladder } = afterFailure(model.ladder, context.now, context.random);
  return goTo({ ...model, ladder }, context, delayMs, problem, false);
}

export function rest(model: Model, state: GatewayState): Step {
  return {
    model: { ...model, state, servingSince: null, trouble: null },
    effects: [cancelTimer, save],
  };
}

export function fail(model: Model, context: Context, problem: Problem, passing: boolean): Step {
  const step = rest(model, { status: 'failed', problem });
  if (!passing || model.desired === 'stopped') return step;
  return { ...step, effects: [...step.effects, { type: 'timer', ms: context.recheckMs }] };
}

/** Ends the living process; what comes after is in `next` and `trouble`. */
export function end(
  model: Model,
  live: Live,
  context: Context,
  next: 'stop' | 'restart' | 'release',
  trouble: Model['trouble'] = null,
  hears: Hearing = 'hears',
): Step {
  // Who can't hear is not asked.
  const graceMs = hears === 'deaf' ? 0 : context.graceMs;
  const doubtful = hears === 'doubtful';
  const { identity, startedAt, adopted } = live;
  const state: GatewayState = {
    status: 'stopping',
    identity,
    startedAt,
    adopted,
    deadline: context.wall + graceMs,
    next,
  };
  return {
    model: { ...model, state, trouble, restartWhenIdle: false },
    effects: [cancelTimer, saveNow, { type: 'end', identity, graceMs, doubtful }],
  };
}

/** What every shell says by these. */
const meanings: Readonly<Record<number, string>> = {
  126: ' (the command can’t be run)',
  127: ' (a command was not found)',
};

/** An adopted one's exit code may not be known; an accident is told with another one than 0. */
export function wasStoppedByItself({
  code,
  signal,
  told,
}: Pick<Extract<Event, { type: 'exited' }>, 'code' | 'signal' | 'told'>): boolean {
  return told?.stopped === true && !told.restart && signal === null && (code ?? 0) === 0;
}

export function describeExit(
  exit: Extract<Event, { type: 'exited' }>,
  stopping: boolean,
  adopted: boolean,
): string {
  const { code, signal, told } = exit;
  if (stopping) return `stopped by Holdfast${killedAfter(exit.killedAfterMs)}`;
  if (signal !== null) return `ended by ${signal}`;
  if (exit.background) return 'went to the background';
  if (wasStoppedByItself(exit)) return 'stopped by its own command';
  const said = told?.reason ? `it says: ${told.reason}` : null;
  const meaning = meanings[code ?? 0] ?? '';
  if (code !== null) return `exit code ${code}${meaning}${said === null ? '' : `; ${said}`}`;
  if (said !== null) return `ended; ${said}`;
  return adopted
    ? 'ended; its exit code is not known, as it was adopted'
    : 'ended for an unknown reason';
}

/** To be put behind how it ended: '' when its grace was enough. */
export function killedAfter(graceMs: number | undefined, who = ''): string {
  if (graceMs === undefined) return '';
  return `; ${who}killed after ${graceMs / 1_000} s, the grace in its profile`;
}
