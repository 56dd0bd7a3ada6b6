/**
 * A gateway that runs and is managed by someone else: systemd, another supervisor, a terminal, another
 * machine. It is watched and never fought over: Holdfast neither stops nor starts it, but asks its
 * owner to, where the owner takes orders.
 *
 *                     external-found                   external-ended
 *   waiting, failed ─────────────────► ┌──────────┐ ─── the owner takes no orders ──► waiting
 *                                      │ external │ ─── it is not wanted to run ────► stopped
 *     start, stop, restart: an order ► └──────────┘ ─── else: checked again later ─┐
 *                                            ▲─────────────────────────────────────┘
 */
import type { GatewayState, Problem } from '../../contract/gateway.ts';
import type { Context, Effect, Event, Model, Order, Step } from '../model.ts';
import { goTo, same, save, saveNow, settle } from './steps.ts';

type ExternalState = Extract<GatewayState, { status: 'external' }>;

const forget: Effect = { type: 'forget-external' };

/** Null: the event is not about an external gateway. */
export function reduceExternal(model: Model, event: Event, context: Context): Step | null {
  const { state } = model;
  if (event.type === 'external-found') return found(model, event, context);
  if (state.status !== 'external') return null;
  switch (event.type) {
    case 'external-checked':
      return withProblem(model, state, event.problem);
    case 'external-ended':
      return ended(model, state, context);
    case 'due':
      return { model, effects: [{ type: 'find-external' }] };
    case 'start':
    case 'stop':
    case 'restart':
      return intend(model, state, event.type);
    case 'restart-when-idle':
      return intend(model, state, 'restart');
    case 'release':
      return { model, effects: [save] };
    default:
      return null;
  }
}

function found(
  model: Model,
  { owner }: Extract<Event, { type: 'external-found' }>,
  context: Context,
): Step | null {
  const { state } = model;
  const mayBe = ['waiting', 'failed', 'external', 'stopped'].includes(state.status);
  if (!mayBe) return null;
  const known = state.status === 'external' && state.owner.pid === owner.pid ? state : null;
  const since = known?.since ?? context.wall;
  const step = settle(model, { status: 'external', owner, since });
  return { model: step.model, effects: [...step.effects, { type: 'watch-external' }] };
}

function withProblem(model: Model, state: ExternalState, problem: Problem | null): Step {
  const { problem: before, ...well } = state;
  if (before?.message === problem?.message) return same(model);
  const next = problem === null ? well : { ...well, problem };
  return { model: { ...model, state: next }, effects: [] };
}

function ended(model: Model, state: ExternalState, context: Context): Step {
  const { name } = context;
  if (model.desired === 'stopped') return leave(settle(model, { status: 'stopped' }));
  if (!state.owner.takesOrders) {
    const problem = { message: `${name} has ended.` };
    return leave(goTo(model, context, { delayMs: 0, problem, checkFirst: true }));
  }
  const problem = {
    message: `${name} does not run. ${state.owner.name} looks after it and has not brought it back.`,
    hint: 'Press Start to ask for that. To have Holdfast run it, disable it there, then press Start.',
  };
  const step = withProblem(model, state, problem);
  return { ...step, effects: [{ type: 'timer', ms: context.recheckMs }] };
}

/** An owner that takes no orders is not asked; the supervisor says so before it comes to this. */
function intend(model: Model, state: ExternalState, order: Order): Step {
  const desired = order === 'stop' ? 'stopped' : 'running';
  const wanted: Model = { ...model, desired };
  if (state.owner.takesOrders) {
    const runs = order === 'start' && state.problem === undefined;
    return { model: wanted, effects: runs ? [saveNow] : [saveNow, { type: 'order', order }] };
  }
  if (order !== 'stop') return { model: wanted, effects: [saveNow] };
  // Nothing of it is ours: to stop means no more than not to watch it.
  const step = leave(settle(wanted, { status: 'stopped' }));
  return { ...step, effects: [saveNow, ...step.effects] };
}

function leave(step: Step): Step {
  return { ...step, effects: [forget, ...step.effects] };
}
