/** The steps that the machine is made of: one for each way to go on. */
import type { EndedBy, GatewayState, Problem } from '../../contract/gateway.ts';
import type { CanHear } from '../health/judgement.ts';
import type { ActiveState, Context, Effect, Model, Step } from '../model.ts';
import { afterFailure, freshBackoff } from './backoff.ts';

export const save: Effect = { type: 'save', when: 'soon' };
/** For what must not be forgotten if the watcher dies now. */
export const saveNow: Effect = { type: 'save', when: 'now' };
export const cancelTimer: Effect = { type: 'cancel-timer' };

export function same(model: Model): Step {
  return { model, effects: [] };
}

export interface NextStart {
  readonly delayMs: number;
  /** What is shown until then. */
  readonly problem: Problem;
  readonly checkFirst: boolean;
}

/** On the way to a start, at once or after a delay. */
export function goTo(
  model: Model,
  context: Context,
  { delayMs, problem, checkFirst }: NextStart,
): Step {
  const until = context.wall + delayMs;
  const attempt = model.backoff.failures;
  const state: GatewayState = { status: 'waiting', until, attempt, problem };
  const next = { ...model, state, servingSince: null, stopReason: null, stopBy: null };
  if (delayMs <= 0) return { model: next, effects: [cancelTimer, { type: 'spawn', checkFirst }] };
  return { model: next, effects: [{ type: 'timer', ms: delayMs }, save] };
}

export function startFresh(
  model: Model,
  context: Context,
  { checkFirst }: Pick<NextStart, 'checkFirst'>,
): Step {
  const problem = { message: 'Starts now.' };
  const fresh = { ...model, backoff: freshBackoff };
  const step = goTo(fresh, context, { delayMs: 0, problem, checkFirst });
  return { model: step.model, effects: [...step.effects, save] };
}

export function backOff(model: Model, context: Context, problem: Problem): Step {
  const { delayMs, backoff } = afterFailure(model.backoff, context.now, context.random);
  return goTo({ ...model, backoff }, context, { delayMs, problem, checkFirst: false });
}

/** Stays in `state` until something happens. */
export function settle(model: Model, state: GatewayState): Step {
  return {
    model: { ...model, state, servingSince: null, stopReason: null, stopBy: null },
    effects: [cancelTimer, save],
  };
}

/** `mayPass`: the cause can go away by itself, so it is checked again. */
export function fail(
  model: Model,
  context: Context,
  problem: Problem,
  { mayPass }: { readonly mayPass: boolean },
): Step {
  const step = settle(model, { status: 'failed', problem });
  if (!mayPass || model.desired === 'stopped') return step;
  return { ...step, effects: [...step.effects, { type: 'timer', ms: context.recheckMs }] };
}

export interface Ending {
  /** What follows the end of the process. */
  readonly next: 'stop' | 'restart' | 'release';
  readonly reason?: Model['stopReason'];
  /** Whose request it is. */
  readonly by?: EndedBy | undefined;
  readonly canHear?: CanHear;
}

/** Ends the running process. */
export function end(
  model: Model,
  active: ActiveState,
  context: Context,
  { next, reason = null, by, canHear = 'yes' }: Ending,
): Step {
  // A process that can't hear a request is not asked.
  const graceMs = canHear === 'no' ? 0 : context.graceMs;
  const mayNotHear = canHear === 'maybe';
  const { identity, startedAt, adopted } = active;
  const deadline = context.wall + graceMs;
  const state: GatewayState = { status: 'stopping', identity, startedAt, adopted, deadline, next };
  const stopBy: EndedBy | null = reason ? { cause: 'health' } : (by ?? null);
  return {
    model: { ...model, state, stopReason: reason, stopBy, restartWhenIdle: false },
    effects: [cancelTimer, saveNow, { type: 'end', identity, graceMs, mayNotHear }],
  };
}
