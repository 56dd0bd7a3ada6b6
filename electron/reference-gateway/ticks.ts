/**
 * Jobs on the wall clock: `jobs.json` in the data folder names them, each run is a line in
 * `ticks.jsonl`. Slot n of a job is due at n × everyMs since the epoch, so the numbers count on across
 * restarts and a missing one can be seen.
 *
 * A slot runs once. Slots that a busy machine delays all run, late. Of the slots that became due while
 * the gateway was not running only the latest runs, at the start, and the same is true after a long
 * sleep: no burst of old ones.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText } from '../contract/error-text.ts';
import { LineLog } from './line-log.ts';

export interface Job {
  readonly id: string;
  readonly everyMs: number;
}

/** Faster than this the disk, not the clock, would set the pace. */
const minEveryMs = 10;
/** Enough for any list written by hand. */
const maxJobs = 1000;

/** The list `{"schema": 1, "jobs": [{"id", "everyMs"}]}`; none when the file is missing. Throws a sentence. */
async function readJobs(file: string): Promise<Job[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new Error(`${file} can't be read: ${errorText(error)}`, { cause: error });
  }
  try {
    return checkJobs(JSON.parse(text));
  } catch (error) {
    throw new Error(`${file}: ${errorText(error)}`, { cause: error });
  }
}

/** Throws a sentence that names the wrong part. */
export function checkJobs(value: unknown): Job[] {
  const { schema, jobs } = fieldsOf(value);
  if (schema !== 1) throw new Error('"schema" must be 1.');
  if (!Array.isArray(jobs) || jobs.length > maxJobs) {
    throw new Error(`"jobs" must be a list of at most ${maxJobs}.`);
  }
  return jobs.map((entry, index) => {
    const { id, everyMs } = fieldsOf(entry);
    if (typeof id !== 'string' || !/^[\w.-]{1,64}$/.test(id)) {
      throw new Error(`"id" of job ${index + 1} must be 1 to 64 letters, digits, dots or dashes.`);
    }
    if (typeof everyMs !== 'number' || !Number.isSafeInteger(everyMs) || everyMs < minEveryMs) {
      throw new Error(
        `"everyMs" of job ${index + 1} must be a whole number from ${minEveryMs} on.`,
      );
    }
    return { id, everyMs };
  });
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

/**
 * A timer counts uptime, not wall time. A sleep of this length at most makes a job late by no more
 * after a suspend or a change of the clock.
 */
const maxSleepMs = 30_000;
/** A slot that is later than this was not delayed by a busy machine: the machine slept. */
const catchUpMs = 5_000;
/** The clock is followed when it is corrected by less than this. */
const setBackMs = 1_000;

/**
 * The wall clock, except that it can't be set back: jobs go on at their pace until the clock has
 * caught up or the gateway is restarted.
 */
export function forwardClock(wall = Date.now, uptime = () => performance.now()): () => number {
  let last = { time: Number.NEGATIVE_INFINITY, uptime: 0 };
  return () => {
    const [time, up] = [wall(), uptime()];
    const expected = last.time + up - last.uptime;
    last = { time: time < expected - setBackMs ? expected : time, uptime: up };
    return last.time;
  };
}

export class Ticks {
  /** Runs recorded since this process started. */
  count = 0;
  /** What is wrong with jobs.json; then no job runs. */
  problem: string | null = null;
  jobs: readonly Job[] = [];
  readonly #log: LineLog;
  readonly #clock: () => number;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  private constructor(log: LineLog, clock: () => number) {
    this.#log = log;
    this.#clock = clock;
  }

  /** Opens the record and starts the jobs of `dataDir`. */
  static async open(dataDir: string, clock = forwardClock()): Promise<Ticks> {
    const ticks = new Ticks(await LineLog.open(join(dataDir, 'ticks.jsonl')), clock);
    try {
      ticks.jobs = await readJobs(join(dataDir, 'jobs.json'));
    } catch (error) {
      ticks.problem = errorText(error);
      process.stderr.write(`${ticks.problem} The gateway runs without jobs.\n`);
    }
    const lastSlots = lastSlotsIn(ticks.#log.tail);
    for (const job of ticks.jobs) {
      const current = Math.floor(clock() / job.everyMs);
      const missed = (lastSlots.get(keyOf(job)) ?? current) < current;
      ticks.#sleep(job, missed ? current : current + 1);
    }
    return ticks;
  }

  get fault(): string | undefined {
    return this.#log.fault;
  }

  /** No further runs; resolves when those under way are recorded. */
  async close(): Promise<void> {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await this.#log.close();
  }

  #sleep(job: Job, slot: number): void {
    const ms = Math.max(0, slot * job.everyMs - this.#clock());
    const timer = setTimeout(() => this.#run(job, slot), Math.min(ms, maxSleepMs));
    this.#timers.set(job.id, timer);
  }

  /** Runs the slots that are due, `slot` being the earliest, and sleeps until the next. */
  #run(job: Job, slot: number): void {
    const now = this.#clock();
    const current = Math.floor(now / job.everyMs);
    const isDelayed = now - slot * job.everyMs <= catchUpMs;
    for (let n = isDelayed ? slot : current; n <= current; n += 1) void this.#record(job, n);
    this.#sleep(job, Math.max(slot, current + 1));
  }

  async #record({ id, everyMs }: Job, n: number): Promise<void> {
    const at = new Date().toISOString();
    try {
      await this.#log.append(JSON.stringify({ job: id, everyMs, n, at }));
      this.count += 1;
    } catch (error) {
      process.stderr.write(`Job ${id} failed: ${errorText(error)}\n`);
    }
  }
}

/** A job with another period counts in other numbers, so the period belongs to the key. */
const keyOf = ({ id, everyMs }: Job): string => `${id}/${everyMs}`;

/** The last slot of each job that the lines record; a damaged line records none. */
function lastSlotsIn(lines: readonly string[]): Map<string, number> {
  const slots = new Map<string, number>();
  for (const line of lines) {
    try {
      const { job, everyMs, n } = fieldsOf(JSON.parse(line));
      slots.set(keyOf({ id: String(job), everyMs: Number(everyMs) }), Number(n));
    } catch {
      // Only a damaged disk writes such a line.
    }
  }
  return slots;
}
