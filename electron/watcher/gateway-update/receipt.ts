/** The receipt and the view of a gateway's update, derived from its state alone: what was observed. */
import type { GatewayView, Problem } from '../../contract/gateway.ts';
import type { GatewayReceipt, GatewayUpdate } from '../../contract/gateway-update.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Outcome } from '../../contract/receipt.ts';
import type { TransactionEvent } from '../../transaction/events.ts';
import type { GatewayPlan } from '../../transaction/gateway-plan.ts';
import { gatewayLine, stepOf, withWhatFollowed } from '../update/receipt.ts';
import { phaseOf, targetVersion, termsOf, type UpdateState } from './machine.ts';
import { problemAfterUndo } from './steps.ts';
import type { GatewayAttempt } from './work.ts';

/** What is shown while the update is under way. */
export function updateView(plan: GatewayPlan, state: UpdateState): GatewayUpdate | null {
  const phase = phaseOf(termsOf(plan), state);
  if (phase === null) return null;
  return {
    attempt: plan.attempt,
    phase,
    fromVersion: plan.fromVersion,
    toVersion: targetVersion(plan, state),
    since: state.since,
    until: untilOf(plan, state, phase),
  };
}

function untilOf(
  { soakMs, confirmMs }: GatewayPlan,
  { backAt }: UpdateState,
  phase: GatewayUpdate['phase'],
): number | null {
  if (backAt === null) return null;
  if (phase === 'soaking') return backAt + soakMs;
  return phase === 'confirming' && confirmMs !== null ? backAt + confirmMs : null;
}

/** The record of the attempt as it is now, with `outcome` reached at `at`. */
export function gatewayReceipt(
  attempt: GatewayAttempt,
  views: ReadonlyMap<string, GatewayView>,
  outcome: Outcome,
  at: number,
  isAlive: (identity: Identity) => boolean,
): GatewayReceipt {
  const { plan } = attempt;
  const state = attempt.state();
  return {
    schema: 1,
    attempt: plan.attempt,
    gateway: plan.gateway,
    name: views.get(plan.gateway)?.name ?? plan.gateway,
    fromVersion: plan.fromVersion,
    toVersion: targetVersion(plan, state),
    outcome,
    startedAt: plan.createdAt,
    at,
    steps: [
      ...attempt.records().flatMap(({ event, at: when }) => {
        const step = namedStep(event);
        return step ? [{ ...step, at: when }] : [];
      }),
      ...(outcome === 'back' ? [] : [{ name: outcome, at }]),
    ],
    gateways: state.gateways.flatMap((gateway) => {
      const line = gatewayLine(gateway, views.get(gateway.planned.id), isAlive);
      return line ? [line] : [];
    }),
    problem: problemOf(attempt, outcome),
    ...(plan.automatic && { automatic: plan.automatic }),
    ...(state.own && { own: state.own }),
  };
}

function namedStep(event: TransactionEvent): { name: string; detail?: string } | null {
  switch (event.type) {
    case 'checked':
      return { name: event.type, detail: event.detail };
    case 'undo-prepared':
      return event.git
        ? { name: event.type, detail: `at commit ${event.git.commit}` }
        : { name: event.type };
    case 'undo-started':
    case 'kept':
      return { name: event.type };
    case 'undo-ended':
      return { name: 'undone', detail: event.detail };
    case 'version-read':
      return event.version === null ? null : { name: 'version', detail: event.version };
    default:
      return stepOf(event);
  }
}

/** The first reason, and what then went wrong on the way back: the user has to act on that. */
function problemOf(attempt: GatewayAttempt, outcome: Outcome): Problem | null {
  if (outcome === 'back' || outcome === 'committed') return null;
  const { problem, gateways } = attempt.state();
  return withWhatFollowed(problem, [
    problemAfterUndo(attempt),
    ...gateways.map((one) => (one.now === 'down' ? one.problem : null)),
  ]);
}
