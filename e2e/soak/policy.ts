/**
 * The shipped restart policy on a virtual clock: the pure machine and its backoff schedule, for ten
 * minutes and a day of gateways that end in every way, at random times. It takes seconds.
 */
import { errorText } from '../../electron/contract/error-text.ts';
import {
  healthyMs,
  maxDelayMs,
  maxStarts,
  windowMs,
} from '../../electron/gateway/machine/backoff.ts';
import { reduce } from '../../electron/gateway/machine/machine.ts';
import { type Effect, type Event, initialModel, type Model } from '../../electron/gateway/model.ts';
import { defaultTuning } from '../../electron/gateway/tuning.ts';
import { type Random, seeded } from './random.ts';

const minute = 60_000;
/** How many independent gateways run for each length. */
const lives = [
  { name: 'ten minutes', ms: 10 * minute, gateways: 200 },
  { name: 'a day', ms: 24 * 60 * minute, gateways: 20 },
] as const;
/** Jitter adds a fifth at most; the budget may then hold a start back until the window has passed. */
const longestSilence = Math.max(maxDelayMs * 1.2, windowMs, defaultTuning.recheckMs);

interface Planned {
  readonly at: number;
  readonly event: Event;
}

/** One gateway that ends by chance; throws a sentence when a promise is broken. */
class VirtualGateway {
  readonly starts: number[] = [];
  ends = 0;
  readonly #random: Random;
  readonly #queue: Planned[] = [];
  #model: Model = initialModel('running');
  #timer: Planned | null = null;
  #now = 0;
  #pid = 0;
  /** When the present process became ready, and when the last one ended. */
  #readyAt: number | null = null;
  #endedAt: number | null = null;
  #failures = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  runFor(lengthMs: number): void {
    this.#dispatch({ type: 'start' });
    while (this.#now < lengthMs) {
      const due = this.#takeNext();
      if (this.#model.state.status === 'waiting' && due.at - this.#now > longestSilence) {
        throw new Error(`it waits for ${due.at - this.#now} ms`);
      }
      this.#now = due.at;
      this.#dispatch(due.event);
    }
  }

  #takeNext(): Planned {
    this.#queue.sort((a, b) => a.at - b.at);
    const [next] = this.#queue;
    const timer = this.#timer;
    if (timer && (!next || timer.at < next.at)) {
      this.#timer = null;
      return timer;
    }
    if (!next) throw new Error(`nothing will ever happen again; it is ${this.#model.state.status}`);
    this.#queue.shift();
    return next;
  }

  #dispatch(event: Event): void {
    if (event.type === 'ready') this.#readyAt = this.#now;
    if (event.type === 'exited') {
      this.ends += 1;
      const wasHealthy = this.#readyAt !== null && this.#now - this.#readyAt >= healthyMs;
      this.#failures = wasHealthy ? 0 : this.#model.backoff.failures;
      // A port that another program holds is checked later.
      this.#endedAt = event.conflict ? null : this.#now;
    }
    const step = reduce(this.#model, event, {
      now: this.#now,
      wall: this.#now,
      random: this.#random.next(),
      name: 'g',
      graceMs: 10_000,
      exitCodes: { restart: [75], fatal: [78] },
      recheckMs: defaultTuning.recheckMs,
    });
    this.#model = step.model;
    for (const effect of step.effects) this.#carryOut(effect);
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'spawn':
        this.#start();
        return;
      case 'timer':
        this.#timer = { at: this.#now + effect.ms, event: { type: 'due' } };
        return;
      case 'cancel-timer':
        this.#timer = null;
        return;
      case 'end':
        this.#queue.length = 0;
        this.#plan(0, this.#exit(null, 'SIGKILL'));
        return;
      default:
        return;
    }
  }

  #start(): void {
    // The system refuses a start now and then: no process, another try later.
    if (this.#random.next() < 0.02) {
      this.#failures += 1;
      this.#plan(0, { type: 'spawn-failed', problem: { message: 'no memory' }, busy: true });
      return;
    }
    const now = this.#now;
    const isFirst = this.#endedAt !== null && this.#failures === 0;
    if (isFirst && now !== this.#endedAt && this.#startsInWindow() < maxStarts) {
      throw new Error(`the first start after an end came ${now - (this.#endedAt ?? 0)} ms later`);
    }
    this.#pid += 1;
    this.starts.push(now);
    if (this.#startsInWindow() > maxStarts) {
      throw new Error(`${this.#startsInWindow()} starts within ten minutes, the last at ${now} ms`);
    }
    this.#readyAt = null;
    const pid = this.#pid;
    this.#dispatch({ type: 'spawned', identity: { pid, startedAt: String(pid), nonce: '' } });
    this.#planEnd();
  }

  #planEnd(): void {
    const random = this.#random;
    const fate = random.weighted({ 'at-once': 3, soon: 3, later: 3, long: 2, slow: 1, hang: 1 });
    if (fate === 'slow') {
      this.#plan(minute, { type: 'overdue', problem: { message: 'not ready' } });
      return;
    }
    if (fate !== 'at-once') {
      this.#plan(80, { type: 'ready', proof: 'healthy', readyAt: this.#now + 80 });
    }
    const ms = {
      'at-once': random.between(0, 70),
      soon: random.between(100, 2_000),
      later: random.between(2_000, 70_000),
      long: random.between(50_000, 20 * minute),
      hang: random.between(100, 2 * minute),
    }[fate];
    if (fate === 'hang') {
      this.#plan(ms, { type: 'hung', problem: { message: 'no answer' }, canHear: 'maybe' });
    } else if (random.next() < 0.3) this.#plan(ms, this.#exit(null, 'SIGKILL'));
    else this.#plan(ms, this.#exit(random.pick([0, 1, 75]), null));
  }

  #plan(ms: number, event: Event): void {
    this.#queue.push({ at: this.#now + ms, event });
  }

  #exit(code: number | null, signal: string | null): Event {
    const isConflict = this.#random.between(0, 11) === 0;
    const conflict = isConflict ? { message: 'its port was taken' } : null;
    return { type: 'exited', code, signal, conflict, exitReport: null };
  }

  #startsInWindow(): number {
    return this.starts.filter((at) => at > this.#now - windowMs).length;
  }
}

/** Runs both lengths and prints the results. */
export function runPolicy(seed: number): { name: string; passed: boolean }[] {
  return lives.map(({ name, ms, gateways }) => {
    const title = `the shipped policy keeps its word for ${name} on a virtual clock [F49]`;
    const sums = { starts: 0, ends: 0 };
    for (let n = 0; n < gateways; n += 1) {
      try {
        const gateway = new VirtualGateway(seeded(seed + n));
        gateway.runFor(ms);
        sums.starts += gateway.starts.length;
        sums.ends += gateway.ends;
      } catch (error) {
        const why = errorText(error);
        console.log(`FAILED: ${title}: seed ${seed}, gateway ${n}: ${why}`);
        return { name: title, passed: false };
      }
    }
    console.log(
      `policy: ${gateways} gateways for ${name}: ${sums.ends} ends, ${sums.starts} starts`,
    );
    return { name: title, passed: true };
  });
}
