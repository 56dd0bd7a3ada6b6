/** For tests of the update transaction: gateways that exist in memory, and supervisors over them. */
import type { GatewayState, GatewayView } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Profile } from '../contract/profile.ts';
import type { Pin } from '../gateway/ledger/ledger.ts';
import type {
  RehearsalOptions,
  RehearsalReport,
  ResumeOptions,
  StartReport,
  StopReport,
  Supervisor,
} from '../gateway/types.ts';

type ReleaseEnd = Parameters<Supervisor['endRelease']>[0];

export const oldBuild = '1.0.0+old';

/** One gateway as it runs on the machine, under whichever watcher. */
export interface MemoryGateway {
  readonly profile: Profile;
  build: string | null;
  pid: number;
  released: boolean;
  desired: 'running' | 'stopped';
  restarts: number;
  /** Why it does not run although it is wanted; null when it runs, or was never tried. */
  trouble: string | null;
  /** Others run it. */
  external: boolean;
  /** The build that it is pinned to. */
  pin: Pin | null;
  /** What a start from each build does. */
  fails: (build: string) => string | undefined;
  /** What a rehearsal of each build shows; waited for. */
  rehearsal: (build: string, signal?: AbortSignal) => Promise<string | undefined>;
  /** Called when it has stopped, before its supervisor answers. */
  onStopped?: () => void;
  /** The builds that were tried beside it, in order. */
  readonly rehearsed: string[];
  /** Every start and stop, in order. */
  readonly history: string[];
  readonly listeners: Set<() => void>;
}

export function identityOf(gateway: MemoryGateway): Identity {
  return { pid: gateway.pid, startedAt: `start-${gateway.pid}`, nonce: '' };
}

export function createMemoryGateway(profile: Profile, pid: number): MemoryGateway {
  return {
    profile,
    build: oldBuild,
    pid,
    released: false,
    desired: 'running',
    restarts: 0,
    trouble: null,
    external: false,
    pin: null,
    fails: () => undefined,
    rehearsal: async () => undefined,
    rehearsed: [],
    history: [],
    listeners: new Set(),
  };
}

function stateOf(gateway: MemoryGateway): GatewayState {
  if (gateway.external) {
    const owner = { type: 'systemd', name: 'systemd (g.service)', takesOrders: true } as const;
    return { status: 'external', owner, since: 0 };
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
}

function unused(): never {
  throw new Error('not used by an update');
}

/** A supervisor over a gateway in memory; once its watcher is dead it never answers again. */
export function fakeSupervisor(
  gateway: MemoryGateway,
  alive: () => boolean,
  newPid: () => number,
): Supervisor {
  return new MemorySupervisor(gateway, alive, newPid);
}

class MemorySupervisor implements Supervisor {
  readonly id: string;
  readonly #gateway: MemoryGateway;
  readonly #alive: () => boolean;
  readonly #newPid: () => number;
  readonly setProfile = unused;
  readonly start = unused;
  readonly stop = unused;
  readonly endNow = unused;
  readonly restart = unused;
  readonly restartWhenIdle = unused;
  readonly notWhenIdle = unused;
  readonly endLeftovers = unused;
  readonly freeze = unused;
  readonly thaw = unused;

  constructor(gateway: MemoryGateway, alive: () => boolean, newPid: () => number) {
    this.id = gateway.profile.id;
    this.#gateway = gateway;
    this.#alive = alive;
    this.#newPid = newPid;
  }

  note(): void {}

  profile(): Profile {
    return this.#gateway.profile;
  }

  view(): GatewayView {
    const { profile, desired, restarts, build } = this.#gateway;
    return {
      id: profile.id,
      name: profile.name,
      policy: profile.update.policy,
      desired,
      state: stateOf(this.#gateway),
      restarts,
      logFile: '',
      ...(build === null ? {} : { build }),
    };
  }

  async rehearse({ expectBuild = '', signal }: RehearsalOptions): Promise<RehearsalReport> {
    await this.#tick();
    this.#gateway.rehearsed.push(expectBuild);
    const message = await this.#gateway.rehearsal(expectBuild, signal);
    if (!this.#alive()) return new Promise(() => undefined);
    const problem = message === undefined ? null : { message };
    const ok = problem === null;
    return { ok, problem, tookMs: 1, build: ok ? expectBuild : null, proof: null, lastLines: [] };
  }

  startLimitMs(): number {
    return this.#gateway.profile.startTimeoutMs;
  }

  logSource() {
    return { path: '', through: null };
  }

  notices() {
    return [];
  }

  heldSocket() {
    return null;
  }

  subscribe(listener: () => void): () => void {
    this.#gateway.listeners.add(listener);
    return () => this.#gateway.listeners.delete(listener);
  }

  adopt(): boolean {
    return this.#gateway.build !== null;
  }

  async watchFromOutside(): Promise<void> {}

  async release(): Promise<StopReport> {
    await this.#tick();
    const gateway = this.#gateway;
    const before =
      gateway.build === null ? null : { identity: identityOf(gateway), build: gateway.build };
    if (before) gateway.history.push(`stop ${gateway.build}`);
    gateway.build = null;
    gateway.released = true;
    const now = Date.now();
    this.#changed();
    gateway.onStopped?.();
    if (!this.#alive()) return new Promise(() => undefined);
    return { before, stopRequestedAt: now, stoppedAt: now, killed: false };
  }

  endRelease({ shipped, pin }: ReleaseEnd = {}): void {
    const gateway = this.#gateway;
    gateway.pin = pin ?? gateway.pin;
    if (!gateway.released) return;
    gateway.released = false;
    if (gateway.desired === 'stopped') {
      this.#changed();
      return;
    }
    const build = shipped?.buildId ?? gateway.pin?.build ?? oldBuild;
    gateway.trouble = gateway.fails(build) ?? null;
    gateway.history.push(`start ${build}`);
    if (gateway.trouble === null) gateway.build = build;
    gateway.pid = this.#newPid();
    this.#changed();
  }

  unpin(): void {
    this.#gateway.pin = null;
  }

  async resume({ shipped, expectBuild, pin }: ResumeOptions): Promise<StartReport> {
    await this.#tick();
    const gateway = this.#gateway;
    gateway.pin = pin ?? gateway.pin;
    if (gateway.desired === 'stopped') throw new Error('stopped by the user');
    if (gateway.build === null) this.#startAgain(shipped?.buildId ?? oldBuild);
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
  }

  close(): void {}

  #startAgain(build: string): void {
    const gateway = this.#gateway;
    const failure = gateway.fails(build);
    if (failure) throw new Error(failure);
    gateway.history.push(`start ${build}`);
    gateway.pid = this.#newPid();
    gateway.build = build;
    gateway.released = false;
    this.#changed();
  }

  #tick(): Promise<void> {
    return new Promise((resolve) => {
      setImmediate(() => this.#alive() && resolve());
    });
  }

  #changed(): void {
    for (const listener of this.#gateway.listeners) listener();
  }
}
