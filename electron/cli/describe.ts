/** Lines about gateways and probes, for people. */
import type { GatewayView } from '../contract/gateway.ts';
import { redact } from '../contract/redact.ts';
import type { Probe } from '../handoff/probe-result.ts';

/** @param now epoch milliseconds */
export function describeGateway(view: GatewayView, now: number = Date.now()): string {
  const port = view.port === undefined ? '' : `  port ${view.port}`;
  const line = redact(`${view.id.padEnd(16)} ${stateOf(view, now)}${port}`);
  const { pinned } = view;
  if (!pinned) return line;
  return `${line}\n${' '.repeat(17)}runs the previous build ${pinned.version} since the update to ${pinned.failedVersion} failed. Try again: holdfast update ${view.id}`;
}

export function describeProbe({ name, result, detail }: Probe): string {
  return redact(`  ${result.toUpperCase()}  ${name.padEnd(10)} ${detail}`);
}

/** Sentences, and what others are called: addresses with passwords, answers with tokens. */
const FREE_TEXT: ReadonlySet<string> = new Set([
  'message',
  'hint',
  'detail',
  'reason',
  'name',
  'url',
]);

/** For programs; as free of secrets as what people read. */
export function jsonOf(value: unknown): string {
  return JSON.stringify(
    value,
    (key, part: unknown) => (FREE_TEXT.has(key) && typeof part === 'string' ? redact(part) : part),
    2,
  );
}

function stateOf({ state, build, restarts, restartWhenIdle }: GatewayView, now: number): string {
  switch (state.status) {
    case 'running': {
      const again = restarts > 0 ? `, restarted ${restarts} times` : '';
      const of = build === undefined ? '' : `, build ${build}`;
      const later = restartWhenIdle ? ', restarts when idle' : '';
      return `running  (${state.proof}, pid ${state.identity.pid}, ${ago(now - state.readyAt)}${of}${again}${later})`;
    }
    case 'degraded':
      return `degraded  (pid ${state.identity.pid}) ${state.problem.message}`;
    case 'starting':
      return `starting  (pid ${state.identity.pid})`;
    case 'stopping':
      return `stopping  (pid ${state.identity.pid})`;
    case 'waiting':
      return `waiting  (starts again in ${ago(state.until - now)}) ${state.problem.message}`;
    case 'elsewhere': {
      const trouble = state.problem === undefined ? '' : ` ${state.problem.message}`;
      return `elsewhere  (run by ${state.owner.name})${trouble}`;
    }
    case 'failed':
      return `failed  ${state.problem.message}`;
    case 'released':
      return 'released  (an update is being installed)';
    case 'stopped':
      return 'stopped';
  }
}

/** A length of time in the largest unit that says something. */
function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}
