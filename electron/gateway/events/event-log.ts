/**
 * The file of a gateway's history: lines of JSON with a checksum each, written by one watcher at a time
 * and read as if a stranger had written them.
 *
 * - Appended without waiting for the disk: a killed watcher loses nothing, a power cut the last moments.
 * - A torn line, or one that was changed, is passed over; the next line begins on a line of its own.
 * - Past 1 MiB the file is written anew, with half of that: thin.ts says what goes.
 * - Lines of other versions are kept as they are.
 */
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  readSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { type EventFacts, eventSchema, type GatewayEvent } from '../../contract/events.ts';
import type { Problem } from '../../contract/gateway.ts';
import { redact } from '../../contract/redact.ts';
import { decodeLine, encodeLine } from '../../files/checked-line.ts';
import { writeDurable } from '../../files/durable-write.ts';
import { FileProblem, openPlainFile, readUntrusted } from '../../files/untrusted-file.ts';
import { systemUptimeMs } from '../../process/index.ts';
import { type Bounds, thin } from './thin.ts';

const lineEnd = 0x0a;
/** A calm gateway has some hundred lines in that time, and a size of some ten KB. */
const maxAgeMs = 90 * 86_400_000;
const maxBytes = 1024 * 1024;
/** What is left free when the file is written anew, so that this is rare. */
const keptShare = 0.5;
/** No file of ours is longer: at most one batch is appended past the limit. */
const readableBytes = 8 * maxBytes;

export interface History {
  /** Oldest first. */
  readonly events: readonly GatewayEvent[];
  /** Lines that can't be read. */
  readonly damaged: number;
}

/** When something happened: by the clock, and as long as the machine had been up. */
export interface EventMoment {
  readonly at: number;
  readonly up: number;
}

export interface EventLogOptions {
  /** Epoch milliseconds. */
  readonly now?: () => number;
  /** How long the machine has been up, milliseconds. */
  readonly up?: () => number;
  readonly bounds?: Bounds;
}

/** The history in `file`; a missing one is empty. Throws a FileProblem for a file that must not be read. */
export function readHistory(file: string): History {
  try {
    return decodeHistory(readUntrusted(file, readableBytes));
  } catch (error) {
    if (error instanceof FileProblem && error.fault === 'missing') {
      return { events: [], damaged: 0 };
    }
    throw error;
  }
}

/** What can be read of these bytes. Never throws. */
export function decodeHistory(bytes: Buffer): History {
  const events: GatewayEvent[] = [];
  let damaged = 0;
  for (const line of bytes.toString('utf8').split('\n')) {
    if (line === '') continue;
    const parsed = z.safeParse(eventSchema, decodeLine(line));
    if (parsed.success) events.push(parsed.data);
    else damaged += 1;
  }
  return { events, damaged };
}

export class EventLog {
  readonly file: string;
  readonly #now: () => number;
  readonly #up: () => number;
  readonly #bounds: Bounds;
  #newest: GatewayEvent | null = null;
  /** After the last append; 0 until then. */
  #size = 0;

  /** Reads what is there. A file that can't be read counts as empty; the first append says why. */
  constructor(file: string, options: EventLogOptions = {}) {
    this.file = file;
    this.#now = options.now ?? Date.now;
    this.#up = options.up ?? systemUptimeMs;
    this.#bounds = options.bounds ?? { maxBytes, maxAgeMs };
    this.reopen();
  }

  /** The number of the newest event; 0 for none. */
  get seq(): number {
    return this.#newest?.seq ?? 0;
  }

  /** The newest event in the file; null for none. */
  get newest(): GatewayEvent | null {
    return this.#newest;
  }

  moment(): EventMoment {
    return { at: this.#now(), up: Math.round(this.#up()) };
  }

  /** Appends with the next numbers, all or none. Throws the system's error, or a FileProblem. */
  append(facts: readonly (EventFacts & EventMoment)[]): void {
    mkdirSync(path.dirname(this.file), { recursive: true, mode: 0o700 });
    // Before, so that a full disk can't let it grow past its bound.
    if (this.#size > this.#bounds.maxBytes) this.#rewrite();
    const events = facts.map((one, index) => stamped(one, this.seq + index + 1));
    this.#write(Buffer.from(events.map((event) => encodeLine(event)).join('')));
    this.#newest = events.at(-1) ?? this.#newest;
  }

  /** True when the end of this update is in it already: a step of an update may be repeated. */
  hasUpdate({ update, outcome }: EventFacts): boolean {
    try {
      const { events } = readHistory(this.file);
      return events.some((one) => one.update === update && one.outcome === outcome);
    } catch {
      return false;
    }
  }

  /** Another watcher may have written. */
  reopen(): void {
    this.#newest = newestOf(this.file);
  }

  #write(bytes: Buffer): void {
    const flags = constants.O_RDWR | constants.O_APPEND | constants.O_CREAT;
    const fd = openPlainFile(this.file, {}, { flags });
    try {
      const { size } = fstatSync(fd);
      try {
        // A watcher was killed within a line, or the power went.
        if (size > 0 && !endsLine(fd, size)) writeSync(fd, '\n');
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
      } catch (error) {
        // What is half written must not be taken for damage.
        ftruncateSync(fd, size);
        throw error;
      }
      this.#size = size + bytes.length;
    } finally {
      closeSync(fd);
    }
  }

  #rewrite(): void {
    const { maxBytes: most, maxAgeMs: oldest } = this.#bounds;
    const { events } = readHistory(this.file);
    const bounds = { maxBytes: most * keptShare, maxAgeMs: oldest };
    const length = (event: GatewayEvent): number => Buffer.byteLength(encodeLine(event));
    const kept = thin(events, bounds, this.#now(), length);
    writeDurable(this.file, kept.map((event) => encodeLine(event)).join(''));
  }
}

/** What identifies a line comes first, for those who read the file; secrets in sentences of others are hidden. */
function stamped({ at, up, kind, ...rest }: EventFacts & EventMoment, seq: number): GatewayEvent {
  const { reason, problem } = rest;
  return {
    seq,
    at,
    up,
    kind,
    ...rest,
    ...(reason === undefined ? {} : { reason: redact(reason) }),
    ...(problem === undefined ? {} : { problem: redactedProblem(problem) }),
  };
}

function redactedProblem({ message, hint }: Problem): Problem {
  return { message: redact(message), ...(hint === undefined ? {} : { hint: redact(hint) }) };
}

function newestOf(file: string): GatewayEvent | null {
  try {
    return readHistory(file).events.at(-1) ?? null;
  } catch {
    return null;
  }
}

function endsLine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return readSync(fd, last, 0, 1, size - 1) === 1 && last[0] === lineEnd;
}
