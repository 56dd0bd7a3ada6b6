/** The receipt and the view of an update transaction, derived from its state alone: what was observed. */
import type { GatewayView, Problem } from '../../contract/gateway.ts';
import type { Escape, Identity } from '../../contract/identity.ts';
import type {
  Outcome,
  Receipt,
  ReceiptGateway,
  ReceiptStep,
  StepName,
} from '../../contract/receipt.ts';
import type { UpdatePhase } from '../../contract/update-phases.ts';
import type { UpdateTransaction } from '../../contract/watcher-contract.ts';
import { sameProcess } from '../../process/index.ts';
import type { JournalRecord, StartReport, TransactionEvent } from '../../transaction/events.ts';
import type { Plan } from '../../transaction/plan.ts';
import type { GatewayProgress } from './gateway-progress.ts';
import { phaseOf, type TransactionState } from './machine.ts';

/** What the watcher shows while an update is under way. */
export function transactionView(
  plan: Plan,
  state: TransactionState,
  records: readonly JournalRecord[],
): UpdateTransaction | null {
  const phase = phaseOf(state);
  if (phase === null) return null;
  return {
    attempt: plan.attempt,
    phase,
    fromVersion: plan.fromVersion,
    toVersion: plan.toVersion,
    since: state.since,
    deadline: deadlineOf(plan, state, phase),
    steps: stepsOf(records),
  };
}

function deadlineOf(
  { confirmMs }: Plan,
  { releasing, backAt }: TransactionState,
  phase: UpdatePhase,
): number | null {
  if (phase === 'releasing') return releasing?.deadline ?? null;
  if (phase !== 'confirming' || backAt === null || confirmMs === undefined) return null;
  return backAt + confirmMs;
}

function stepsOf(records: readonly JournalRecord[]): ReceiptStep[] {
  return records.flatMap(({ event, at }) => {
    const step = stepOf(event);
    return step ? [{ ...step, at }] : [];
  });
}

/**
 * The record of the attempt as it is now, with `outcome` reached at `at`. `isAlive` decides whether a
 * process that ran before still runs.
 */
export function buildReceipt(
  plan: Plan,
  state: TransactionState,
  records: readonly JournalRecord[],
  views: ReadonlyMap<string, GatewayView>,
  outcome: Outcome,
  at: number,
  isAlive: (identity: Identity) => boolean,
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
    steps: [...stepsOf(records), ...(outcome === 'back' ? [] : [{ name: outcome, at }])],
    gateways: state.gateways.flatMap((gateway) => {
      const line = gatewayLine(gateway, views.get(gateway.planned.id), isAlive);
      return line ? [line] : [];
    }),
    problem: problemOf(state, outcome),
  };
}

function problemOf(state: TransactionState, outcome: Outcome): Problem | null {
  if (outcome === 'back' || outcome === 'committed') return null;
  const first = state.problem ?? state.soakProblem;
  // When rolling back failed too, the user has to act on that; the first reason stays beside it.
  const then = [
    state.filesProblem,
    state.oldAppFailed,
    ...state.gateways.map(({ now, problem }) => (now === 'down' ? problem : null)),
    ...state.gateways.map(({ state: kept }) => (typeof kept === 'object' ? kept : null)),
  ];
  return withWhatFollowed(first, then);
}

/** The first reason, with what then went wrong on the way back; null when nothing did. */
export function withWhatFollowed(
  first: Problem | null,
  then: readonly (Problem | null)[],
): Problem | null {
  const others = then.filter((one) => one !== null && one.message !== first?.message);
  const all = [first, ...others].filter((one) => one !== null);
  if (all.length === 0) return null;
  const message = all.map((one) => one.message).join(' ');
  const hint = others.find((one) => one?.hint)?.hint ?? first?.hint;
  return hint === undefined ? { message } : { message, hint };
}

function escapeOf(records: readonly JournalRecord[]): Escape | null {
  for (const { event } of records) if (event.type === 'armed') return event.escape;
  return null;
}

/** Named moments; what serves only a recovery is left out. */
export function stepOf(event: TransactionEvent): { name: StepName; detail?: string } | null {
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
    case 'kept':
      return { name: 'version-kept' };
    case 'installer-starting':
      return { name: 'installing' };
    case 'installer-ended':
      return { name: 'installed', detail: event.detail };
    case 'app-ended':
      return event.forced ? { name: 'app-gone', detail: 'had to be ended' } : { name: 'app-gone' };
    case 'rehearsing':
      return { name: 'rehearsing', detail: event.id };
    case 'rehearsed':
      return event.problem
        ? { name: 'rehearsal-failed', detail: `${event.id}: ${event.problem.message}` }
        : { name: 'rehearsed', detail: `${event.id}: ${event.detail}` };
    case 'gateway-stopped':
      return {
        name: 'gateway-stopped',
        detail: event.report.killed ? `${event.id}: had to be killed` : event.id,
      };
    case 'gateway-copied':
      return { name: 'state-copied', detail: event.id };
    case 'gateway-put-back':
      return event.problem
        ? { name: 'state-lost', detail: `${event.id}: ${event.problem.message}` }
        : { name: 'state-put-back', detail: event.id };
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

/** A gateway's line before its result is known. */
type OpenLine = Omit<ReceiptGateway, 'result' | 'proof' | 'after'>;

const noProcess = { proof: null, after: null } as const;

export function gatewayLine(
  gateway: GatewayProgress,
  view: GatewayView | undefined,
  isAlive: (identity: Identity) => boolean,
): ReceiptGateway | null {
  const { planned, now, start } = gateway;
  const line = openLine(gateway, view?.name ?? planned.id);
  const { before } = line;
  if (before === null && start === null) {
    const wanted = planned.wanted ?? planned.wasRunning;
    return wanted ? idleLine(line, gateway, view) : null;
  }
  if (start && (now === 'next' || now === 'current')) return provedLine(line, gateway, start);
  if (now === 'left') return { ...line, ...noProcess, result: 'stopped-by-user' };
  if (now === 'untouched') return keptLine(line, view, isAlive);
  if (before && isAlive(before.identity)) return unsupervisedLine(line, before, null);
  return { ...line, ...noProcess, result: 'down' };
}

function openLine(gateway: GatewayProgress, name: string): OpenLine {
  const { planned, stop, start } = gateway;
  const problem = gateway.problem ?? unchangedBuild(gateway, name);
  const planIdentity = planned.identity;
  const before =
    stop?.before ?? (planIdentity ? { identity: planIdentity, build: planned.build } : null);
  return {
    id: planned.id,
    name,
    policy: planned.policy,
    before,
    stopRequestedAt: stop?.stopRequestedAt ?? null,
    stoppedAt: stop?.stoppedAt ?? null,
    startedAt: start?.startedAt ?? null,
    provedAt: start?.provedAt ?? null,
    absenceMs: stop && start ? Math.max(0, start.provedAt - stop.stopRequestedAt) : null,
    ...(stop && start?.client ? { client: start.client } : {}),
    ...(problem ? { problem } : {}),
  };
}

function provedLine(line: OpenLine, gateway: GatewayProgress, start: StartReport): ReceiptGateway {
  const { identity, build, proof } = start;
  const done = { ...line, proof, after: { identity, build } };
  const same = line.before !== null && sameProcess(line.before.identity, identity);
  if (same) return { ...done, result: 'kept', absenceMs: 0 };
  return { ...done, result: resultOf(gateway, start) };
}

/** The process that serves now, and how that is known. */
function nowServing(view: GatewayView | undefined, identity: Identity) {
  const state = view?.state;
  return {
    after: { identity, build: view?.build ?? null },
    proof: state?.status === 'running' ? state.proof : ('alive' as const),
  };
}

/** Only another build that answers is a replacement; where the build is not known, the command decides. */
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

/** A command that reported success and changed nothing is a problem, not an update. */
function unchangedBuild(gateway: GatewayProgress, name: string): Problem | null {
  const { command, start, stop, planned } = gateway;
  const before = stop?.before?.build ?? planned.build;
  if (command !== 'done' || !start || before === null || start.build !== before) return null;
  const message = `The update command of ${name} reported success, but build ${before} still answers.`;
  return { message, hint: 'Either there was nothing to update, or its log says why.' };
}

/** A gateway that was wanted and did not serve before the update: how it is now. */
function idleLine(
  line: OpenLine,
  { now, command }: GatewayProgress,
  view: GatewayView | undefined,
): ReceiptGateway {
  const state = view?.state;
  if (view?.desired === 'stopped') return { ...line, ...noProcess, result: 'stopped-by-user' };
  if (state?.status === 'external') return { ...line, ...noProcess, result: 'kept' };
  if (state?.status === 'running' || state?.status === 'degraded') {
    const replaced = now === 'next' && (line.policy === 'swap' || command === 'done');
    const otherwise = line.policy === 'keep' ? 'kept' : 'restored';
    return {
      ...line,
      ...nowServing(view, state.identity),
      result: replaced ? 'replaced' : otherwise,
    };
  }
  return { ...line, ...noProcess, result: 'down', problem: line.problem ?? stillDown(line, view) };
}

function stillDown({ name }: OpenLine, view: GatewayView | undefined): Problem {
  const state = view?.state;
  const why = state && 'problem' in state && state.problem ? ` ${state.problem.message}` : '';
  const message = `${name} did not serve when the update began, and does not yet.${why}`;
  return state?.status === 'failed'
    ? { message }
    : { message, hint: 'Holdfast goes on starting it.' };
}

/** A gateway that this update never touched: what its supervisor says about it now. */
function keptLine(
  line: OpenLine,
  view: GatewayView | undefined,
  isAlive: (identity: Identity) => boolean,
): ReceiptGateway {
  const state = view?.state;
  if (view?.desired === 'stopped' && state?.status === 'stopping') {
    return { ...line, ...noProcess, result: 'stopped-by-user' };
  }
  const now = servingIn(state, line.before);
  if (now && line.before && sameProcess(line.before.identity, now)) {
    return { ...line, ...nowServing(view, now), result: 'kept', absenceMs: 0 };
  }
  // Neither another process nor the lack of a supervised one shows that it ended.
  if (line.before && isAlive(line.before.identity)) {
    return unsupervisedLine(line, line.before, now);
  }
  if (view?.desired === 'stopped') return { ...line, ...noProcess, result: 'stopped-by-user' };
  if (!now) return { ...line, ...noProcess, result: 'down' };
  const message = `${line.name} ended by itself during the update and was started again.`;
  return { ...line, ...nowServing(view, now), result: 'restored', problem: { message } };
}

/**
 * The process that serves. A watcher that has just taken over has had no answer from it yet, and one
 * that is being restarted has not ended yet.
 */
function servingIn(
  state: GatewayView['state'] | undefined,
  before: ReceiptGateway['before'],
): Identity | null {
  if (state?.status === 'running' || state?.status === 'degraded') return state.identity;
  if ((state?.status !== 'starting' && state?.status !== 'stopping') || !before) return null;
  return sameProcess(before.identity, state.identity) ? state.identity : null;
}

/** The process from before still runs, and Holdfast supervises none, or another one. */
function unsupervisedLine(
  line: OpenLine,
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
