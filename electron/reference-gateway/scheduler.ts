/**
 * Runs jobs on the wall clock. Slot n of a job is due at n × everyMs since the epoch, so the numbers
 * in ticks.jsonl count on across restarts and a missing one can be seen.
 *
 * A slot runs once. Slots that a busy machine let slip while the gateway lived run late, each of them.
 * If the gateway was away when a slot became due and the next is not due yet, it runs late, at start;
 * older ones stay missing rather than running in a burst, and so do those of a long sleep. A clock that
 * is set back holds nothing up: slots go on at their distance and with the next number, until it has
 * caught up or the gateway is started anew.
 *
 *     idle ──start──> waiting ──due──> running ──> waiting ...
 *                        └──────stop──> stopped (what runs is finished)
 */
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AppendLog } from './append-log.ts';
import type { Job } from './jobs.ts';

/**
 * Longest sleep. Timers count uptime, not wall time: after a suspend or a clock change a job is late
 * by at most this much.
 */
const maxSleepMs = 30_000;
/** Later than this is not a busy machine but one that slept: what is long over stays missing. */
const catchUpMs = 5_000;
/** A clock that is put right by less than this is followed; further back it was set. */
const setBackMs = 1_000;

export interface SchedulerClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds that nobody can set back. */
  readonly uptime: () => number;
}

const systemClock: SchedulerClock = { now: Date.now, uptime: () => performance.now() };

export class Scheduler {
  readonly #dataDir: string;
  readonly #log: AppendLog;
  readonly #clock: SchedulerClock;
  readonly #lastSlot: Map<string, number>;
  readonly #nextSlot = new Map<string, number>();
  #jobs: readonly Job[] = [];
  #lastTime = { time: Number.NEGATIVE_INFINITY, uptime: 0 };
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;
  #ticks = 0;
  #fault: string | undefined;
  readonly #running = new Set<Promise<void>>();

  private constructor(
    dataDir: string,
    log: AppendLog,
    lastSlot: Map<string, number>,
    clock: SchedulerClock,
  ) {
    this.#dataDir = dataDir;
    this.#log = log;
    this.#lastSlot = lastSlot;
    this.#clock = clock;
  }

  /** Opens ticks.jsonl and learns which slots ran already. */
  static async open(
    dataDir: string,
    clock: SchedulerClock = systemClock,
  ): Promise<{ scheduler: Scheduler; created: boolean }> {
    const { log, tail, created } = await AppendLog.open(join(dataDir, 'ticks.jsonl'));
    const lastSlot = new Map<string, number>();
    // Backwards, and not far: the last lines name every job that ran lately.
    for (const line of tail.slice(-10_000)) {
      const tick = parseTick(line);
      if (tick !== undefined) lastSlot.set(tick.key, tick.n);
    }
    return { scheduler: new Scheduler(dataDir, log, lastSlot, clock), created };
  }

  /** Runs recorded since this process started. */
  get ticks(): number {
    return this.#ticks;
  }

  get fault(): string | undefined {
    return this.#log.fault ?? this.#fault;
  }

  get jobs(): readonly Job[] {
    return this.#jobs;
  }

  /** Starts with these jobs, or goes on with these instead of the earlier ones. */
  setJobs(jobs: readonly Job[]): void {
    if (this.#stopped) return;
    this.#jobs = jobs;
    this.#nextSlot.clear();
    const now = this.#time();
    for (const job of jobs) {
      const current = Math.floor(now / job.everyMs);
      const last = this.#lastSlot.get(slotKey(job));
      const missed = last !== undefined && last < current;
      this.#nextSlot.set(job.id, missed ? current : current + 1);
    }
    this.#arm();
  }

  /** No further runs; resolves when those under way are recorded. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await Promise.allSettled(this.#running);
    await this.#log.close();
  }

  #arm(): void {
    clearTimeout(this.#timer);
    if (this.#jobs.length === 0 || this.#stopped) return;
    let due = Number.POSITIVE_INFINITY;
    for (const job of this.#jobs) due = Math.min(due, this.#dueAt(job));
    const sleep = Math.min(maxSleepMs, Math.max(0, due - this.#time()));
    this.#timer = setTimeout(() => this.#fire(), sleep);
  }

  #dueAt(job: Job): number {
    return (this.#nextSlot.get(job.id) ?? 0) * job.everyMs;
  }

  /** What slots are counted by: the wall clock, but never set back. */
  #time(): number {
    const { now, uptime } = { now: this.#clock.now(), uptime: this.#clock.uptime() };
    const due = this.#lastTime.time + (uptime - this.#lastTime.uptime);
    this.#lastTime = { time: now < due - setBackMs ? due : now, uptime };
    return this.#lastTime.time;
  }

  #fire(): void {
    const now = this.#time();
    for (const job of this.#jobs) {
      const dueAt = this.#dueAt(job);
      if (dueAt > now) continue;
      const current = Math.floor(now / job.everyMs);
      const first = now - dueAt <= catchUpMs ? dueAt / job.everyMs : current;
      this.#nextSlot.set(job.id, current + 1);
      this.#lastSlot.set(slotKey(job), current);
      for (let slot = first; slot <= current; slot += 1) {
        const run = this.#run(job, slot).finally(() => this.#running.delete(run));
        this.#running.add(run);
      }
    }
    this.#arm();
  }

  async #run(job: Job, n: number): Promise<void> {
    try {
      if (job.action.type === 'append') {
        const path = join(this.#dataDir, job.action.file);
        await appendFile(path, `${job.action.text}\n`, { mode: 0o600 });
      }
      const at = new Date(this.#clock.now()).toISOString();
      await this.#log.append(JSON.stringify({ job: job.id, everyMs: job.everyMs, n, at }));
      this.#ticks += 1;
      this.#fault = undefined;
    } catch (error) {
      this.#fault = `Job ${job.id} failed: ${error instanceof Error ? error.message : ''}`;
      process.stderr.write(`${this.#fault}\n`);
    }
  }
}

/** A job with another period counts in other numbers, so the period belongs to the key. */
function slotKey(job: { readonly id: string; readonly everyMs: number }): string {
  return `${job.id}/${job.everyMs}`;
}

function parseTick(line: string): { key: string; n: number } | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    if (!('job' in value && 'everyMs' in value && 'n' in value)) return undefined;
    const { job, everyMs, n } = value;
    if (typeof job !== 'string' || typeof everyMs !== 'number' || typeof n !== 'number') {
      return undefined;
    }
    return { key: slotKey({ id: job, everyMs }), n };
  } catch {
    // A damaged line says nothing about a job; the others still do.
    return undefined;
  }
}
