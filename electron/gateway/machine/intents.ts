/** What the user or an update wants of a gateway. */
import type { EndedBy } from '../../contract/gateway.ts';
import type { Context, Model, Step } from '../model.ts';
import { activeState } from '../model.ts';
import { end, same, save, saveNow, settle, startFresh } from './steps.ts';

export function intend(
  model: Model,
  intent: 'start' | 'stop' | 'restart',
  context: Context,
  by?: EndedBy,
): Step {
  const { state } = model;
  const active = activeState(state);
  const desired = intent === 'stop' ? 'stopped' : 'running';
  const wanted: Model = { ...model, desired, restartWhenIdle: false };
  const desiredOnly: Step = { model: wanted, effects: [saveNow] };
  if (state.status === 'released') return desiredOnly;
  if (state.status === 'stopping') {
    if (state.next === 'release') return desiredOnly;
    const next = intent === 'stop' ? 'stop' : 'restart';
    return { model: { ...askedToEnd(wanted, by), state: { ...state, next } }, effects: [save] };
  }
  if (!active) {
    const step =
      intent === 'stop'
        ? settle(wanted, { status: 'stopped' })
        : startFresh(wanted, context, { checkFirst: true });
    return { model: step.model, effects: [saveNow, ...step.effects] };
  }
  if (intent === 'start') return desiredOnly;
  return end(wanted, active, context, { next: intent, by });
}

/** An end is under way: the first request for it counts, and before that Holdfast's own reason. */
function askedToEnd(model: Model, by: EndedBy | undefined): Model {
  const stopBy = model.stopReason ? (by ?? null) : model.stopBy;
  return { ...model, stopBy, stopReason: null };
}

export function restartWhenIdle(model: Model, context: Context, by?: EndedBy): Step {
  const { status } = model.state;
  if (status !== 'running' && status !== 'degraded') return intend(model, 'restart', context, by);
  return { model: { ...model, restartWhenIdle: true, stopBy: by ?? null }, effects: [] };
}

export function idle(model: Model, context: Context): Step {
  if (!model.restartWhenIdle) return same(model);
  return intend(model, 'restart', context, model.stopBy ?? undefined);
}

export function release(model: Model, context: Context, by?: EndedBy): Step {
  const { state } = model;
  if (state.status === 'released') return same(model);
  if (state.status === 'stopping') {
    const stopping = { ...state, next: 'release' as const };
    return { model: { ...askedToEnd(model, by), state: stopping }, effects: [save] };
  }
  const active = activeState(state);
  return active
    ? end(model, active, context, { next: 'release', by })
    : settle(model, { status: 'released', since: context.wall });
}

export function resume(model: Model, context: Context): Step {
  const { state } = model;
  if (state.status === 'stopping' && state.next === 'release') {
    const next = model.desired === 'running' ? 'restart' : 'stop';
    return { model: { ...model, state: { ...state, next } }, effects: [save] };
  }
  if (state.status !== 'released') return same(model);
  if (model.desired === 'stopped') return settle(model, { status: 'stopped' });
  return startFresh(model, context, { checkFirst: false });
}
