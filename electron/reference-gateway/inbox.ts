/**
 * The inbox: one JSON line per accepted webhook, on the disk before its sender gets the answer. A
 * sender that lost the answer repeats the same id, and the inbox still holds the webhook once.
 */
import { LineLog } from './line-log.ts';

/** Ids remembered to recognise repeats: some megabytes at most. */
const rememberedIds = 65_536;

export interface Webhook {
  readonly id: string;
  /** The last part of the address that it was posted to. */
  readonly hook: string;
  readonly body: unknown;
}

export class Inbox {
  /** Webhooks stored since this process started. */
  accepted = 0;
  readonly #log: LineLog;
  readonly #known: Set<string>;
  /** Webhooks on their way to the disk: a repeat waits for the same line. */
  readonly #underWay = new Map<string, Promise<void>>();

  private constructor(log: LineLog) {
    this.#log = log;
    this.#known = new Set(log.tail.slice(-rememberedIds).flatMap((line) => keyOfLine(line) ?? []));
  }

  static async open(path: string): Promise<Inbox> {
    const log = await LineLog.open(path);
    if (log.cutBytes > 0) {
      process.stderr.write(
        `The inbox ended in a half-written webhook (${log.cutBytes} bytes), which was not acknowledged; it was cut off.\n`,
      );
    }
    return new Inbox(log);
  }

  get fault(): string | undefined {
    return this.#log.fault;
  }

  /** Resolves when the webhook is on the disk; false when it was there already. Rejects when the disk refuses it. */
  async store({ id, hook, body }: Webhook): Promise<boolean> {
    const key = keyOf(hook, id);
    if (this.#known.has(key)) return false;
    const earlier = this.#underWay.get(key);
    if (earlier) return earlier.then(() => false);
    // `id` and `hook` come first: keyOfLine reads them without parsing the whole line.
    const line = JSON.stringify({ id, hook, receivedAt: new Date().toISOString(), body });
    const writing = this.#log.append(line).finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, writing);
    await writing;
    this.accepted += 1;
    this.#remember(key);
    return true;
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #remember(key: string): void {
    this.#known.add(key);
    const [oldest] = this.#known;
    if (this.#known.size > rememberedIds && oldest !== undefined) this.#known.delete(oldest);
  }
}

const keyOf = (hook: string, id: string): string => `${hook}\n${id}`;

const lineStart = /^\{"id":("(?:[^"\\]|\\.)*"),"hook":("(?:[^"\\]|\\.)*"),/;

/** Undefined for a line that was damaged after it was written. */
function keyOfLine(line: string): string | undefined {
  const [, id = '', hook = ''] = lineStart.exec(line) ?? [];
  try {
    return keyOf(JSON.parse(hook), JSON.parse(id));
  } catch {
    return undefined;
  }
}
