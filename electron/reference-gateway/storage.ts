/**
 * The data folder as one thing. It is opened after the port is ours, so that a second start on the
 * same port never touches the files; /healthz checks it; the end of a drain closes it.
 */
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inbox } from './inbox.ts';
import { Ticks } from './ticks.ts';

export class Storage {
  readonly inbox: Inbox;
  readonly ticks: Ticks;
  readonly #dataDir: string;

  private constructor(dataDir: string, inbox: Inbox, ticks: Ticks) {
    this.#dataDir = dataDir;
    this.inbox = inbox;
    this.ticks = ticks;
  }

  /** Creates the folder (0700) if needed. Rejects when it or a file in it can't be used. */
  static async open(dataDir: string): Promise<Storage> {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const [inbox, ticks] = await Promise.all([
      Inbox.open(join(dataDir, 'inbox.jsonl')),
      Ticks.open(dataDir),
    ]);
    // Makes the names of new files durable. Windows has no such call and needs none.
    if (process.platform !== 'win32') await withFile(dataDir, 'r', (folder) => folder.sync());
    return new Storage(dataDir, inbox, ticks);
  }

  /**
   * Why the storage does not work; undefined when it does. Costs nothing while webhooks are stored;
   * after a failure only a real write shows whether the disk has room again.
   */
  async check(): Promise<string | undefined> {
    const { fault } = this.inbox;
    if (fault === undefined) return undefined;
    const probe = join(this.#dataDir, '.storage-probe');
    try {
      await withFile(probe, 'w', async (file) => {
        await file.writeFile(Buffer.alloc(4096));
        await file.datasync();
      });
      return undefined;
    } catch {
      return fault;
    } finally {
      await rm(probe, { force: true }).catch(() => {});
    }
  }

  /** Finishes the writes under way; what was acknowledged is on the disk already. */
  async close(): Promise<void> {
    await Promise.all([this.inbox.close(), this.ticks.close()]);
  }
}

type FileHandle = Awaited<ReturnType<typeof open>>;

async function withFile(
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
