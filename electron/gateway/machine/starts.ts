/** How a start goes, and when the next one is made. */
import type { GatewayState } from '../../contract/gateway.ts';
import type { Context, Event, Model, Step } from '../model.ts';
import { activeState } from '../model.ts';
import { afterStart, budgetMs } from './backoff.ts';
import { backOff, cancelTimer, fail, goTo, same, save } from './steps.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** The delay before a start is over, or a failure that may pass is checked again. */
export function due(model: Model, context: Context): Step {
  const { state } = model;
  if (model.desired === 'stopped') return same(model);
  if (state.status !== 'waiting' && state.status !== 'failed') return same(model);
  // A failure is checked often; another start must be within the budget.
  const delayMs = state.status === 'failed' ? budgetMs(model.backoff, context.now) : 0;
  return goTo(model, context, { delayMs, problem: state.problem, checkFirst: true });
}

export function spawned(model: Model, { identity }: Of<'spawned'>, context: Context): Step {
  const startedAt = context.wall;
  const attempt = model.backoff.failures;
  const counted = { ...model, backoff: afterStart(model.backoff, context.now) };
  return starting(counted, { identity, startedAt, attempt, adopted: false }) ?? same(model);
}

export function adopted(model: Model, { identity, startedAt }: Of<'adopted'>): Step {
  return starting(model, { identity, startedAt, attempt: 0, adopted: true }) ?? same(model);
}

type Starting = Extract<GatewayState, { status: 'starting' }>;

/** Null: a process of it is alive already. */
function starting(model: Model, process: Omit<Starting, 'status'>): Step | null {
  if (activeState(model.state)) return null;
  return {
    model: { ...model, state: { status: 'starting', ...process } },
    effects: [cancelTimer, { type: 'await-ready' }, save],
  };
}

export function spawnFailed(model: Model, event: Of<'spawn-failed'>, context: Context): Step {
  if (model.state.status !== 'waiting') return same(model);
  return event.busy
    ? backOff(model, context, event.problem)
    : fail(model, context, event.problem, { mayPass: true });
}
