/**
 * The journal of one update attempt: append-only lines of JSON, each with its number, its writer's
 * fencing token and a checksum.
 *
 *   {"seq":1,"token":1,"at":…,"event":{"type":"prepared"},"crc":"9ae0daaf"}
 *
 * It is read as untrusted input: nothing after a damaged line counts, while a torn last line is
 * ordinary (a power cut). A writer that was overtaken by a higher token is refused, and every reader
 * skips what it still wrote.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { e2eFlavour } from '../contract/build-info.ts';
import { decodeLine, encodeLine } from '../files/checked-line.ts';
import { fsyncDir } from '../files/durable-write.ts';
import type { AttemptStore } from '../files/state-folder.ts';
import { FileProblem, openPlainFile, readUntrusted } from '../files/untrusted-file.ts';
import { eventSchema, type JournalRecord, type TransactionEvent } from './events.ts';

/** 256 gateways write a few hundred bytes each; a file of ten times that is not our journal. */
const journalMaxBytes = 4 * 1024 * 1024;

const recordSchema = z.strictObject({
  seq: z.int().check(z.positive()),
  token: z.int().check(z.positive()),
  at: z.number(),
  event: eventSchema,
});

export interface JournalContent {
  readonly records: readonly JournalRecord[];
  /** The highest token in it; 0 when it is empty. */
  readonly token: number;
  /** How many bytes from the start are sound. */
  readonly soundBytes: number;
  /** none; a torn last line; or damage before the end, after which nothing counts. */
  readonly damage: 'none' | 'torn' | 'damaged';
}

/** Thrown when another writer has taken the attempt over. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

function readRecord(line: string): JournalRecord | undefined {
  const parsed = z.safeParse(recordSchema, decodeLine(line));
  return parsed.success ? parsed.data : undefined;
}

/** What counts in these bytes. Never throws. */
export function decodeJournal(bytes: Buffer): JournalContent {
  const records: JournalRecord[] = [];
  let token = 0;
  let soundBytes = 0;
  while (soundBytes < bytes.length) {
    const end = bytes.indexOf(0x0a, soundBytes);
    if (end === -1) return { records, token, soundBytes, damage: 'torn' };
    const record = readRecord(bytes.toString('utf8', soundBytes, end));
    const stale = record !== undefined && record.token < token;
    if (!record || (!stale && record.seq !== records.length + 1)) {
      const last = end === bytes.length - 1;
      return { records, token, soundBytes, damage: last ? 'torn' : 'damaged' };
    }
    if (!stale) {
      records.push(record);
      token = record.token;
    }
    soundBytes = end + 1;
  }
  return { records, token, soundBytes, damage: 'none' };
}

/** Reads a journal; a missing one is empty. Throws a FileProblem for a file that must not be read. */
export function readJournal(file: string): JournalContent {
  try {
    return decodeJournal(readUntrusted(file, journalMaxBytes));
  } catch (error) {
    if (error instanceof FileProblem && error.fault === 'missing') {
      return decodeJournal(Buffer.alloc(0));
    }
    throw error;
  }
}

export interface Journal {
  readonly token: number;
  /** What was in it when it was opened. */
  readonly content: JournalContent;
  /**
   * Appends. `durable` waits for the disk, as an announced effect needs it; a result that is lost only
   * repeats a step. Throws an OvertakenError, or the system's error (a full disk).
   */
  append(event: TransactionEvent, at: number, options?: { durable: boolean }): JournalRecord;
  close(): void;
}

/**
 * Opens an attempt's journal for writing. `token` must not be lower than any in it; `takeOver`
 * writes with the next higher one. A torn tail is cut off; a damaged file is kept aside first.
 */
export function openJournal(file: string, token: number | 'takeOver'): Journal {
  const content = readJournal(file);
  const own = token === 'takeOver' ? content.token + 1 : token;
  if (own < content.token) throw overtaken(file);
  if (content.damage === 'damaged') copyFileSync(file, `${file}.damaged`);
  const flags = constants.O_RDWR | constants.O_CREAT | constants.O_APPEND;
  const fd = openPlainFile(file, {}, { flags });
  try {
    if (content.damage !== 'none') {
      ftruncateSync(fd, content.soundBytes);
      fsyncSync(fd);
    }
    fsyncDir(path.dirname(file));
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  let size = content.soundBytes;
  let seq = content.records.length;
  let open = true;
  return {
    token: own,
    content,
    append(event, at, options = { durable: true }) {
      if (!open) throw overtaken(file);
      if (fstatSync(fd).size !== size) {
        const now = readJournal(file);
        if (now.token > own || now.records.length !== seq) throw overtaken(file);
        size = fstatSync(fd).size;
      }
      const record: JournalRecord = { seq: seq + 1, token: own, at, event };
      const bytes = Buffer.from(encodeLine(record), 'utf8');
      try {
        for (let offset = 0; offset < bytes.length; ) {
          offset += writeSync(fd, bytes, offset, bytes.length - offset);
        }
        if (options.durable) fsyncSync(fd);
      } catch (error) {
        // A half-written line would hide everything after it.
        ftruncateSync(fd, size);
        throw error;
      }
      size += bytes.length;
      seq += 1;
      stopAtBreakpoint(file, event.type);
      return record;
    },
    close() {
      if (open) closeSync(fd);
      open = false;
    },
  };
}

function overtaken(file: string): OvertakenError {
  return new OvertakenError(
    `Another Holdfast process has taken over this update (${path.basename(path.dirname(file))}).`,
  );
}

/** How often the breakpoint is checked; milliseconds. */
const breakpointMs = 2;

/**
 * While this file exists, the writer of a `step` record in a journal of this store stops there.
 * Whole-app tests use it to kill a process right after a certain record, and not a few milliseconds
 * later. Only the e2e flavour has it; the bundler removes it from what ships.
 */
export function breakpointFile({ updates }: Pick<AttemptStore, 'updates'>, step: string): string {
  return path.join(path.dirname(updates), `breakpoint-${step}`);
}

/** Blocks the whole process while the breakpoint's file exists. */
function stopAtBreakpoint(journalFile: string, step: string): void {
  if (!e2eFlavour) return;
  // <updates>/<attempt>/<journal>
  const file = breakpointFile({ updates: path.resolve(journalFile, '../..') }, step);
  const sleeping = new Int32Array(new SharedArrayBuffer(4));
  while (existsSync(file)) Atomics.wait(sleeping, 0, 0, breakpointMs);
}
