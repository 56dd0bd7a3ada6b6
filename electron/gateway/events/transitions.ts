/**
 * Which events a step of a gateway's machine leaves in its history: pure. It is asked after every step,
 * with the model before and after it, and adds to what has happened in the same moment: what an ended
 * process printed is read after its respawn, and belongs to the event of its end.
 */
import type { EventFacts, EventStatus, StartReason } from '../../contract/events.ts';
import type { GatewayState, Problem } from '../../contract/gateway.ts';
import type { Event, Model } from '../model.ts';

export interface Step {
  readonly before: Model;
  readonly event: Event;
  readonly after: Model;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** What has happened in this moment, and what the next start will be for. */
export interface Story {
  readonly facts: readonly EventFacts[];
  readonly start: { readonly why: StartReason; readonly by?: By };
  /** The failure that was written last: it is checked again and again. */
  readonly failure: string | null;
}

type By = NonNullable<EventFacts['by']>;

/** @param why what a first start is for, unless the user asks for it */
export function newStory(why: StartReason): Story {
  return { facts: [], start: { why }, failure: null };
}

export function tell(story: Story, step: Step): Story {
  const next = withStart(amended(story, step), step);
  const facts = factsOf(next, step);
  const added = { ...next, facts: [...next.facts, ...facts] };
  const failed = failureOf(added, step);
  if (failed) return failed;
  return facts.some(({ kind }) => endsFailure.has(kind)) ? { ...added, failure: null } : added;
}

const endsFailure: ReadonlySet<string> = new Set(['started', 'adopted', 'stopped', 'external']);

/** What the gateway is like in a state. */
export function statusIn({ state, desired, lastExit, stopBy }: Model): EventStatus {
  switch (state.status) {
    case 'running':
      return 'up';
    case 'degraded':
      return 'unwell';
    case 'external':
      return state.problem ? 'down' : 'up';
    case 'stopped':
      return 'off';
    case 'stopping':
      return state.next === 'stop' || stopBy?.cause === 'quit' ? 'off' : 'down';
    case 'released':
      return desired === 'stopped' || lastExit?.by?.cause === 'quit' ? 'off' : 'down';
    default:
      return desired === 'stopped' ? 'off' : 'down';
  }
}

/** Remembers what the next start is for. */
function withStart(story: Story, { before, event, after }: Step): Story {
  const start = startAfter(event, before, after);
  return start ? { ...story, start } : story;
}

function startAfter(event: Event, before: Model, after: Model): Story['start'] | null {
  switch (event.type) {
    case 'start':
      // Without a name it is the watcher's own: another try, or for what the last one was.
      if (event.by) return { why: 'user', by: event.by };
      return isTriedAgain(before.state) ? { why: 'retry' } : null;
    case 'restart':
      return { why: 'user', ...byOf(event.by) };
    case 'idle':
      return before.restartWhenIdle ? { why: 'user', ...byOf(before.stopBy) } : null;
    case 'resume':
      return { why: before.lastExit?.by?.cause === 'quit' ? 'not-quit' : 'update' };
    case 'hung':
    case 'overdue':
      return { why: event.type };
    case 'due':
      return before.state.status === 'failed' ? { why: 'retry' } : null;
    case 'external-ended':
      return { why: 'owner-gone' };
    case 'exited':
      if (before.state.status === 'stopping') return null;
      return { why: after.restarts > before.restarts ? 'crash' : 'asked' };
    default:
      return null;
  }
}

/** It failed to start, or waits until it is tried again. */
function isTriedAgain({ status }: Model['state']): boolean {
  return status === 'failed' || status === 'waiting';
}

function byOf(by: By | null | undefined): { by?: By } {
  return by ? { by } : {};
}

/** The end of a process, with what became known of it right after. */
function amended(story: Story, { event, after }: Step): Story {
  if (event.type !== 'cause-found' && event.type !== 'output-read') return story;
  const at = story.facts.findLastIndex(({ kind }) => kind === 'ended');
  const ended = story.facts[at];
  const exit = after.lastExit;
  if (!ended || !exit) return story;
  const { reason, by, output, logEnd } = exit;
  const printed = output && logEnd ? { output, logEnd } : {};
  const known = { ...ended, reason, ...(by ? { by } : {}), ...printed };
  return { ...story, facts: story.facts.with(at, known) };
}

function factsOf(story: Story, step: Step): EventFacts[] {
  const { before, event, after, now } = step;
  // In the course of a stop the state stays the same.
  if (event.type === 'exited') {
    return before.lastExit === after.lastExit ? [] : [ended(before, after, now)];
  }
  if (before.state === after.state) return [];
  switch (event.type) {
    case 'spawned':
      return [started(story, after)];
    case 'adopted':
      return [{ kind: 'adopted', ...processIn(after.state) }];
    case 'ready':
      return when(step, 'running', {
        ...{ kind: 'ready', status: 'up', ...tookOf(event.tookMs) },
        ...(event.marks && Object.keys(event.marks).length > 0 ? { marks: event.marks } : {}),
      });
    case 'unready':
    case 'problem':
      return when(step, 'degraded', { kind: 'unwell', status: 'unwell', problem: event.problem });
    case 'recovered':
      return when(step, 'running', { kind: 'recovered', status: 'up' });
    case 'hung':
    case 'overdue':
      return when(step, 'stopping', { kind: event.type, status: 'down', problem: event.problem });
    default:
      return settledOf(step);
  }
}

/** The fact, if the step led to this status from another one. */
function when(
  { before, after }: Step,
  status: GatewayState['status'],
  fact: EventFacts,
): EventFacts[] {
  return after.state.status === status && before.state.status !== status ? [fact] : [];
}

/** Before these it was not wanted, or not watched: until it is ready that lasts, and nothing was lost. */
const first: ReadonlySet<string> = new Set<StartReason>(['added', 'boot', 'watcher', 'user']);

function started({ start }: Story, after: Model): EventFacts {
  const { failures } = after.backoff;
  return {
    kind: 'started',
    ...(first.has(start.why) && failures === 0 ? {} : { status: 'down' as const }),
    why: start.why,
    ...byOf(start.by),
    ...(failures > 0 ? { attempt: failures } : {}),
    ...processIn(after.state),
  };
}

function ended(before: Model, after: Model, now: number): EventFacts {
  const exit = after.lastExit;
  const process = processIn(before.state);
  const ran = process.startedAt === undefined ? undefined : now - process.startedAt;
  return {
    kind: 'ended',
    status: statusIn(before.state.status === 'stopping' ? before : after),
    ...process,
    ...tookOf(ran),
    ...(exit ? { code: exit.code, signal: exit.signal, reason: exit.reason } : {}),
    ...byOf(exit?.by),
  };
}

/** Without a process of its own: stopped, kept stopped for an update, or run by someone else. */
function settledOf({ before, event, after }: Step): EventFacts[] {
  const was = before.state;
  const is = after.state;
  const had = 'identity' in was;
  if (is.status === 'external') return externalFacts(was, is);
  if (is.status === was.status || had) return [];
  const by = 'by' in event ? byOf(event.by) : {};
  if (is.status === 'stopped') return [{ kind: 'stopped', status: 'off', ...by }];
  if (is.status === 'released') return [{ kind: 'released', status: statusIn(after), ...by }];
  if (was.status !== 'external') return [];
  return [
    { kind: 'ended', status: statusIn(after), reason: `${was.owner.name} no longer runs it` },
  ];
}

function externalFacts(
  was: GatewayState,
  is: Extract<GatewayState, { status: 'external' }>,
): EventFacts[] {
  const { problem, owner } = is;
  const known = was.status === 'external';
  if (!known && !problem) return [{ kind: 'external', status: 'up', owner: owner.name }];
  const before = known ? was.problem : undefined;
  if (problem && !before) return [{ kind: 'unwell', status: 'down', problem, owner: owner.name }];
  return before && !problem ? [{ kind: 'recovered', status: 'up', owner: owner.name }] : [];
}

/** It can't be started: written once, and again when the reason is another one. */
function failureOf(story: Story, { before, event, after }: Step): Story | null {
  const { state } = after;
  const failed = state.status === 'failed' || event.type === 'spawn-failed';
  if (!failed || state === before.state || !('problem' in state) || !state.problem) return null;
  const problem: Problem = state.problem;
  if (problem.message === story.failure) return null;
  const fact: EventFacts = { kind: 'failed', status: statusIn(after), problem };
  return { ...story, facts: [...story.facts, fact], failure: problem.message };
}

function processIn(state: GatewayState): { pid?: number; startedAt?: number } {
  return 'identity' in state ? { pid: state.identity.pid, startedAt: state.startedAt } : {};
}

function tookOf(tookMs: number | undefined): { tookMs?: number } {
  return tookMs === undefined ? {} : { tookMs: Math.max(0, Math.round(tookMs)) };
}
