/** How the running process is: ready, not well, well again, hung. */
import type { GatewayState, Problem } from '../../contract/gateway.ts';
import type { Context, Event, Model, Step } from '../model.ts';
import { rememberStart } from './past-starts.ts';
import { end, fail, same, save } from './steps.ts';

type Of<T extends Event['type']> = Extract<Event, { type: T }>;
type Unready = Extract<GatewayState, { status: 'starting' | 'degraded' }>;

/** It is alive, and was not ready yet. */
function isUnready(state: GatewayState): state is Unready {
  return state.status === 'starting' || (state.status === 'degraded' && state.unready === true);
}

export function ready(model: Model, event: Of<'ready'>, context: Context): Step {
  const { state } = model;
  const { proof, readyAt, tookMs } = event;
  if (!isUnready(state)) return same(model);
  const { identity, startedAt, adopted } = state;
  const next: GatewayState = { status: 'running', identity, startedAt, adopted, readyAt, proof };
  if (tookMs === undefined || adopted) return serving(model, next, context);
  const pastStarts = rememberStart(model.pastStarts, tookMs);
  return serving({ ...model, pastStarts }, next, context);
}

export function unready(model: Model, problem: Problem, context: Context): Step {
  const { state } = model;
  if (state.status === 'degraded' && state.unready) return withProblem(model, problem);
  if (state.status !== 'starting') return same(model);
  const { identity, startedAt, adopted } = state;
  // It may serve its users all the same: an exit in an hour is no failed start.
  const degraded = { identity, startedAt, adopted, readyAt: context.wall, unready: true, problem };
  return serving(model, { status: 'degraded', ...degraded }, context);
}

function serving(model: Model, state: GatewayState, context: Context): Step {
  return {
    model: { ...model, state, servingSince: context.now },
    effects: [{ type: 'check-health' }, save],
  };
}

export function withProblem(model: Model, problem: Problem): Step {
  const { state } = model;
  if (state.status === 'degraded') {
    return { model: { ...model, state: { ...state, problem } }, effects: [] };
  }
  if (state.status !== 'running') return same(model);
  const { proof: _, ...process } = state;
  return { model: { ...model, state: { ...process, status: 'degraded', problem } }, effects: [] };
}

export function recovered(model: Model, { proof }: Of<'recovered'>): Step {
  const { state } = model;
  if (state.status !== 'degraded' || state.unready) return same(model);
  const { problem: _, ...process } = state;
  return { model: { ...model, state: { ...process, status: 'running', proof } }, effects: [] };
}

export function proved(model: Model, { proof }: Of<'proved'>): Step {
  const { state } = model;
  // One that is not well at present is known for what it is once it is well again.
  if (state.status !== 'running') return { model, effects: [save] };
  return { model: { ...model, state: { ...state, proof } }, effects: [save] };
}

export function overdue(model: Model, problem: Problem, context: Context): Step {
  const { state } = model;
  if (!isUnready(state)) return same(model);
  return end(model, state, context, { next: 'restart', reason: { problem, leadsTo: 'restart' } });
}

export function hung(model: Model, { problem, canHear }: Of<'hung'>, context: Context): Step {
  const { state } = model;
  if (state.status !== 'running' && state.status !== 'degraded') return same(model);
  const reason = { problem, leadsTo: 'restart' } as const;
  return end(model, state, context, { next: 'restart', reason, canHear });
}

/** Another program holds its port, before its start or when it was to become ready. */
export function portHeld(model: Model, problem: Problem, context: Context): Step {
  const { state } = model;
  if (state.status === 'waiting') return fail(model, context, problem, { mayPass: true });
  if (state.status !== 'starting') return same(model);
  return end(model, state, context, { next: 'restart', reason: { problem, leadsTo: 'failed' } });
}
