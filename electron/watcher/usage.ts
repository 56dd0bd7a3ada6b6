/** Measures what gateways use, when someone asks; there is no timer here. */
import type { GatewayView } from '../contract/gateway.ts';
import type { UsageSample } from '../contract/usage-call.ts';
import { type Identity, identify, usageOf } from '../process/index.ts';

/** Who asks sooner gets the last answer: many windows cost no more than one. */
const sameForMs = 500;

export interface UsageSampler {
  sample(): UsageSample;
}

/** Measures on this machine. */
export function usageSampler(views: () => Readonly<Record<string, GatewayView>>): UsageSampler {
  return createUsageSampler({ views, measure: usageOf, now: () => performance.now() });
}

export function createUsageSampler(deps: {
  readonly views: () => Readonly<Record<string, GatewayView>>;
  readonly measure: typeof usageOf;
  /** Milliseconds, only rising. */
  readonly now: () => number;
}): UsageSampler {
  let last: UsageSample | null = null;
  return {
    sample() {
      const at = deps.now();
      if (last !== null && at - last.at < sameForMs) return last;
      const roots = Object.values(deps.views()).flatMap(({ id, state }) => {
        const root = rootOf(state);
        return root ? [{ id, root }] : [];
      });
      const measured = deps.measure(roots.map(({ root }) => root));
      const gateways = roots.flatMap(({ id }, index) => {
        const usage = measured[index];
        return usage ? [[id, usage] as const] : [];
      });
      last = { at, gateways: Object.fromEntries(gateways) };
      return last;
    },
  };
}

/** The first process of a gateway that runs on this machine. */
function rootOf(state: GatewayView['state']): Identity | undefined {
  if ('identity' in state) return state.identity;
  const pid = state.status === 'external' ? state.owner.pid : undefined;
  return pid === undefined ? undefined : identify(pid);
}
