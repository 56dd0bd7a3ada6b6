/** What follows the end of a process, planned or not. */
import type { EndedBy, Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import { en } from '../../words/en/index.ts';
import type { ActiveState, Context, Effect, Event, Model, Step } from '../model.ts';
import { activeState } from '../model.ts';
import { afterFailure, afterHealth, healthyMs } from './backoff.ts';
import {
  crashed,
  describeExit,
  killedAfter,
  onlyStartsSomething,
  wasStoppedByItself,
  withLastLine,
} from './exit-words.ts';
import { backOff, fail, goTo, same, save, settle, startFresh } from './steps.ts';

type Exited = Extract<Event, { type: 'exited' }>;
type Ended = Extract<Event, { type: 'ended' }>;

/** A process that exits with 0 sooner than this is no server: it only started something. */
const quickMs = 10_000;
/** How long a daemon may take until it listens. */
export const daemonSearchMs = 3_000;
/** A gateway may ask once or twice because it updates itself or waits for another program. */
const requestsInVain = 2;

export function exited(before: Model, event: Exited, context: Context): Step {
  const active = activeState(before.state);
  if (!active) return same(before);
  const reason = describeExit(event, active, before.stopBy);
  const model = afterExit(before, active, event, reason, context);
  if (active.status === 'stopping') {
    // Stop and release wait for the whole tree (`ended`); a restart only when some of it may be alive.
    if (active.next !== 'restart' || event.family) return { model, effects: [save] };
    return afterRestartStop(model, context);
  }
  if (event.background) return wentToBackground(model, context);
  const step = wasStoppedByItself(event)
    ? stoppedByItself(model)
    : unplanned(model, active, event, reason, context);
  const sweep: Effect = { type: 'sweep', identity: active.identity };
  return { model: step.model, effects: [...step.effects, sweep, save] };
}

/** What every exit changes, whatever follows. */
function afterExit(
  before: Model,
  active: ActiveState,
  event: Exited,
  reason: string,
  context: Context,
): Model {
  const { code, signal } = event;
  const { servingSince, backoff } = before;
  const healthy = servingSince !== null && context.now - servingSince >= healthyMs;
  const why = before.stopReason?.problem.message.replace(/\.$/, '');
  const by = active.status === 'stopping' ? before.stopBy : event.by;
  return {
    ...before,
    restartWhenIdle: false,
    quickExits: isQuickExit(event, active, context) ? before.quickExits + 1 : 0,
    lastExit: {
      code,
      signal,
      at: context.wall,
      reason: why ? why + killedAfter(event.killedAfterMs) : reason,
      ...(by ? { by } : {}),
    },
    backoff: healthy ? afterHealth(backoff) : backoff,
  };
}

function isQuickExit({ code }: Exited, active: ActiveState, context: Context): boolean {
  const asksForRestart = context.exitCodes.restart.includes(0);
  const ranMs = context.wall - active.startedAt;
  return code === 0 && !asksForRestart && ranMs < quickMs && active.status !== 'stopping';
}

function unplanned(
  model: Model,
  active: ActiveState,
  exit: Exited,
  reason: string,
  context: Context,
): Step {
  const { name, exitCodes } = context;
  const ranMs = context.wall - active.startedAt;
  const service = onlyStartsSomething(exit, { name, ranMs, times: model.quickExits });
  if (exit.conflict) return fail(model, context, service ?? exit.conflict, { mayPass: true });
  if (exit.code !== null && exitCodes.fatal.includes(exit.code)) {
    return fail(model, context, refusedToRun(exit, name), { mayPass: false });
  }
  const request = askedForRestart(exit, active, context);
  const { failures } = model.backoff;
  const inVain = model.servingSince === null && failures >= requestsInVain;
  const message = request.sign
    ? `${name} asked to be started again (${request.sign})${inVain ? ` ${failures + 1} times without ever being ready` : ''}.`
    : crashed(name, exit.code, reason);
  const restarts = model.restarts + (request.asked && !inVain ? 0 : 1);
  const problem = (request.asked ? null : service) ?? { message };
  return backOff({ ...model, restarts }, context, problem);
}

function refusedToRun({ code, exitReport }: Exited, name: string): Problem {
  const why = exitReport?.reason ? ` It says: ${exitReport.reason}` : '';
  return {
    message: `${name} refused to run (exit code ${code}) and says that another start is pointless.${why}`,
    hint: 'Its log says why. Repair the cause, then start it.',
  };
}

/** Whether it exited in order to be started again; `sign`: how that is known. */
function askedForRestart(
  exit: Exited,
  { adopted }: ActiveState,
  { exitCodes }: Context,
): { readonly asked: boolean; readonly sign: string | null } {
  const byCode = exit.code !== null && exitCodes.restart.includes(exit.code);
  if (byCode) return { asked: true, sign: `exit code ${exit.code}` };
  const byFile = exit.exitReport?.restart === true;
  if (byFile) return { asked: true, sign: 'its state file says so' };
  // An older kernel tells the exit code to the parent alone, so that of an adopted one is not known.
  const mayHaveAsked = adopted && exit.code === null && exit.signal === null;
  return { asked: mayHaveAsked && exitCodes.restart.length > 0, sign: null };
}

/** It exited with 0 and something of it is alive: the daemon is searched for, or a start follows. */
function wentToBackground(model: Model, context: Context): Step {
  const { delayMs, backoff } = afterFailure(model.backoff, context.now, context.random);
  const message = `${context.name} went to the background. Holdfast looks for the process that serves.`;
  return goTo({ ...model, backoff }, context, {
    delayMs: Math.max(delayMs, daemonSearchMs),
    problem: { message },
    checkFirst: true,
  });
}

/** Its own command has stopped it: its user wants that, until it is started again. */
function stoppedByItself(model: Model): Step {
  const step = settle(model, { status: 'stopped' });
  return { model: step.model, effects: [...step.effects, save] };
}

/** Follows an exit at once: the system has probably ended it because memory ran out. */
export function causeFound(
  model: Model,
  certainty: Extract<Event, { type: 'cause-found' }>['certainty'],
): Step {
  const { lastExit, state } = model;
  if (!lastExit) return same(model);
  const reason = en.exits.memory[certainty];
  const by: EndedBy = {
    cause: 'memory',
    ...(certainty === 'known' ? {} : { certainty }),
  };
  const next: Model = { ...model, lastExit: { ...lastExit, reason, by } };
  if (state.status !== 'waiting' && state.status !== 'failed')
    return { model: next, effects: [save] };
  const message = state.problem.message.replace(`(${lastExit.reason})`, () => `(${reason})`);
  const problem = { hint: 'Give it more memory, or let it use less.', ...state.problem, message };
  return { model: { ...next, state: { ...state, problem } }, effects: [save] };
}

/** Follows an exit at once: what the process printed last. */
export function outputRead(
  model: Model,
  { output, telling, logEnd }: Extract<Event, { type: 'output-read' }>,
): Step {
  const { lastExit, state } = model;
  if (!lastExit) return same(model);
  const next: Model = { ...model, lastExit: { ...lastExit, output: [...output], logEnd } };
  if (telling === null || (state.status !== 'waiting' && state.status !== 'failed')) {
    return { model: next, effects: [save] };
  }
  const message = withLastLine(state.problem.message, lastExit.reason, telling);
  const problem = { ...state.problem, message };
  return { model: { ...next, state: { ...state, problem } }, effects: [save] };
}

/** A stop is complete. */
export function ended(before: Model, { identity, problem, killed }: Ended, context: Context): Step {
  const { state } = before;
  const active = activeState(state);
  if (!active || !sameProcess(active.identity, identity)) return same(before);
  const model = afterKills(before, killed);
  if (state.status !== 'stopping') return same(model);
  if (problem) return fail(model, context, problem, { mayPass: false });
  if (state.next === 'release') return settle(model, { status: 'released', since: context.wall });
  if (state.next === 'stop') return settle(model, { status: 'stopped' });
  return afterRestartStop(model, context);
}

function sameProcess(a: Identity, b: Identity): boolean {
  return a.pid === b.pid && a.startedAt === b.startedAt;
}

/** Its leader exited in time, and some of its family had to be killed. */
function afterKills(model: Model, killed: Ended['killed']): Model {
  if (!killed || !model.lastExit) return model;
  const who = killed.count === 1 ? 'a process of it ' : `${killed.count} processes of it `;
  const how = killedAfter(killed.afterMs, who);
  return { ...model, lastExit: { ...model.lastExit, reason: model.lastExit.reason + how } };
}

function afterRestartStop(model: Model, context: Context): Step {
  const { stopReason } = model;
  if (stopReason === null) return startFresh(model, context, { checkFirst: false });
  const { problem, leadsTo } = stopReason;
  if (leadsTo === 'failed') return fail(model, context, problem, { mayPass: true });
  return backOff({ ...model, restarts: model.restarts + 1 }, context, problem);
}
