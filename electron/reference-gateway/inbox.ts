/**
 * The inbox: one JSON line per accepted webhook, on the disk before the sender hears of it. A sender
 * that lost its answer repeats the same id, and the inbox still holds it once.
 */
import { AppendLog } from './append-log.ts';

/** Ids remembered for recognising repeats; at about 100 bytes each, some megabytes at most. */
const rememberedIds = 65_536;

export interface Webhook {
  readonly id: string;
  /** The last part of the address it was posted to. */
  readonly hook: string;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
  readonly body: unknown;
}

export type StoreAnswer = 'stored' | 'duplicate' | 'busy';

export class Inbox {
  readonly #log: AppendLog;
  readonly #known: Set<string>;
  /** Ids whose line is on its way to the disk: a repeat waits for the same line. */
  readonly #underWay = new Map<string, Promise<void>>();
  #accepted = 0;

  private constructor(log: AppendLog, known: Set<string>) {
    this.#log = log;
    this.#known = known;
  }

  /**
   * Opens `inbox.jsonl`, repairs it and learns the ids of its tail.
   * @throws when the file can't be opened
   */
  static async open(path: string): Promise<{ inbox: Inbox; cutBytes: number; created: boolean }> {
    const { log, tail, cutBytes, created } = await AppendLog.open(path);
    const known = new Set<string>();
    for (const line of tail.slice(-rememberedIds)) {
      const key = keyOfLine(line);
      if (key !== undefined) known.add(key);
    }
    return { inbox: new Inbox(log, known), cutBytes, created };
  }

  /** Webhooks stored since this process started. */
  get accepted(): number {
    return this.#accepted;
  }

  get fault(): string | undefined {
    return this.#log.fault;
  }

  /**
   * Stores a webhook once. Resolves when its line is on the disk; `busy` means that nothing was
   * stored and the sender should come back.
   * @throws when the disk refuses the line
   */
  async store(webhook: Webhook): Promise<StoreAnswer> {
    const key = keyOf(webhook.hook, webhook.id);
    if (this.#known.has(key)) return 'duplicate';
    const earlier = this.#underWay.get(key);
    if (earlier !== undefined) {
      await earlier;
      return 'duplicate';
    }
    // `id` and `hook` come first: keyOfLine reads them without parsing the whole line.
    const line = JSON.stringify({
      id: webhook.id,
      hook: webhook.hook,
      receivedAt: new Date(webhook.receivedAt).toISOString(),
      body: webhook.body,
    });
    if (!this.#log.hasRoomFor(line.length)) return 'busy';
    const writing = this.#log.append(line);
    this.#underWay.set(key, writing);
    try {
      await writing;
    } finally {
      this.#underWay.delete(key);
    }
    this.#accepted += 1;
    this.#remember(key);
    return 'stored';
  }

  close(): Promise<void> {
    return this.#log.close();
  }

  #remember(key: string): void {
    this.#known.add(key);
    if (this.#known.size > rememberedIds) {
      for (const oldest of this.#known) {
        this.#known.delete(oldest);
        break;
      }
    }
  }
}

function keyOf(hook: string, id: string): string {
  return `${hook}\n${id}`;
}

const lineStart = /^\{"id":("(?:[^"\\]|\\.)*"),"hook":("(?:[^"\\]|\\.)*"),/;

function keyOfLine(line: string): string | undefined {
  const match = lineStart.exec(line);
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  try {
    const id: unknown = JSON.parse(match[1]);
    const hook: unknown = JSON.parse(match[2]);
    return typeof id === 'string' && typeof hook === 'string' ? keyOf(hook, id) : undefined;
  } catch {
    // A line that was damaged after it was written: it can't be recognised, and is left alone.
    return undefined;
  }
}
