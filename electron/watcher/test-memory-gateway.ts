/** For tests of the carry: gateways that exist in memory, and supervisors over them. */
import type { GatewayState, GatewayView } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import type { Pin } from '../gateway/ledger.ts';
import type { Supervisor } from '../gateway/types.ts';

export const OLD_BUILD = '1.0.0+old';

/** One gateway as the machine has it, whoever supervises it. */
export interface MemoryGateway {
  readonly profile: Profile;
  build: string | null;
  pid: number;
  released: boolean;
  desired: 'running' | 'stopped';
  restarts: number;
  /** Why it does not run although it is wanted; null when it runs, or was never tried. */
  trouble: string | null;
  /** Run by someone else. */
  external: boolean;
  /** The build that it keeps to. */
  pin: Pin | null;
  /** What a start from each build does. */
  fails: (build: string) => string | undefined;
  /** Called when it has stopped, before its supervisor answers. */
  onStopped?: () => void;
  /** Every start and stop, in order. */
  readonly history: string[];
  readonly listeners: Set<() => void>;
}

export function identityOf(gateway: MemoryGateway): Identity {
  return { pid: gateway.pid, startedAt: `start-${gateway.pid}`, nonce: '' };
}

/** A supervisor over a gateway in memory; once its watcher is dead it never answers again. */
export function fakeSupervisor(
  gateway: MemoryGateway,
  alive: () => boolean,
  newPid: () => number,
): Supervisor {
  const { profile } = gateway;
  const tick = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => alive() && resolve());
    });
  const changed = (): void => {
    for (const listener of gateway.listeners) listener();
  };
  const state = (): GatewayState => {
    if (gateway.external) {
      const owner = { type: 'systemd', name: 'systemd (g.service)', takesOrders: true } as const;
      return { status: 'elsewhere', owner, since: 0 };
    }
    if (gateway.build === null && !gateway.released && gateway.trouble !== null) {
      const problem = { message: gateway.trouble };
      return { status: 'waiting', until: 0, attempt: 1, problem };
    }
    if (gateway.build === null) {
      return gateway.released ? { status: 'released', since: 0 } : { status: 'stopped' };
    }
    const identity = identityOf(gateway);
    const times = { startedAt: 1, readyAt: 2, adopted: false };
    return { status: 'running', identity, ...times, proof: 'verified' };
  };
  const view = (): GatewayView => ({
    id: profile.id,
    name: profile.name,
    policy: profile.update.policy,
    desired: gateway.desired,
    state: state(),
    restarts: gateway.restarts,
    logFile: '',
    ...(gateway.build === null ? {} : { build: gateway.build }),
  });
  const unused = (): never => {
    throw new Error('not used by the carry');
  };
  return {
    id: profile.id,
    profile: () => profile,
    setProfile: unused,
    view,
    logSource: () => ({ path: '', through: null }),
    notices: () => [],
    subscribe(listener) {
      gateway.listeners.add(listener);
      return () => gateway.listeners.delete(listener);
    },
    start: unused,
    stop: unused,
    restart: unused,
    restartWhenIdle: unused,
    adopt: () => gateway.build !== null,
    async release() {
      await tick();
      const before =
        gateway.build === null ? null : { identity: identityOf(gateway), build: gateway.build };
      if (before) gateway.history.push(`stop ${gateway.build}`);
      gateway.build = null;
      gateway.released = true;
      const now = Date.now();
      changed();
      gateway.onStopped?.();
      if (!alive()) return new Promise(() => undefined);
      return { before, stopRequestedAt: now, stoppedAt: now, killed: false };
    },
    endRelease({ shipped, pin } = {}) {
      gateway.pin = pin ?? gateway.pin;
      if (!gateway.released) return;
      gateway.released = false;
      if (gateway.desired === 'stopped') return changed();
      const build = shipped?.buildId ?? gateway.pin?.build ?? OLD_BUILD;
      gateway.trouble = gateway.fails(build) ?? null;
      gateway.history.push(`start ${build}`);
      if (gateway.trouble === null) gateway.build = build;
      gateway.pid = newPid();
      changed();
    },
    unpin() {
      gateway.pin = null;
    },
    async resume({ shipped, expectBuild, pin }) {
      await tick();
      gateway.pin = pin ?? gateway.pin;
      if (gateway.desired === 'stopped') throw new Error('stopped by the user');
      if (gateway.build === null) {
        const build = shipped?.buildId ?? OLD_BUILD;
        const failure = gateway.fails(build);
        if (failure) throw new Error(failure);
        gateway.history.push(`start ${build}`);
        gateway.pid = newPid();
        gateway.build = build;
        gateway.released = false;
        changed();
      }
      if (expectBuild !== undefined && gateway.build !== expectBuild) {
        throw new Error(`build ${gateway.build} answers instead of ${expectBuild}`);
      }
      const now = Date.now();
      return {
        identity: identityOf(gateway),
        build: gateway.build,
        startedAt: now,
        provedAt: now,
        proof: 'verified',
        escape: null,
      };
    },
    endLeftovers: unused,
    freeze: unused,
    thaw: unused,
    close: () => undefined,
  };
}
