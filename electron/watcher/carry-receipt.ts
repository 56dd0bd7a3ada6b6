/** The receipt and the view of a carried update, derived from its state alone: what was observed. */
import type { GatewayView, Problem } from '../contract/gateway.ts';
import type { Escape, Identity } from '../contract/identity.ts';
import type { Outcome, Receipt, ReceiptGateway } from '../contract/receipt.ts';
import type { Carry } from '../contract/watcher-contract.ts';
import type { CarryEvent, JournalRecord } from '../handoff/events.ts';
import type { Plan } from '../handoff/plan.ts';
import { sameProcess } from '../process/index.ts';
import { type CarryState, type GatewayProgress, phaseOf } from './carry-machine.ts';
import type { StartReport } from './carry-reports.ts';

/** What the watcher shows while it carries. */
export function carryView(plan: Plan, state: CarryState): Carry | null {
  const phase = phaseOf(state);
  if (phase === null) return null;
  return {
    attempt: plan.attempt,
    phase,
    fromVersion: plan.fromVersion,
    toVersion: plan.toVersion,
    since: state.since,
    deadline: phase === 'releasing' ? (state.releasing?.deadline ?? null) : null,
  };
}

/**
 * The record of the attempt as it stands, with `outcome` reached at `at`. `lives`: a process that
 * ran before runs on, which nothing else may deny.
 */
export function buildReceipt(
  plan: Plan,
  state: CarryState,
  records: readonly JournalRecord[],
  views: ReadonlyMap<string, GatewayView>,
  outcome: Outcome,
  at: number,
  lives: (identity: Identity) => boolean,
): Receipt {
  return {
    schema: 1,
    attempt: plan.attempt,
    fromVersion: plan.fromVersion,
    toVersion: plan.toVersion,
    fromBuild: plan.fromBuild,
    toBuild: state.next?.buildId ?? plan.toBuild,
    outcome,
    startedAt: plan.createdAt,
    at,
    committedAt: outcome === 'committed' ? at : null,
    escape: escapeOf(records),
    steps: [
      ...records.flatMap(({ event, at: when }) => {
        const step = stepOf(event);
        return step ? [{ ...step, at: when }] : [];
      }),
      ...(outcome === 'back' ? [] : [{ name: outcome, at }]),
    ],
    gateways: state.gateways.flatMap((gateway) => {
      const line = gatewayLine(gateway, views.get(gateway.planned.id), lives);
      return line ? [line] : [];
    }),
    problem: problemOf(state, outcome),
  };
}

function problemOf(state: CarryState, outcome: Outcome): Problem | null {
  if (outcome === 'back' || outcome === 'committed') return null;
  const first = state.problem ?? state.soakProblem;
  // When going back failed too, that is what the user has to act upon; the reason stays beside it.
  const then = [
    state.filesProblem,
    state.oldAppFailed,
    ...state.gateways.map(({ now, problem }) => (now === 'down' ? problem : null)),
  ].filter((problem) => problem !== null && problem !== first);
  if (!first || then.length === 0) return first ?? then[0] ?? null;
  const message = [first, ...then].map((problem) => problem?.message).join(' ');
  const hint = then.find((problem) => problem?.hint)?.hint ?? first.hint;
  return hint === undefined ? { message } : { message, hint };
}

function escapeOf(records: readonly JournalRecord[]): Escape | null {
  for (const { event } of records) if (event.type === 'armed') return event.escape;
  return null;
}

/** Named moments; what is only of use to a recovery is left out. */
function stepOf(event: CarryEvent): { name: string; detail?: string } | null {
  switch (event.type) {
    case 'prepared':
    case 'armed':
    case 'releasing':
    case 'released':
    case 'handed-over':
    case 'files-compared':
    case 'back':
    case 'soaked':
      return { name: event.type };
    case 'installer-starting':
      return { name: 'installing' };
    case 'installer-ended':
      return { name: 'installed', detail: event.detail };
    case 'app-ended':
      return event.forced ? { name: 'app-gone', detail: 'had to be ended' } : { name: 'app-gone' };
    case 'gateway-stopped':
      return {
        name: 'gateway-stopped',
        detail: event.report.killed ? `${event.id}: had to be killed` : event.id,
      };
    case 'command-started':
      return { name: 'command-started', detail: event.id };
    case 'command-ended':
      return { name: 'command-done', detail: `${event.id}: ${event.detail}` };
    case 'swapping':
      return { name: 'swapping', detail: event.id };
    case 'gateway-proved':
      return { name: 'proved', detail: event.id };
    case 'gateway-failed':
      return { name: 'not-proved', detail: `${event.id}: ${event.problem.message}` };
    case 'app-launching':
      return { name: 'app-launching', detail: `${event.which} app` };
    case 'app-launched':
      return { name: 'app-launched', detail: `process ${event.identity.pid}` };
    case 'app-started':
      return { name: 'app-started', detail: event.buildId };
    case 'put-back':
      return { name: 'putting-back', detail: event.problem.message };
    case 'files-restored':
      return { name: 'files-restored' };
    case 'new-app-ended':
      return { name: 'new-app-ended' };
    case 'old-app-failed':
      return { name: 'old-app-failed', detail: event.problem.message };
    case 'gateway-resumed':
      return { name: 'resumed', detail: event.id };
    case 'app-left':
      return { name: 'app-left', detail: 'its user ended it' };
    case 'app-lost':
      return { name: 'app-lost', detail: event.detail };
    case 'soak-problem':
      return { name: 'soak-problem', detail: event.problem.message };
    default:
      return null;
  }
}

function gatewayLine(
  gateway: GatewayProgress,
  view: GatewayView | undefined,
  lives: (identity: Identity) => boolean,
): ReceiptGateway | null {
  const { planned, now, stop, start } = gateway;
  const problem = gateway.problem ?? unchangedBuild(gateway, view?.name ?? planned.id);
  const before = stop?.before ?? (planned.identity ? beforeOf(planned) : null);
  const wanted = planned.wanted ?? planned.wasRunning;
  if (before === null && start === null && !wanted) return null;
  const line = {
    id: planned.id,
    name: view?.name ?? planned.id,
    policy: planned.policy,
    before,
    stopRequestedAt: stop?.stopRequestedAt ?? null,
    stoppedAt: stop?.stoppedAt ?? null,
    startedAt: start?.startedAt ?? null,
    provedAt: start?.provedAt ?? null,
    absenceMs: stop && start ? Math.max(0, start.provedAt - stop.stopRequestedAt) : null,
    ...(problem ? { problem } : {}),
  };
  if (before === null && start === null) return idleLine(line, gateway, view);
  if (start && (now === 'next' || now === 'current')) {
    const same = before !== null && sameProcess(before.identity, start.identity);
    const after = { identity: start.identity, build: start.build };
    const done = { ...line, proof: start.proof, after };
    if (!same) return { ...done, result: resultOf(gateway, start) };
    return { ...done, result: 'kept', absenceMs: 0 };
  }
  if (now === 'left') return { ...line, result: 'stopped-by-user', proof: null, after: null };
  if (now === 'untouched') return keptLine(line, view, lives);
  if (before && lives(before.identity)) return unwatchedLine(line, before, null);
  return { ...line, result: 'down', proof: null, after: null };
}

/** Only another build that answers is a replacement; where none is known, the command's word. */
function resultOf(
  { planned, now, stop, command }: GatewayProgress,
  start: StartReport,
): 'replaced' | 'restored' {
  if (now === 'current') return 'restored';
  if (planned.policy !== 'release') return 'replaced';
  const before = stop?.before?.build ?? planned.build;
  if (before === null || start.build === null) return command === 'done' ? 'replaced' : 'restored';
  return start.build === before ? 'restored' : 'replaced';
}

/** A command that reports success and changed nothing is told, not taken for an update. */
function unchangedBuild(gateway: GatewayProgress, name: string): Problem | null {
  const { command, start, stop, planned } = gateway;
  const before = stop?.before?.build ?? planned.build;
  if (command !== 'done' || !start || before === null || start.build !== before) return null;
  const message = `The update command of ${name} reported success, but build ${before} still answers.`;
  return { message, hint: 'Either there was nothing to update, or its log says why.' };
}

function beforeOf(planned: GatewayProgress['planned']): ReceiptGateway['before'] {
  return planned.identity ? { identity: planned.identity, build: planned.build } : null;
}

/** One that was wanted and did not serve before the update: how it is now, as it is looked after. */
function idleLine(
  line: Omit<ReceiptGateway, 'result' | 'proof' | 'after'>,
  { now, command }: GatewayProgress,
  view: GatewayView | undefined,
): ReceiptGateway {
  const state = view?.state;
  const nothing = { proof: null, after: null } as const;
  if (view?.desired === 'stopped') return { ...line, ...nothing, result: 'stopped-by-user' };
  if (state?.status === 'elsewhere') return { ...line, ...nothing, result: 'kept' };
  if (state?.status === 'running' || state?.status === 'degraded') {
    const after = { identity: state.identity, build: view?.build ?? null };
    const proof = state.status === 'running' ? state.proof : 'alive';
    const replaced = now === 'next' && (line.policy === 'swap' || command === 'done');
    const result = replaced ? 'replaced' : line.policy === 'keep' ? 'kept' : 'restored';
    return { ...line, proof, after, result };
  }
  const why = state && 'problem' in state && state.problem ? ` ${state.problem.message}` : '';
  const problem = {
    message: `${line.name} did not serve when the update began, and does not yet.${why}`,
    ...(state?.status === 'failed' ? {} : { hint: 'Holdfast goes on starting it.' }),
  };
  return { ...line, ...nothing, result: 'down', problem: line.problem ?? problem };
}

/** A gateway that this update never touched: what its supervisor says of it now. */
function keptLine(
  line: Omit<ReceiptGateway, 'result' | 'proof' | 'after'>,
  view: GatewayView | undefined,
  lives: (identity: Identity) => boolean,
): ReceiptGateway {
  const state = view?.state;
  if (view?.desired === 'stopped' && state?.status === 'stopping') {
    return { ...line, result: 'stopped-by-user', proof: null, after: null };
  }
  const now = servingIn(state, line.before);
  if (now && line.before && sameProcess(line.before.identity, now)) {
    const after = { identity: now, build: view?.build ?? null };
    const proof = state?.status === 'running' ? state.proof : 'alive';
    return { ...line, result: 'kept', proof, after, absenceMs: 0 };
  }
  // Its end may not be inferred from another process, or from nothing being watched.
  if (line.before && lives(line.before.identity)) return unwatchedLine(line, line.before, now);
  if (view?.desired === 'stopped') {
    return { ...line, result: 'stopped-by-user', proof: null, after: null };
  }
  if (!now) return { ...line, result: 'down', proof: null, after: null };
  const after = { identity: now, build: view?.build ?? null };
  const proof = state?.status === 'running' ? state.proof : 'alive';
  const message = `${line.name} ended by itself during the update and was started again.`;
  return { ...line, result: 'restored', proof, after, problem: { message } };
}

/**
 * The process that serves; a watcher that has just taken over has not had its first answer yet, and
 * one that is being restarted has not ended yet.
 */
function servingIn(
  state: GatewayView['state'] | undefined,
  before: ReceiptGateway['before'],
): Identity | null {
  if (state?.status === 'running' || state?.status === 'degraded') return state.identity;
  if ((state?.status !== 'starting' && state?.status !== 'stopping') || !before) return null;
  return sameProcess(before.identity, state.identity) ? state.identity : null;
}

/** The process from before lives, and Holdfast looks after none, or after another. */
function unwatchedLine(
  line: Omit<ReceiptGateway, 'result' | 'proof' | 'after'>,
  before: NonNullable<ReceiptGateway['before']>,
  now: Identity | null,
): ReceiptGateway {
  const { pid } = before.identity;
  const beside = now ? `process ${now.pid} was started beside it` : 'it is not watched any more';
  const message = `${line.name} runs on as process ${pid}, but ${beside}.`;
  const hint = `If you do not need it, end process ${pid} by hand.`;
  const problem = line.problem ?? { message, hint };
  return { ...line, result: 'kept', proof: 'alive', after: before, absenceMs: 0, problem };
}
