/**
 * What gateways use of memory and processor, asked for while someone looks: one timer for all who show it,
 * and none while the window can't be seen. What was measured before is then forgotten: it has a gap.
 */
import type { AppContract } from '../../electron/contract/app-contract.ts';
import type { Output } from '../../electron/contract/define.ts';
import { type Load, loadOf } from '../../electron/contract/usage.ts';
import type { UsageSample } from '../../electron/contract/usage-call.ts';

export const sampleEveryMs = 2_000;
/** After an answer that never came: an older watcher does not know the question. */
const retryMs = 30_000;
/** Two minutes. */
const mostKept = 60;

const none: readonly Load[] = [];

export class UsageFeed {
  readonly #ask: () => Promise<Output<AppContract, 'usage.sample'>>;
  readonly #listeners = new Set<() => void>();
  #loads: ReadonlyMap<string, readonly Load[]> = new Map();
  #last: UsageSample | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  /** Rises whenever what is under way no longer counts. */
  #turn = 0;

  constructor(ask: () => Promise<Output<AppContract, 'usage.sample'>>) {
    this.#ask = ask;
  }

  /** What a gateway used, oldest first; the same list until there is a newer one. */
  loads(id: string): readonly Load[] {
    return this.#loads.get(id) ?? none;
  }

  /** Looks on until the returned function is called. */
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) {
      document.addEventListener('visibilitychange', this.#onVisibility);
      this.#onVisibility();
    }
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  };

  close(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#stop();
  }

  readonly #onVisibility = (): void => {
    this.#stop();
    if (!document.hidden) void this.#sample(this.#turn);
  };

  #stop(): void {
    this.#turn += 1;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#last = null;
    this.#loads = new Map();
  }

  async #sample(turn: number): Promise<void> {
    const next = await this.#ask().catch(() => null);
    if (turn !== this.#turn) return;
    if (next) this.#take(next);
    this.#timer = setTimeout(() => void this.#sample(turn), next ? sampleEveryMs : retryMs);
  }

  #take(sample: UsageSample): void {
    const before = this.#last;
    this.#last = sample;
    const entries = Object.keys(sample.gateways).flatMap((id) => {
      const load = loadOf(id, before, sample);
      return load ? [[id, [...this.loads(id), load].slice(-mostKept)] as const] : [];
    });
    this.#loads = new Map(entries);
    for (const listener of this.#listeners) listener();
  }
}
