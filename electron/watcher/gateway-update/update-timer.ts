/**
 * Begins updates by themselves where the user chose that (`update.when`): looks at gateways with a newer
 * version from time to time, and asks timing.ts what follows. While no newer version waits, nothing runs here.
 *
 * Nothing is remembered from one watcher to the next but receipts: how long a gateway is quiet is counted
 * anew, and which versions were rolled back is what versions say is offered.
 */
import { errorText } from '../../contract/error-text.ts';
import type { GatewayView } from '../../contract/gateway.ts';
import type { GatewayReceipt } from '../../contract/gateway-update.ts';
import { timingOf, type UpdateTiming } from '../../contract/profile-update.ts';
import type { Supervisor } from '../../gateway/types.ts';
import { type Clock, sampleWork, type WorkSample, worked } from '../../process/index.ts';
import {
  afterLook,
  decideTiming,
  isQuiet,
  lookEveryMs,
  type Quiet,
  strictest,
  type TimingDecision,
  type TimingWait,
} from './timing.ts';

/**
 * Timers stand still while the machine sleeps, and the time of day does not: a night must not be missed for
 * the evening that the machine slept through. Milliseconds.
 */
const longestWaitMs = 900_000;

export interface UpdateTimerDeps {
  readonly clock: Clock;
  /** Epoch milliseconds; absent: the system's. */
  readonly now?: () => number;
  /** 0 ≤ x < 1. */
  readonly random?: () => number;
  supervisors(): ReadonlyMap<string, Pick<Supervisor, 'profile' | 'view'>>;
  /** A newer version is known, and was not rolled back here. */
  offered(id: string): boolean;
  /** The gateways that its update stops, itself among them. */
  together(id: string): readonly string[];
  receipt(id: string): GatewayReceipt | null;
  /** False while something else stops and starts gateways, or this watcher is about to end. */
  mayBegin(id: string): boolean;
  /** Resolves when the new version serves; rejects with a sentence when it does not. */
  begin(id: string, by: 'idle' | 'night'): Promise<unknown>;
  onChange(): void;
  log(message: string): void;
}

/** What is known of a gateway with a newer version. */
interface Pending {
  quiet: Quiet | null;
  /** Of each gateway that would be stopped: its process and its work, at the look before. */
  readonly looks: Map<string, { readonly process: string; readonly sample: WorkSample }>;
  /** On the clock: when it is looked at next. */
  nextAt: number;
  waits: TimingWait;
  /** An attempt that left no receipt, epoch milliseconds. */
  failedAt: number | null;
  begun: boolean;
}

export class UpdateTimer {
  readonly #deps: UpdateTimerDeps;
  readonly #now: () => number;
  readonly #jitter: number;
  readonly #pending = new Map<string, Pending>();
  #cancel: (() => void) | undefined;
  #closed = false;

  constructor(deps: UpdateTimerDeps) {
    this.#deps = deps;
    this.#now = deps.now ?? Date.now;
    this.#jitter = (deps.random ?? Math.random)();
  }

  /** Something about gateways may have changed. Cheap: nothing is sampled here. */
  notice(): void {
    if (this.#closed) return;
    const supervisors = this.#deps.supervisors();
    for (const id of [...this.#pending.keys()]) if (!this.#isPending(id)) this.#pending.delete(id);
    for (const id of supervisors.keys()) if (this.#isPending(id)) this.#see(id);
    this.#arm();
  }

  /** `views` with what an update that begins by itself waits for. */
  addTo(views: Readonly<Record<string, GatewayView>>): Record<string, GatewayView> {
    const entries = Object.entries(views).map(([id, view]) => {
      const waits = this.#pending.get(id)?.waits ?? 'nothing';
      return [id, waits === 'nothing' ? view : { ...view, updateWaits: waits }] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Begins nothing more. */
  close(): void {
    this.#closed = true;
    this.#cancel?.();
    this.#pending.clear();
  }

  #timing(id: string): UpdateTiming | null {
    const supervisors = this.#deps.supervisors();
    const profiles = this.#deps
      .together(id)
      .flatMap((one) => supervisors.get(one)?.profile() ?? []);
    return strictest(profiles.map(({ update }) => timingOf(update)));
  }

  /** The cheap questions first: this is asked at every change. */
  #isPending(id: string): boolean {
    const update = this.#deps.supervisors().get(id)?.profile().update;
    if (!update || !/^(idle|night)$/.test(timingOf(update).when)) return false;
    return this.#deps.offered(id) && this.#timing(id) !== null;
  }

  #see(id: string): void {
    const known = this.#pending.get(id);
    if (!known) {
      const nextAt = this.#deps.clock.now();
      const looks: Pending['looks'] = new Map();
      const rest = { waits: 'quiet', failedAt: null, begun: false } as const;
      this.#pending.set(id, { quiet: null, looks, nextAt, ...rest });
      return;
    }
    // Work that lasts no longer than the time between two looks is work too.
    const disturbed = this.#deps.together(id).some((one) => {
      const view = this.#deps.supervisors().get(one)?.view();
      return view?.state.status !== 'running' || (view.report?.busy ?? 0) > 0;
    });
    if (disturbed && known.quiet) known.quiet = { ...known.quiet, since: null };
  }

  #arm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    const next = Math.min(...[...this.#pending.values()].map(({ nextAt }) => nextAt));
    if (this.#closed || next === Number.POSITIVE_INFINITY) return;
    const ms = Math.max(0, next - this.#deps.clock.now());
    this.#cancel = this.#deps.clock.after(ms, () => {
      this.#cancel = undefined;
      this.#lookAtDue();
    });
  }

  #lookAtDue(): void {
    const at = this.#deps.clock.now();
    for (const [id, pending] of [...this.#pending]) {
      if (pending.nextAt > at) continue;
      // Its moment must not stay in the past: the timer would have nothing to wait for.
      if (!this.#isPending(id)) this.#pending.delete(id);
      else this.#follow(id, pending, this.#decide(id, pending, at));
    }
    this.#arm();
  }

  #decide(id: string, pending: Pending, at: number): TimingDecision {
    const timing = this.#timing(id);
    const everyMs = timing ? lookEveryMs(timing) : longestWaitMs;
    const before = pending.quiet;
    const spanMs = before ? at - before.lookedAt : 0;
    // All of them are sampled, also when the first one works.
    const looks = this.#deps.together(id).map((one) => this.#isQuiet(one, pending, spanMs));
    pending.quiet = afterLook(before, looks.every(Boolean), at, everyMs);
    const { since } = pending.quiet;
    return decideTiming({
      timing,
      now: this.#now(),
      offered: true,
      quietMs: since === null ? null : at - since,
      failedAt: this.#failedAt(id, pending),
      jitter: this.#jitter,
    });
  }

  #isQuiet(id: string, pending: Pending, spanMs: number): boolean {
    const view = this.#deps.supervisors().get(id)?.view();
    if (view?.state.status !== 'running') {
      pending.looks.delete(id);
      return false;
    }
    const { identity } = view.state;
    const process = `${identity.pid} ${identity.startedAt}`;
    const before = pending.looks.get(id);
    const sample = sampleWork(identity);
    pending.looks.set(id, { process, sample });
    const same = before?.process === process;
    return isQuiet({
      running: same || before === undefined,
      busy: view.report?.busy,
      worked: same && before ? worked(before.sample, sample, spanMs) : null,
    });
  }

  #failedAt(id: string, { failedAt }: Pending): number | null {
    const receipt = this.#deps.receipt(id);
    const ended = receipt && /^(put-back|failed)$/.test(receipt.outcome) ? receipt.at : null;
    return ended === null ? failedAt : Math.max(ended, failedAt ?? 0);
  }

  #follow(id: string, pending: Pending, decision: TimingDecision): void {
    const { clock, mayBegin, onChange } = this.#deps;
    if (decision.do === 'wait') {
      pending.nextAt = clock.now() + Math.min(decision.inMs ?? longestWaitMs, longestWaitMs);
      if (decision.for !== pending.waits) {
        pending.waits = decision.for;
        onChange();
      }
      return;
    }
    const timing = this.#timing(id);
    pending.nextAt = clock.now() + (timing ? lookEveryMs(timing) : longestWaitMs);
    if (pending.begun || !mayBegin(id)) return;
    pending.begun = true;
    void this.#begin(id, pending, decision.by);
  }

  async #begin(id: string, pending: Pending, by: 'idle' | 'night'): Promise<void> {
    const { begin, log } = this.#deps;
    log(`${id}: its update begins by itself (${by})`);
    try {
      await begin(id, by);
    } catch (error) {
      log(
        `${id}: the update that began by itself did not lead to a new version: ${errorText(error)}`,
      );
      pending.failedAt = this.#now();
    }
    pending.quiet = null;
    pending.begun = false;
  }
}
