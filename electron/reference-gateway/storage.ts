/**
 * The data folder as one thing: opened after the port is ours (so that a second start on the same
 * port never touches the files), probed by /healthz, closed at the end of a drain.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inbox } from './inbox.ts';
import { readJobs } from './jobs.ts';
import { Scheduler } from './scheduler.ts';

export class Storage {
  readonly inbox: Inbox;
  readonly scheduler: Scheduler;
  readonly #dataDir: string;
  #jobsProblem: string | undefined;

  private constructor(dataDir: string, inbox: Inbox, scheduler: Scheduler) {
    this.#dataDir = dataDir;
    this.inbox = inbox;
    this.scheduler = scheduler;
  }

  /**
   * Creates the folder (0700) if needed, opens inbox and ticks, starts the jobs.
   * @throws when the folder or a file in it can't be used
   */
  static async open(dataDir: string): Promise<Storage> {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const [{ inbox, cutBytes, created }, ticks] = await Promise.all([
      Inbox.open(join(dataDir, 'inbox.jsonl')),
      Scheduler.open(dataDir),
    ]);
    if (cutBytes > 0) {
      process.stderr.write(
        `The inbox ended in a half-written webhook (${cutBytes} bytes) that nobody was told is stored; it was cut off.\n`,
      );
    }
    if (created || ticks.created) await syncFolder(dataDir);
    const storage = new Storage(dataDir, inbox, ticks.scheduler);
    await storage.loadJobs();
    return storage;
  }

  /** What is wrong with jobs.json; the last good list keeps running meanwhile. */
  get jobsProblem(): string | undefined {
    return this.#jobsProblem;
  }

  /** Reads jobs.json again. */
  async loadJobs(): Promise<void> {
    const result = await readJobs(join(this.#dataDir, 'jobs.json'));
    if ('problem' in result) {
      this.#jobsProblem = result.problem;
      const running = this.scheduler.jobs.length;
      process.stderr.write(`${result.problem} The gateway goes on with ${running} jobs.\n`);
      return;
    }
    this.#jobsProblem = undefined;
    this.scheduler.setJobs(result.jobs);
  }

  /**
   * Why the storage does not work, or undefined. Costs nothing while writes succeed; after a failure
   * it tries a real write, because only that tells whether the disk took bytes again.
   */
  async check(): Promise<string | undefined> {
    const fault = this.inbox.fault;
    if (fault === undefined) return undefined;
    const probe = join(this.#dataDir, '.storage-probe');
    try {
      const file = await open(probe, 'w', 0o600);
      try {
        await file.writeFile(Buffer.alloc(4096));
        await file.datasync();
      } finally {
        await file.close();
        await rm(probe, { force: true });
      }
      return undefined;
    } catch {
      return fault;
    }
  }

  /** Finishes what runs and closes both files; everything acknowledged is on the disk already. */
  async close(): Promise<void> {
    await Promise.all([this.scheduler.stop(), this.inbox.close()]);
  }
}

/** Makes new file names durable. Windows has no such call and needs none. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
