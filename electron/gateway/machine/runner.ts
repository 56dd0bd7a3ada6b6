/** Runs one gateway's machine: holds its model, feeds it events, and has its effects carried out. */
import type { Clock } from '../../process/index.ts';
import type { Context, Effect, Event, Model } from '../model.ts';
import { reduce } from './machine.ts';

export interface RunnerDeps {
  readonly clock: Clock;
  /** 0 ≤ x < 1. */
  random(): number;
  /** What the gateway's profile says at this moment. */
  settings(): Pick<Context, 'name' | 'graceMs' | 'exitCodes' | 'recheckMs'>;
  /** The model may have changed, from `before` by `event`; its effects follow. */
  moved(model: Model, before: Model, event: Event): void;
  /** Carries out every effect except those of the timer. */
  perform(effect: Effect): void;
  /** The model may have changed, and everything that follows at once has been done. */
  changed(): void;
}

export class MachineRunner {
  readonly #deps: RunnerDeps;
  #model: Model;
  #active = true;
  #cancelTimer = (): void => {};

  constructor(initial: Model, deps: RunnerDeps) {
    this.#model = initial;
    this.#deps = deps;
  }

  get model(): Model {
    return this.#model;
  }

  /** False: frozen or closed; nothing is decided or done. */
  get active(): boolean {
    return this.#active;
  }

  dispatch(event: Event): void {
    if (!this.#active) return;
    this.apply(event);
    this.#deps.changed();
  }

  /** For an event with others to follow at once; the last of them is dispatched, or `changed` called. */
  apply(event: Event): void {
    if (!this.#active) return;
    const { clock, random, settings, moved, perform } = this.#deps;
    const context = { now: clock.now(), wall: Date.now(), random: random(), ...settings() };
    const before = this.#model;
    const { model, effects } = reduce(before, event, context);
    this.#model = model;
    moved(model, before, event);
    for (const effect of effects) {
      if (effect.type === 'timer') this.#arm(effect.ms);
      else if (effect.type === 'cancel-timer') this.#cancelTimer();
      else perform(effect);
    }
  }

  /** Takes over what the ledger, or a process that was found, shows. */
  restore(known: Partial<Model>): void {
    this.#model = { ...this.#model, ...known };
  }

  pause(): void {
    this.#active = false;
    this.#cancelTimer();
  }

  resume(): void {
    this.#active = true;
  }

  #arm(ms: number): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#deps.clock.after(ms, () => this.dispatch({ type: 'due' }));
  }
}
