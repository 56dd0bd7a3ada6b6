/**
 * The journal of one update attempt: append-only lines of JSON, each with its number, its writer's
 * fencing token and a checksum.
 *
 *   {"seq":1,"token":1,"at":…,"event":{"type":"prepared"},"crc":"9ae0daaf"}
 *
 * Read as hostile input: what follows a damaged line is not believed, a torn last line is ordinary
 * (a power cut). A writer that was overtaken by a higher token is refused, and what it still wrote
 * is skipped by every reader.
 */
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { FileProblem, openPlainFile, readUntrusted } from '../files/untrusted-file.ts';
import { fsyncDir } from '../process/index.ts';
import { zlib } from '../process/on-demand.ts';
import { type CarryEvent, eventSchema, type JournalRecord } from './events.ts';
import { holdAfter } from './hold.ts';

/** 256 gateways write a few hundred bytes each; ten times that is not our journal. */
const JOURNAL_MAX_BYTES = 4 * 1024 * 1024;
const CRC_MARK = ',"crc":"';
/** `,"crc":"` + 8 digits + `"}` */
const CRC_LENGTH = CRC_MARK.length + 10;

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
  /** none; a torn last line; or damage before the end, after which nothing was believed. */
  readonly damage: 'none' | 'torn' | 'damaged';
}

/** Raised when another writer has taken the attempt over. */
export class OvertakenError extends Error {
  override readonly name = 'OvertakenError';
}

/** One line of the journal, with its line end. */
export function encodeRecord(record: JournalRecord): string {
  const body = JSON.stringify(record).slice(0, -1);
  return `${body}${CRC_MARK}${checksum(body)}"}\n`;
}

function checksum(body: string): string {
  return zlib().crc32(body).toString(16).padStart(8, '0');
}

function decodeLine(line: string): JournalRecord | undefined {
  const at = line.length - CRC_LENGTH;
  if (at <= 0 || line.slice(at, at + CRC_MARK.length) !== CRC_MARK || !line.endsWith('"}')) {
    return undefined;
  }
  const body = line.slice(0, at);
  if (checksum(body) !== line.slice(at + CRC_MARK.length, -2)) return undefined;
  try {
    const parsed = z.safeParse(recordSchema, JSON.parse(`${body}}`));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

/** What can be believed of these bytes. Never throws. */
export function decodeJournal(bytes: Buffer): JournalContent {
  const records: JournalRecord[] = [];
  let token = 0;
  let soundBytes = 0;
  while (soundBytes < bytes.length) {
    const end = bytes.indexOf(0x0a, soundBytes);
    if (end === -1) return { records, token, soundBytes, damage: 'torn' };
    const record = decodeLine(bytes.toString('utf8', soundBytes, end));
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

/** Reads a journal; a missing one is empty. Throws a FileProblem for what must not be read. */
export function readJournal(file: string): JournalContent {
  try {
    return decodeJournal(readUntrusted(file, JOURNAL_MAX_BYTES));
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
   * Appends. `durable` waits for the disk: needed for what announces an effect; a lost result only
   * repeats a step. Throws an OvertakenError, or the system's error (a full disk).
   */
  append(event: CarryEvent, at: number, options?: { durable: boolean }): JournalRecord;
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
      const bytes = Buffer.from(encodeRecord(record), 'utf8');
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
      holdAfter(file, event.type);
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
