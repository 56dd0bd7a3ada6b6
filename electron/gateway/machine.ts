/**
 * One gateway's life as a pure reducer: state and event in, state and effects out. The driver
 * (supervisor.ts) carries the effects out in their order and reports back as events.
 *
 *                 start            spawned              ready
 *     ┌─────────┐ ────► ┌─────────┐ ────► ┌──────────┐ ─────► ┌─────────┐ ◄─► ┌──────────┐
 *     │ stopped │       │ waiting │       │ starting │        │ running │     │ degraded │
 *     └─────────┘       └─────────┘ ◄──── └──────────┘        └─────────┘     └──────────┘
 *          ▲              ▲  │  ▲  exited     │                    │ exited        │ exited
 *          │              │  │  └─────────────┼────────────────────┴───────────────┘
 *          │        ended │  │ spawn-failed,  │ stop, restart, release, hung, overdue, port-held
 *          │              │  ▼ port-held      ▼
 *          │              │ ┌────────┐   ┌──────────┐  ended   ┌──────────┐
 *          └──────────────┼─┤ failed │   │ stopping ├────────► │ released ├─ resume ─► waiting
 *            ended        │ └────────┘   └────┬─────┘          └──────────┘
 *                         └───────────────────┘
 *
 * Beside all this stands `elsewhere`: it runs, but someone else looks after it (machine-elsewhere.ts).
 *
 * `degraded` is also who lives but was not ready in time (`unready`): from there `ready` leads to
 * `running`, and `overdue` to `stopping`, as from `starting`.
 *
 * `waiting` with a delay of zero is passed through within one step: a killed gateway is started
 * again inside its exit event. `failed` looks again by itself when the cause can go away by itself.
 */
import type { GatewayState, Problem } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import { afterHealth, afterStart, budgetMs, healthyMs } from './backoff.ts';
import { reduceElsewhere } from './machine-elsewhere.ts';
import {
  heard,
  onlyStartsSomething,
  quickEnds,
  stoppedByItself,
  wentToBackground,
} from './machine-ends.ts';
import {
  cancelTimer,
  climb,
  describeExit,
  end,
  fail,
  goTo,
  killedAfter,
  rest,
  same,
  save,
  saveNow,
  startFresh,
  wasStoppedByItself,
} from './machine-steps.ts';
import {
  type Context,
  type Effect,
  type Event,
  type Live,
  livingIn,
  type Model,
  type Step,
} from './model.ts';

function sameProcess(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt;
}

export function reduce(model: Model, event: Event, context: Context): Step {
  const { state } = model;
  const elsewhere = reduceElsewhere(model, event, context);
  if (elsewhere) return elsewhere;
  const live = livingIn(state);
  switch (event.type) {
    case 'found-elsewhere':
    case 'elsewhere-finding':
    case 'elsewhere-gone':
      return same(model);
    case 'start':
    case 'stop':
    case 'restart':
      return intend(model, event.type, context);
    case 'restart-when-idle':
      if (state.status !== 'running' && state.status !== 'degraded') {
        return intend(model, 'restart', context);
      }
      return { model: { ...model, restartWhenIdle: true }, effects: [] };
    case 'idle':
      return model.restartWhenIdle ? intend(model, 'restart', context) : same(model);
    case 'release':
      if (state.status === 'stopping') {
        return {
          model: { ...model, state: { ...state, next: 'release' }, trouble: null },
          effects: [save],
        };
      }
      if (state.status === 'released') return same(model);
      return live
        ? end(model, live, context, 'release')
        : rest(model, { status: 'released', since: context.wall });
    case 'resume':
      if (state.status === 'stopping' && state.next === 'release') {
        const next = model.desired === 'running' ? 'restart' : 'stop';
        return { model: { ...model, state: { ...state, next } }, effects: [save] };
      }
      if (state.status !== 'released') return same(model);
      if (model.desired === 'stopped') return rest(model, { status: 'stopped' });
      return startFresh(model, context, false);
    case 'spawned': {
      if (live) return same(model);
      const { identity } = event;
      const next: GatewayState = {
        status: 'starting',
        identity,
        startedAt: context.wall,
        adopted: false,
        attempt: model.ladder.failures,
      };
      const ladder = afterStart(model.ladder, context.now);
      return {
        model: { ...model, ladder, state: next },
        effects: [cancelTimer, { type: 'probe' }, save],
      };
    }
    case 'spawn-failed':
      if (state.status !== 'waiting') return same(model);
      if (event.busy) return climb(model, context, event.problem);
      return fail(model, context, event.problem, true);
    case 'adopted': {
      if (live) return same(model);
      const { identity, startedAt } = event;
      const next: GatewayState = {
        status: 'starting',
        identity,
        startedAt,
        adopted: true,
        attempt: 0,
      };
      return { model: { ...model, state: next }, effects: [cancelTimer, { type: 'probe' }, save] };
    }
    case 'ready': {
      if (!isUnready(state)) return same(model);
      const { identity, startedAt, adopted } = state;
      const { proof, readyAt } = event;
      const next: GatewayState = {
        status: 'running',
        identity,
        startedAt,
        adopted,
        readyAt,
        proof,
      };
      return {
        model: { ...model, state: next, servingSince: context.now },
        effects: [{ type: 'watch' }, save],
      };
    }
    case 'complaint':
      return complain(model, event.problem);
    case 'unready':
      return unready(model, event.problem, context);
    case 'recovered': {
      if (state.status !== 'degraded' || state.unready) return same(model);
      const { problem: _, ...kept } = state;
      return {
        model: { ...model, state: { ...kept, status: 'running', proof: event.proof } },
        effects: [],
      };
    }
    case 'overdue':
      if (!isUnready(state)) return same(model);
      return end(model, state, context, 'restart', { problem: event.problem, leadsTo: 'ladder' });
    case 'hung':
      if (state.status !== 'running' && state.status !== 'degraded') return same(model);
      return end(
        model,
        state,
        context,
        'restart',
        { problem: event.problem, leadsTo: 'ladder' },
        event.hears,
      );
    case 'port-held':
      if (state.status === 'waiting') return fail(model, context, event.problem, true);
      if (state.status !== 'starting') return same(model);
      return end(model, state, context, 'restart', { problem: event.problem, leadsTo: 'failed' });
    case 'heard':
      return heard(model, event);
    case 'exited':
      return live ? exited(model, live, event, context) : same(model);
    case 'ended':
      if (!live || !sameProcess(live.identity, event.identity)) return same(model);
      return ended(afterKills(model, event.killed), event.problem, context);
    case 'due':
      if (model.desired === 'stopped') return same(model);
      if (state.status !== 'waiting' && state.status !== 'failed') return same(model);
      // A failure that may pass is looked at often; started again it is within the budget alone.
      if (state.status === 'failed') {
        return goTo(model, context, budgetMs(model.ladder, context.now), state.problem, true);
      }
      return goTo(model, context, 0, state.problem, true);
  }
}

function intend(model: Model, intent: 'start' | 'stop' | 'restart', context: Context): Step {
  const { state } = model;
  const live = livingIn(state);
  const desired = intent === 'stop' ? 'stopped' : 'running';
  const wanted: Model = { ...model, desired, restartWhenIdle: false };
  const keep: Step = { model: wanted, effects: [saveNow] };
  if (state.status === 'released') return keep;
  if (state.status === 'stopping') {
    if (state.next === 'release') return keep;
    const next = intent === 'stop' ? 'stop' : 'restart';
    return { model: { ...wanted, state: { ...state, next }, trouble: null }, effects: [save] };
  }
  if (!live) {
    const step =
      intent === 'stop' ? rest(wanted, { status: 'stopped' }) : startFresh(wanted, context, true);
    return { model: step.model, effects: [saveNow, ...step.effects] };
  }
  if (intent === 'start') return keep;
  return end(wanted, live, context, intent);
}

type Unready = Extract<GatewayState, { status: 'starting' | 'degraded' }>;

/** It lives, and was not ready yet. */
function isUnready(state: GatewayState): state is Unready {
  return state.status === 'starting' || (state.status === 'degraded' && state.unready === true);
}

function unready(model: Model, problem: Problem, context: Context): Step {
  const { state } = model;
  if (state.status === 'degraded' && state.unready) return complain(model, problem);
  if (state.status !== 'starting') return same(model);
  const { identity, startedAt, adopted } = state;
  const next: GatewayState = {
    status: 'degraded',
    identity,
    startedAt,
    adopted,
    readyAt: context.wall,
    unready: true,
    problem,
  };
  // It may well serve its users: if it ends in an hour, that was no failed start.
  return {
    model: { ...model, state: next, servingSince: context.now },
    effects: [{ type: 'watch' }, save],
  };
}

function complain(model: Model, problem: Problem): Step {
  const { state } = model;
  if (state.status === 'degraded') {
    return { model: { ...model, state: { ...state, problem } }, effects: [] };
  }
  if (state.status !== 'running') return same(model);
  const { proof: _, ...kept } = state;
  return { model: { ...model, state: { ...kept, status: 'degraded', problem } }, effects: [] };
}

function exited(
  before: Model,
  live: Live,
  event: Extract<Event, { type: 'exited' }>,
  context: Context,
): Step {
  const { code, signal } = event;
  const stopping = live.status === 'stopping';
  const reason = describeExit(event, stopping, live.adopted);
  const healthy = before.servingSince !== null && context.now - before.servingSince >= healthyMs;
  const trouble = before.trouble?.problem.message.replace(/\.$/, '');
  const model: Model = {
    ...before,
    restartWhenIdle: false,
    quickEnds: quickEnds(before, event, live, context),
    lastExit: {
      code,
      signal,
      at: context.wall,
      reason: trouble ? trouble + killedAfter(event.killedAfterMs) : reason,
    },
    ladder: healthy ? afterHealth(before.ladder) : before.ladder,
  };
  if (stopping) {
    // Stop and release wait for the whole tree (`ended`); a restart only when some of it may live.
    if (live.next !== 'restart' || event.family) return { model, effects: [save] };
    return afterRestartStop(model, context);
  }
  if (event.background) return wentToBackground(model, context);
  const sweep: Effect = { type: 'sweep', identity: live.identity };
  const ms = context.wall - live.startedAt;
  const step = wasStoppedByItself(event)
    ? stoppedByItself(model)
    : unplanned(model, { ...event, reason, ms, adopted: live.adopted }, context);
  return { model: step.model, effects: [...step.effects, sweep, save] };
}

/** Once or twice it may update itself or wait for another; then the request is what fails. */
const inVainTimes = 2;

function unplanned(
  model: Model,
  exit: Extract<Event, { type: 'exited' }> & { reason: string; ms: number; adopted: boolean },
  context: Context,
): Step {
  const { name, exitCodes } = context;
  const service = onlyStartsSomething(model, exit, name);
  if (exit.conflict && service) return fail(model, context, service, true);
  if (exit.conflict) return fail(model, context, exit.conflict, true);
  if (exit.code !== null && exitCodes.fatal.includes(exit.code)) {
    const why = exit.told?.reason ? ` It says: ${exit.told.reason}` : '';
    const message = `${name} refused to run (exit code ${exit.code}) and says that another start is pointless.${why}`;
    return fail(
      model,
      context,
      { message, hint: 'Its log says why. Repair the cause, then start it.' },
      false,
    );
  }
  const byCode = exit.code !== null && exitCodes.restart.includes(exit.code);
  const { failures } = model.ladder;
  const inVain = model.servingSince === null && failures >= inVainTimes;
  const byFile = exit.told?.restart === true;
  // An older kernel tells its exit code to its parent alone. Once it is ours again, it is known.
  const mayHaveAsked = exit.adopted && exit.code === null && exit.signal === null;
  const asked = byCode || byFile || (mayHaveAsked && exitCodes.restart.length > 0);
  const sign = byCode ? `exit code ${exit.code}` : 'its state file says so';
  const asks = `${name} asked to be started again (${sign})`;
  const request = inVain ? `${asks} ${failures + 1} times without ever being ready.` : `${asks}.`;
  const message = byCode || byFile ? request : `${name} ended by itself: ${exit.reason}.`;
  const problem = (asked ? null : service) ?? { message };
  return climb(
    { ...model, restarts: model.restarts + (asked && !inVain ? 0 : 1) },
    context,
    problem,
  );
}

function afterRestartStop(model: Model, context: Context): Step {
  const { trouble } = model;
  if (trouble === null) return startFresh(model, context, false);
  if (trouble.leadsTo === 'failed') return fail(model, context, trouble.problem, true);
  return climb({ ...model, restarts: model.restarts + 1 }, context, trouble.problem);
}

/** Its leader ended in time, but not all of its family did. */
function afterKills(model: Model, killed: Extract<Event, { type: 'ended' }>['killed']): Model {
  if (!killed || !model.lastExit) return model;
  const who = killed.count === 1 ? 'a process of it ' : `${killed.count} processes of it `;
  const how = killedAfter(killed.afterMs, who);
  return { ...model, lastExit: { ...model.lastExit, reason: model.lastExit.reason + how } };
}

function ended(model: Model, problem: Problem | null, context: Context): Step {
  const { state } = model;
  if (state.status !== 'stopping') return same(model);
  if (problem) return fail(model, context, problem, false);
  if (state.next === 'release') return rest(model, { status: 'released', since: context.wall });
  if (state.next === 'stop') return rest(model, { status: 'stopped' });
  return afterRestartStop(model, context);
}
