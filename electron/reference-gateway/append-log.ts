/**
 * A file of lines that only grows, with group commit: however many lines arrive while one fsync is
 * under way, the next write and fsync carry them all. A line counts once its promise resolved.
 *
 *     append ──> queue ──write + fdatasync──> resolved
 *                           │ failed: cut back to the last good size
 *                           └───────────────> rejected (the sender may try again)
 *
 * One process per file. A line that a killed process left half written is cut off at opening: nobody
 * was told that it is stored.
 */
import { type FileHandle, open } from 'node:fs/promises';

const newline = 0x0a;

/**
 * How much of the end of the file is read back at opening. Has to exceed what can be unacknowledged
 * at once (`maxQueuedBytes`), so that a sender who never saw its answer is recognised.
 */
export const tailBytes = 16 * 1024 * 1024;
/** Lines waiting for the disk; beyond it senders are told to come back instead of filling memory. */
export const maxQueuedBytes = 8 * 1024 * 1024;

interface Waiting {
  readonly line: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class AppendLog {
  readonly path: string;
  readonly #file: FileHandle;
  #size: number;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #running: Promise<void> | undefined;
  #fault: string | undefined;

  private constructor(path: string, file: FileHandle, size: number) {
    this.path = path;
    this.#file = file;
    this.#size = size;
  }

  /**
   * Opens or creates the file (mode 0600), repairs its end and reads its tail back.
   * @returns the log, its last complete lines (at most `tailBytes`, oldest first), and how many bytes
   *   of a half-written line were cut
   * @throws when the file can't be opened, or is not a file of lines
   */
  static async open(
    path: string,
  ): Promise<{ log: AppendLog; tail: string[]; cutBytes: number; created: boolean }> {
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - tailBytes);
      const bytes = await readRange(file, start, size - start);
      const end = bytes.lastIndexOf(newline) + 1;
      if (end === 0 && start > 0) {
        throw new Error(`${path} holds no line in its last ${tailBytes} bytes; move it away.`);
      }
      const good = start + end;
      if (good < size) {
        await file.truncate(good);
        await file.datasync();
      }
      // The first line of a tail that starts inside the file may itself be cut: leave it out.
      const from = start === 0 ? 0 : bytes.indexOf(newline) + 1;
      const text = bytes.toString('utf8', from, end);
      const tail = text === '' ? [] : text.slice(0, -1).split('\n');
      const log = new AppendLog(path, file, good);
      return { log, tail, cutBytes: size - good, created: size === 0 };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Why the last write failed; undefined while the storage works. */
  get fault(): string | undefined {
    return this.#fault;
  }

  /** Whether another line of this many bytes may be queued now. */
  hasRoomFor(bytes: number): boolean {
    return this.#queuedBytes + bytes <= maxQueuedBytes;
  }

  /** Adds one line (without its newline). Resolves once it is on the disk, rejects if it is not. */
  append(line: string): Promise<void> {
    const bytes = Buffer.from(`${line}\n`);
    return new Promise((resolve, reject) => {
      this.#queue.push({ line: bytes, resolve, reject });
      this.#queuedBytes += bytes.length;
      this.#running ??= this.#run();
    });
  }

  /** Resolves when everything that was appended before the call is decided. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Waits for what is queued and closes the file. */
  async close(): Promise<void> {
    await this.settled();
    await this.#file.close();
  }

  async #run(): Promise<void> {
    // One turn of the event loop, so that requests that were read together are written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = this.#queue;
      this.#queue = [];
      const bytes = Buffer.concat(batch.map((waiting) => waiting.line));
      try {
        await this.#commit(bytes);
        this.#fault = undefined;
        for (const waiting of batch) waiting.resolve();
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        this.#fault = `${this.path} could not be written: ${why}`;
        const error = new Error(this.#fault, { cause });
        await this.#cutBack();
        for (const waiting of batch) waiting.reject(error);
      }
      this.#queuedBytes -= bytes.length;
    }
    this.#running = undefined;
  }

  async #cutBack(): Promise<void> {
    try {
      await this.#file.truncate(this.#size);
    } catch {
      // The storage is gone; the next commit or the next start cuts it.
    }
  }

  async #commit(bytes: Buffer): Promise<void> {
    // The cut after a failure may have failed too; nothing is written behind half a line.
    if (this.#fault !== undefined) await this.#file.truncate(this.#size);
    let written = 0;
    while (written < bytes.length) {
      written += (await this.#file.write(bytes, written)).bytesWritten;
    }
    await this.#file.datasync();
    this.#size += bytes.length;
  }
}

async function readRange(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await file.read(bytes, filled, length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}
