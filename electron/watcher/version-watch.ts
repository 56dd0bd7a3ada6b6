/**
 * Knows which version of each gateway is installed and which is the newest, as its profile says how to
 * ask. The installed one is asked after every start that becomes ready, the newest about once a day.
 * Nothing is installed here.
 *
 *   watcher starts ──a few minutes──► newest ──about a day──► newest …
 *                                       └──it failed──► again after an hour, two, four … a day
 *   gateway is ready ──a moment──► installed
 *
 * One timer serves all gateways, and none runs while no profile asks for anything. Times of day count,
 * so that a machine that sleeps every night is asked too.
 */
import { ContractError } from '../contract/define.ts';
import { errorText } from '../contract/error-text.ts';
import type { GatewayView, Problem, VersionView } from '../contract/gateway.ts';
import { timingOf } from '../contract/profile-update.ts';
import { isNewerRelease } from '../contract/version.ts';
import type { StateFolder } from '../files/state-folder.ts';
import type { Supervisor, UserEnvironment } from '../gateway/types.ts';
import {
  installedSourceOf,
  newestSourceOf,
  readInstalledVersion,
  readNewestVersion,
  type VersionQuestion,
} from '../gateway/version/read-version.ts';
import type { Clock } from '../process/index.ts';
import { supervisorNamed } from './registry.ts';
import { VersionMemory } from './version-memory.ts';

export interface VersionTimes {
  /** Between two questions for the newest version; each is up to a twelfth sooner or later. */
  readonly everyMs: number;
  /** After the watcher's start or a new profile, up to twice as long: a login has enough to do. */
  readonly afterStartMs: number;
  /** After a failure; twice as long after each further one. */
  readonly retryMs: number;
  /** After a gateway is ready: its start must not take longer for the question. */
  readonly afterReadyMs: number;
}

const defaultTimes: VersionTimes = {
  everyMs: 24 * 3_600_000,
  afterStartMs: 120_000,
  retryMs: 3_600_000,
  afterReadyMs: 2_000,
};
/** The longest that a timer takes, ms: the times of day are looked at again then. */
const longestWaitMs = 24 * 3_600_000;

export interface VersionWatchDeps {
  readonly state: Pick<StateFolder, 'versions' | 'run' | 'root' | 'gatewayData'>;
  readonly clock: Clock;
  /** Epoch milliseconds; absent: the system's. */
  readonly now?: () => number;
  /** 0 ≤ x < 1. */
  readonly random?: () => number;
  supervisors(): ReadonlyMap<string, Supervisor>;
  userEnvironment(): UserEnvironment;
  onChange(): void;
  log(message: string): void;
  readonly times?: Partial<VersionTimes>;
}

/** What is known about the questions of one gateway. */
interface Plan {
  /** When the newest version is asked next; epoch milliseconds. */
  newestAt: number;
  /** When the installed version is asked; null: it was asked since the last start. */
  installedAt: number | null;
  /** The process that was ready last. */
  process: string | null;
  failures: number;
  problems: { installed: Problem | null; newest: Problem | null };
  /** Questions that were not asked for an update, and give way to one. */
  asking: AbortController | null;
}

export class VersionWatch {
  readonly #deps: VersionWatchDeps;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #times: VersionTimes;
  readonly #memory: VersionMemory;
  readonly #plans = new Map<string, Plan>();
  /** Asked for by the user, and not answered yet. */
  readonly #checks = new Map<string, Promise<void>>();
  #cancel: (() => void) | undefined;
  /** When the timer ends; epoch milliseconds. */
  #armedFor = Number.POSITIVE_INFINITY;
  #busy = false;
  #paused = false;

  constructor(deps: VersionWatchDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#random = deps.random ?? Math.random;
    this.#times = { ...defaultTimes, ...deps.times };
    this.#memory = new VersionMemory(deps.state.versions);
  }

  /** Something about this one gateway has changed: at every change, so it looks at no other. */
  noticeOne(supervisor: Supervisor): void {
    if (this.#paused || !asksAnything(supervisor)) return;
    this.#look(supervisor);
    const next = this.#nextOf(supervisor.id, this.#plan(supervisor.id));
    if (next < this.#armedFor) this.#armFor(next);
  }

  /** Gateways may have come or gone, and the time of day may have been set: looks at all of them. */
  notice(): void {
    if (this.#paused) return;
    const supervisors = this.#deps.supervisors();
    for (const id of this.#plans.keys()) if (!supervisors.has(id)) this.#forget(id);
    for (const one of supervisors.values()) if (asksAnything(one)) this.#look(one);
    this.#arm();
  }

  /** For its view; undefined when its profile names nothing to ask. */
  viewOf(id: string): VersionView | undefined {
    const supervisor = this.#deps.supervisors().get(id);
    if (!supervisor || !asksAnything(supervisor)) return undefined;
    const { installed, newest, checkedAt, refused } = this.#memory.of(id);
    const problems = this.#plans.get(id)?.problems;
    const problem = problems?.newest ?? problems?.installed ?? null;
    const isLater = installed !== null && newest !== null && isNewerRelease(newest, installed);
    const wanted = timingOf(supervisor.profile().update).when !== 'never';
    const offered = wanted && isLater && newest !== null && !refused.includes(newest);
    return { installed, newest, checkedAt, problem, offered };
  }

  /** `views` with what is known about versions. */
  addTo(views: Readonly<Record<string, GatewayView>>): Record<string, GatewayView> {
    const entries = Object.entries(views).map(([id, view]) => {
      const version = this.viewOf(id);
      return [id, version ? { ...view, version } : view] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Asks for the installed version now. Rejects with a sentence. */
  async readInstalled(id: string, signal?: AbortSignal): Promise<string> {
    const profile = this.#supervisor(id).profile();
    const installed = await readInstalledVersion(profile, this.#question(id, signal));
    this.#plan(id).installedAt = null;
    this.#remember(() => this.#memory.change(id, { installed }));
    return installed;
  }

  /** Asks for the newest version now. Rejects with a sentence. */
  async readNewest(id: string, signal?: AbortSignal): Promise<string> {
    const profile = this.#supervisor(id).profile();
    const newest = await readNewestVersion(profile, this.#question(id, signal));
    const checkedAt = this.#now();
    const plan = this.#plan(id);
    plan.newestAt = checkedAt + this.#everyMs();
    plan.failures = 0;
    this.#remember(() => this.#memory.change(id, { newest, checkedAt }));
    return newest;
  }

  /** This version was rolled back: it is not offered again. */
  refuseVersion(id: string, version: string): void {
    this.#remember(() => this.#memory.refuse(id, version));
  }

  /** Asks for both now; the view shows the answers, or the problem. Rejects when there is nothing to ask. */
  async check(id: string): Promise<void> {
    const supervisor = this.#supervisor(id);
    if (!asksAnything(supervisor)) {
      throw new ContractError(
        `The profile of ${supervisor.profile().name} does not say how to tell its versions ("update.version", "update.check").`,
      );
    }
    const running = this.#checks.get(id);
    if (running) return running;
    const check = this.#ask(supervisor, { installed: true, newest: true });
    this.#checks.set(id, check);
    await check;
    this.#checks.delete(id);
    this.#arm();
  }

  /** Asks nothing more until `resume`: another watcher takes over. */
  pause(): void {
    this.#paused = true;
    this.#disarm();
    for (const plan of this.#plans.values()) plan.asking?.abort(new Error('it was interrupted'));
  }

  /** The other watcher did not take over, and may have written the memory. */
  resume(): void {
    this.#paused = false;
    this.#memory.read();
    this.notice();
  }

  #supervisor(id: string): Supervisor {
    return supervisorNamed(this.#deps.supervisors(), id);
  }

  #plan(id: string): Plan {
    const known = this.#plans.get(id);
    if (known) return known;
    const { checkedAt } = this.#memory.of(id);
    const soon = this.#now() + this.#times.afterStartMs * (1 + this.#random());
    // A clock that was set back must not put the question off for years.
    const last = checkedAt === null ? 0 : Math.min(checkedAt, this.#now());
    const plan: Plan = {
      newestAt: Math.max(soon, last + this.#everyMs()),
      installedAt: null,
      process: null,
      failures: 0,
      problems: { installed: null, newest: null },
      asking: null,
    };
    this.#plans.set(id, plan);
    return plan;
  }

  #forget(id: string): void {
    this.#plans.get(id)?.asking?.abort(new Error('its profile was removed'));
    this.#plans.delete(id);
  }

  #look(supervisor: Supervisor): void {
    const { state } = supervisor.view();
    const plan = this.#plan(supervisor.id);
    if (givesWay(state)) plan.asking?.abort(new Error('it is being updated'));
    if (state.status !== 'running' || !installedSourceOf(supervisor.profile())) return;
    const { pid, startedAt } = state.identity;
    const process = `${pid} ${startedAt}`;
    if (plan.process === process) return;
    plan.process = process;
    plan.installedAt = this.#now() + this.#times.afterReadyMs;
  }

  /** A little sooner or later: not everyone asks a registry at the same minute. */
  #everyMs(): number {
    return this.#times.everyMs * (1 + (this.#random() - 0.5) / 6);
  }

  #arm(): void {
    const times = [...this.#plans].map(([id, plan]) => this.#nextOf(id, plan));
    this.#armFor(Math.min(...times));
  }

  /** `next`: epoch milliseconds. */
  #armFor(next: number): void {
    this.#disarm();
    if (this.#paused || this.#busy || next === Number.POSITIVE_INFINITY) return;
    this.#armedFor = next;
    const ms = Math.min(Math.max(0, next - this.#now()), longestWaitMs);
    this.#cancel = this.#deps.clock.after(ms, () => {
      this.#disarm();
      void this.#askDue();
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #nextOf(id: string, { newestAt, installedAt }: Plan): number {
    const supervisor = this.#deps.supervisors().get(id);
    const asksNewest = supervisor && looksByItself(supervisor);
    return Math.min(
      asksNewest ? newestAt : Number.POSITIVE_INFINITY,
      installedAt ?? Number.POSITIVE_INFINITY,
    );
  }

  /** One after the other: no caller waits for the answers. */
  async #askDue(): Promise<void> {
    this.#busy = true;
    try {
      for (const [id, plan] of [...this.#plans]) {
        const supervisor = this.#deps.supervisors().get(id);
        const now = this.#now();
        if (!supervisor || this.#paused) continue;
        const installed = plan.installedAt !== null && plan.installedAt <= now;
        const newest = looksByItself(supervisor) && plan.newestAt <= now;
        if (!installed && !newest) continue;
        if (givesWay(supervisor.view().state)) {
          this.#putOff(plan);
          continue;
        }
        await this.#ask(supervisor, { installed, newest });
      }
    } finally {
      this.#busy = false;
      this.#arm();
    }
  }

  #putOff(plan: Plan): void {
    const later = this.#now() + this.#times.retryMs;
    plan.newestAt = Math.max(plan.newestAt, later);
    // It is asked after the next start.
    plan.installedAt = null;
    plan.process = null;
  }

  /** Never rejects: what went wrong is shown in the view. */
  async #ask(
    supervisor: Supervisor,
    what: { readonly installed: boolean; readonly newest: boolean },
  ): Promise<void> {
    const { id } = supervisor;
    const plan = this.#plan(id);
    const asking = new AbortController();
    plan.asking?.abort(new Error('it is asked again'));
    plan.asking = asking;
    if (what.installed && canTell(supervisor)) {
      plan.installedAt = null;
      await this.#try(plan, asking, 'installed', () => this.readInstalled(id, asking.signal));
    }
    if (what.newest && newestSourceOf(supervisor.profile())) {
      await this.#try(plan, asking, 'newest', () => this.readNewest(id, asking.signal));
    }
    if (plan.asking !== asking) return;
    plan.asking = null;
    if (asking.signal.aborted) this.#putOff(plan);
    this.#deps.onChange();
  }

  async #try(
    plan: Plan,
    { signal }: AbortController,
    which: 'installed' | 'newest',
    read: () => Promise<string>,
  ): Promise<void> {
    if (signal.aborted) return;
    try {
      await read();
      plan.problems[which] = null;
    } catch (error) {
      if (signal.aborted) return;
      const message = errorText(error);
      if (message !== plan.problems[which]?.message) this.#deps.log(message);
      plan.problems[which] = { message };
      if (which === 'newest') this.#failed(plan);
    }
  }

  #failed(plan: Plan): void {
    const { retryMs, everyMs } = this.#times;
    plan.newestAt = this.#now() + Math.min(retryMs * 2 ** plan.failures, everyMs);
    plan.failures += 1;
  }

  #question(id: string, signal: AbortSignal | undefined): VersionQuestion {
    const { clock, state } = this.#deps;
    return {
      clock,
      env: process.env,
      user: this.#deps.userEnvironment(),
      dataDir: state.gatewayData(id),
      runFolder: state.run,
      stateRoot: state.root,
      signal,
    };
  }

  #remember(change: () => void): void {
    try {
      change();
    } catch (error) {
      this.#deps.log(`What was found out about versions was not kept: ${errorText(error)}`);
    }
    this.#deps.onChange();
  }
}

function asksAnything(supervisor: Supervisor): boolean {
  const profile = supervisor.profile();
  return installedSourceOf(profile) !== undefined || newestSourceOf(profile) !== undefined;
}

/** The newest version is asked without a request of the user. */
function looksByItself(supervisor: Supervisor): boolean {
  const profile = supervisor.profile();
  return newestSourceOf(profile) !== undefined && timingOf(profile.update).when !== 'never';
}

/** Asked at its own port, a gateway must run to tell. */
function canTell(supervisor: Supervisor): boolean {
  const source = installedSourceOf(supervisor.profile());
  if (source?.type !== 'http') return source !== undefined;
  return supervisor.view().state.status === 'running';
}

/** Its files may be replaced now: a command of it would hold them. */
function givesWay(state: GatewayView['state']): boolean {
  return state.status === 'released' || (state.status === 'stopping' && state.next === 'release');
}
