/**
 * A gateway that runs and is someone else's to look after: systemd, another supervisor, a terminal,
 * another machine. It is watched, never fought over: it is neither stopped nor started here, but
 * its owner is asked to, where it takes orders.
 *
 *                     found-elsewhere                  elsewhere-gone
 *   waiting, failed ─────────────────► ┌───────────┐ ─── the owner takes none ───────► waiting
 *                                      │ elsewhere │ ─── nobody wants it to run ─────► stopped
 *     start, stop, restart: an order ► └───────────┘ ─── else: looks again later ──┐
 *                                            ▲───────────────────────────────────┘
 */
import type { GatewayState, Problem } from '../contract/gateway.ts';
import { goTo, rest, same, save, saveNow } from './machine-steps.ts';
import type { Context, Event, Model, Order, Step } from './model.ts';

type Elsewhere = Extract<GatewayState, { status: 'elsewhere' }>;

/** Null: the event is not about a gateway elsewhere. */
export function reduceElsewhere(model: Model, event: Event, context: Context): Step | null {
  const { state } = model;
  if (event.type === 'found-elsewhere') return found(model, event, context);
  if (state.status !== 'elsewhere') return null;
  switch (event.type) {
    case 'elsewhere-finding':
      return showing(model, state, event.problem);
    case 'elsewhere-gone':
      return gone(model, state, context);
    case 'due':
      return { model, effects: [{ type: 'look-elsewhere' }] };
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
  { owner }: Extract<Event, { type: 'found-elsewhere' }>,
  context: Context,
): Step | null {
  const { state } = model;
  const mayBe = ['waiting', 'failed', 'elsewhere', 'stopped'].includes(state.status);
  if (!mayBe) return null;
  const known = state.status === 'elsewhere' && state.owner.pid === owner.pid ? state : null;
  const next: GatewayState = {
    status: 'elsewhere',
    owner,
    since: known?.since ?? context.wall,
  };
  const { model: rested, effects } = rest(model, next);
  return { model: rested, effects: [...effects, { type: 'watch-elsewhere' }] };
}

function showing(model: Model, state: Elsewhere, problem: Problem | null): Step {
  const { problem: before, ...kept } = state;
  if (before?.message === problem?.message) return same(model);
  return {
    model: { ...model, state: problem === null ? kept : { ...kept, problem } },
    effects: [],
  };
}

function gone(model: Model, state: Elsewhere, context: Context): Step {
  if (model.desired === 'stopped') return rest(model, { status: 'stopped' });
  const { name } = context;
  if (!state.owner.takesOrders) {
    return goTo(model, context, 0, { message: `${name} has ended elsewhere.` }, true);
  }
  const problem = {
    message: `${name} does not run. ${state.owner.name} looks after it and has not brought it back.`,
    hint: 'Press Start to ask for that. To have Holdfast run it, disable it there, then press Start.',
  };
  const step = showing(model, state, problem);
  return { ...step, effects: [{ type: 'timer', ms: context.recheckMs }] };
}

/** Who takes no orders is not asked: the supervisor refuses that with a sentence before. */
function intend(model: Model, state: Elsewhere, order: Order): Step {
  const desired = order === 'stop' ? 'stopped' : 'running';
  const wanted: Model = { ...model, desired };
  if (!state.owner.takesOrders) {
    // Nothing of it is ours: not to watch it any more is all that stopping means.
    if (order === 'stop') {
      const step = rest(wanted, { status: 'stopped' });
      return { ...step, effects: [saveNow, ...step.effects] };
    }
    return { model: wanted, effects: [saveNow] };
  }
  if (order === 'start' && state.problem === undefined)
    return { model: wanted, effects: [saveNow] };
  return { model: wanted, effects: [saveNow, { type: 'order', order }] };
}
