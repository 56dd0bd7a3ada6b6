/** When the system has settled after a step, and whether the step led to the right state. */
import type { GatewayView } from '../../electron/contract/gateway.ts';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { lookAround } from './seen.ts';
import type { Expected, Outcome } from './steps.ts';
import { identityOf, type World } from './world.ts';

/** Leftovers of an ended gateway are swept half a second later; records are written meanwhile. */
const settleMs = 10_000;
const lookMs = 50;

/** Resolves with the watcher's settled state; rejects with what is wrong, one line each. */
export async function settle(
  world: World,
  outcome: Outcome,
  before: WatcherState,
): Promise<WatcherState> {
  const state = await world.until('everything to settle', (now) =>
    hasSettled(now, outcome, before) ? now : undefined,
  );
  const wrong = strayed(state, outcome, before);
  if (wrong.length > 0) throw new Error(wrong.join('\n'));
  // No event reports a leftover's end, because it is no child of ours.
  const deadline = performance.now() + settleMs;
  for (;;) {
    const now = world.now();
    const found = now ? await lookAround(world, now) : ['the connection to the watcher is down'];
    if (now && found.length === 0) {
      const late = strayed(now, outcome, before);
      if (late.length > 0) throw new Error(late.join('\n'));
      return now;
    }
    if (performance.now() > deadline) throw new Error(found.join('\n'));
    await new Promise((resolve) => setTimeout(resolve, lookMs));
  }
}

function hasSettled(now: WatcherState, outcome: Outcome, before: WatcherState): boolean {
  const same = now.watcher.identity.nonce === before.watcher.identity.nonce;
  if (same !== (outcome.watcher === 'same')) return false;
  return Object.entries(before.gateways).every(([id, old]) => {
    const view = now.gateways[id];
    if (!view) return false;
    const expected = expectedOf(outcome.gateways.get(id) ?? 'same', old);
    if (expected === 'stopped') return view.state.status === 'stopped';
    if (view.state.status !== 'running') return false;
    return expected !== 'new' || view.state.identity.nonce !== identityOf(old)?.nonce;
  });
}

/** The gateways that settled in a wrong state. */
function strayed(now: WatcherState, outcome: Outcome, before: WatcherState): string[] {
  return Object.entries(before.gateways).flatMap(([id, old]) => {
    const view = now.gateways[id];
    const expected = expectedOf(outcome.gateways.get(id) ?? 'same', old);
    const wanted = expected === 'stopped' ? 'stopped' : 'running';
    const wrong = view?.desired === wanted ? [] : [`${id}: it is recorded as ${view?.desired}`];
    const must = expected === 'same' ? identityOf(old) : expected;
    if (must === null || typeof must === 'string') return wrong;
    const is = identityOf(view);
    if (is?.pid === must.pid && is.startedAt === must.startedAt) return wrong;
    return [...wrong, `${id}: pid ${must.pid} was not touched, but now pid ${is?.pid} runs`];
  });
}

/** `same` means stopped for a gateway that was stopped. */
function expectedOf(expected: Expected, old: GatewayView): Expected {
  return expected === 'same' && !identityOf(old) ? 'stopped' : expected;
}
