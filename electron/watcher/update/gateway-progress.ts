/** How far an update is with one gateway, as a pure fold over the events about it; in an update of Holdfast or of the gateway. */
import type { Problem } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { ClientView } from '../../contract/receipt.ts';
import type { StartReport, StopReport, TransactionEvent } from '../../transaction/events.ts';
import type { PlannedGateway } from '../../transaction/plan.ts';

export interface GatewayProgress {
  readonly planned: PlannedGateway;
  /**
   * untouched: as before. next/current: proved from that stage; or, where it did not serve before,
   * just started from it (`start` is null then). down: could not be proved.
   */
  readonly now: 'untouched' | 'stopped' | 'next' | 'current' | 'down' | 'left';
  /** Whether its next version, started beside it, has answered. */
  readonly rehearsal: 'none' | 'passed' | 'failed';
  /** The first stop of this attempt, and the last proof. */
  readonly stop: StopReport | null;
  readonly start: StartReport | null;
  /** What it keeps. copied: its next version may have changed it. A problem: why it could not be put back. */
  readonly state: 'as it is' | 'copied' | 'put back' | Problem;
  readonly command: 'none' | 'started' | 'done' | 'failed';
  readonly commandProcess: Identity | null;
  readonly commandNonce: string | null;
  readonly problem: Problem | null;
}

/** A gateway before anything was done to it. */
export function untouched(planned: PlannedGateway): GatewayProgress {
  return {
    planned,
    now: 'untouched',
    rehearsal: 'none',
    stop: null,
    start: null,
    state: 'as it is',
    command: 'none',
    commandProcess: null,
    commandNonce: null,
    problem: null,
  };
}

export type GatewayEvent = Extract<
  TransactionEvent,
  { type: `gateway-${string}` | `command-${string}` | 'swapping' | 'rehearsed' }
>;

export function reduceGateway(gateway: GatewayProgress, event: GatewayEvent): GatewayProgress {
  switch (event.type) {
    case 'rehearsed': {
      const problem = gateway.problem ?? event.problem;
      return { ...gateway, problem, rehearsal: event.problem ? 'failed' : 'passed' };
    }
    case 'gateway-stopped':
      return { ...gateway, now: 'stopped', stop: gateway.stop ?? event.report };
    case 'swapping':
      return { ...gateway, now: 'stopped' };
    case 'command-started':
      return { ...gateway, command: 'started', commandNonce: event.nonce ?? null };
    case 'command-running':
      return { ...gateway, commandProcess: event.identity };
    case 'command-ended':
      return event.problem
        ? { ...gateway, command: 'failed', problem: gateway.problem ?? event.problem }
        : { ...gateway, command: 'done' };
    case 'gateway-proved':
      return { ...gateway, now: event.stage, start: withEarlier(gateway.start, event.report) };
    case 'gateway-failed':
      return {
        ...gateway,
        now: event.stage === 'current' ? 'down' : 'stopped',
        problem: gateway.problem ?? event.problem,
      };
    case 'gateway-copied':
      return { ...gateway, state: 'copied' };
    case 'gateway-put-back':
      return { ...gateway, state: event.problem ?? 'put back' };
    case 'gateway-left':
      return { ...gateway, now: 'left' };
    case 'gateway-resumed':
      return { ...gateway, now: event.stage };
  }
}

/** A gateway may be away twice, for the new version and for the old one: clients have met both. */
function withEarlier(earlier: StartReport | null, report: StartReport): StartReport {
  if (!earlier) return report;
  const { client: last, ...proved } = report;
  const { client: first } = earlier;
  if (!first || !last) return proved;
  const client: ClientView = {
    asked: first.asked + last.asked,
    refused: first.refused + last.refused,
    broken: first.broken + last.broken,
    late: first.late + last.late,
    longestWaitMs: Math.max(first.longestWaitMs, last.longestWaitMs),
  };
  return { ...proved, client };
}
