/**
 * A file of lines that only grows, with group commit: all lines that arrive while one fsync runs go
 * out with the next. A line counts once its promise has resolved. One process per file.
 *
 *     append ──> queue ──write + fdatasync──> resolved
 *                           └── failed: cut back to the last good size, rejected
 */
import { type FileHandle, open } from 'node:fs/promises';
import { errorText } from '../contract/error-text.ts';

const newline = 0x0a;
/**
 * How much of the end is read at opening. It must hold everything that can be unacknowledged when the
 * process dies, so that a sender who repeats it is recognised.
 */
const tailBytes = 16 * 1024 * 1024;

interface Entry {
  readonly bytes: Buffer;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export class LineLog {
  /** The complete lines of the file's tail, the oldest first. */
  readonly tail: readonly string[];
  /** Bytes of a half-written line that were cut off at opening: its sender got no answer. */
  readonly cutBytes: number;
  /** Why the last write failed; undefined while writing works. */
  fault: string | undefined;
  readonly #path: string;
  readonly #file: FileHandle;
  #size: number;
  #queue: Entry[] = [];
  #writing: Promise<void> | undefined;

  private constructor(path: string, file: FileHandle, bytes: Buffer, start: number) {
    const end = bytes.lastIndexOf(newline) + 1;
    // The first line of a tail that begins within the file is itself cut.
    const begin = start === 0 ? 0 : bytes.indexOf(newline) + 1;
    this.#path = path;
    this.#file = file;
    this.#size = start + end;
    this.cutBytes = bytes.length - end;
    this.tail = bytes.toString('utf8', begin, end).split('\n').slice(0, -1);
  }

  /** Opens or creates the file (mode 0600) and cuts off a half-written last line. */
  static async open(path: string): Promise<LineLog> {
    const file = await open(path, 'a+', 0o600);
    try {
      const { size } = await file.stat();
      const start = Math.max(0, size - tailBytes);
      const bytes = Buffer.alloc(size - start);
      await file.read(bytes, 0, bytes.length, start);
      const log = new LineLog(path, file, bytes, start);
      if (log.cutBytes > 0) await file.truncate(log.#size);
      // Also makes a new file durable.
      await file.datasync();
      return log;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** Adds one line. Resolves once it is on the disk; rejects when it is not. */
  append(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ bytes: Buffer.from(`${line}\n`), resolve, reject });
      this.#writing ??= this.#writeQueue();
    });
  }

  /** Finishes what is queued and closes the file. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  async #writeQueue(): Promise<void> {
    // One turn of the event loop: requests that were read together are written together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      try {
        await this.#write(Buffer.concat(batch.map(({ bytes }) => bytes)));
        this.fault = undefined;
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        this.fault = `${this.#path} could not be written: ${errorText(cause)}`;
        const error = new Error(this.fault, { cause });
        // If this fails too, the next write or the next opening cuts the file.
        await this.#file.truncate(this.#size).catch(() => {});
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = undefined;
  }

  async #write(bytes: Buffer): Promise<void> {
    if (this.fault !== undefined) await this.#file.truncate(this.#size);
    await this.#file.appendFile(bytes);
    await this.#file.datasync();
    this.#size += bytes.length;
  }
}
