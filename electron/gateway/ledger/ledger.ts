/**
 * What a supervisor writes down about its gateway, so that a later one can take it over: one small
 * file per profile, replaced whole, with a checksum, readable by the user alone. It is written after
 * the spawn, so it may be one start behind, and it is a hint that is verified, never a proof. Fields of
 * a later version are dropped: after a rollback an older watcher reads the file.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { describeIssues } from '../../contract/define.ts';
import { exitSchema, pinnedSchema, proofSchema } from '../../contract/gateway.ts';
import { escapeSchema, identitySchema } from '../../contract/identity.ts';
import { profileIdSchema, runSpecSchema } from '../../contract/profile.ts';
import { writeDurable } from '../../files/durable-write.ts';
import { FileProblem, readUntrusted } from '../../files/untrusted-file.ts';
import { isStopPipeName } from '../../process/index.ts';
import { keptStarts, longestStartMs } from '../machine/past-starts.ts';

/** A full record is about 1 KB; arguments may be long. */
const maxBytes = 1024 * 1024;

/** Names of staged folders, never paths: what is run lies where staged programs lie. */
export const pinSchema = z.extend(pinnedSchema, {
  bundle: z.string().check(z.regex(/^bundle-[a-f0-9]{16}$/)),
  runtime: z.string().check(z.regex(/^runtime-[a-f0-9]{16}$/)),
});
export type Pin = z.infer<typeof pinSchema>;

const startTimesSchema = z
  .array(z.int().check(z.gte(0), z.lte(longestStartMs)))
  .check(z.maxLength(keptStarts));

export const ledgerSchema = z.object({
  schema: z.literal(1),
  id: profileIdSchema,
  /** What the user wants. */
  desired: z.enum(['running', 'stopped']),
  /** An update stopped it and has not started it yet. */
  released: z.boolean(),
  /** The running process; null when none should run. */
  process: z.nullable(
    z.object({
      identity: identitySchema,
      exe: z.string(),
      argv: z.array(z.string()),
      build: z.nullable(z.string()),
      port: z.nullable(z.int()),
      /** The watcher that started it. */
      spawnedBy: identitySchema,
      escape: z.nullable(escapeSchema),
      /** Epoch milliseconds. */
      startedAt: z.number(),
      /** Epoch milliseconds since when it serves; null or absent: it was not ready yet. */
      readyAt: z.optional(z.nullable(z.number())),
      /** Where its output begins in the log. */
      logOffset: z.number(),
      /** The file that it writes its log to, whatever its name is by now. */
      logKey: z.optional(z.string().check(z.maxLength(64))),
      /** The mark of what it was started with (`startMark`); absent in a record of an earlier version. */
      startedWith: z.optional(z.string().check(z.maxLength(64))),
      /** The pipe that tells it to stop; absent when it is asked in another way. */
      stopPipe: z.optional(z.string().check(z.refine(isStopPipeName, 'is not a stop pipe'))),
      /** Its profile may have been edited since; a run spec that can't be read is dropped. */
      terms: z.optional(z.catch(z.optional(runSpecSchema), undefined)),
    }),
  ),
  proof: z.nullable(proofSchema),
  /** The build it was rolled back to and keeps; a pin that can't be read is dropped, not the record. */
  pin: z.optional(z.catch(z.optional(pinSchema), undefined)),
  restarts: z.int(),
  /** How long its last starts took until ready, milliseconds, oldest first; dropped when unreadable. */
  pastStarts: z.optional(z.catch(z.optional(startTimesSchema), undefined)),
  lastExit: z.nullable(exitSchema),
  /** The folder it was written in, as the file system numbers it; in a copy it still names the original. */
  folder: z.optional(z.string()),
});
export type Ledger = z.infer<typeof ledgerSchema>;

export type LedgerReading =
  | { readonly type: 'record'; readonly ledger: Ledger }
  | { readonly type: 'none' }
  /** `reason`: what is wrong with it. */
  | { readonly type: 'damaged'; readonly reason: string };

export function ledgerPath(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

function checksum(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Writes the record; durable when it returns. Throws the file system's error. */
export function writeLedger(folder: string, ledger: Ledger): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const body = JSON.stringify({ ...ledger, folder: folderNumber(folder) });
  writeDurable(ledgerPath(folder, ledger.id), `${checksum(body)}\n${body}\n`);
}

function folderNumber(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true });
  return `${dev}:${ino}`;
}

/** True when it was written in another folder than it lies in now. */
export function isCopied(folder: string, ledger: Ledger): boolean {
  return ledger.folder !== undefined && ledger.folder !== folderNumber(folder);
}

/** Reads it as untrusted input. */
export function readLedger(folder: string, id: string): LedgerReading {
  let text: string;
  try {
    text = readUntrusted(ledgerPath(folder, id), maxBytes).toString('utf8');
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    return error.fault === 'missing' ? { type: 'none' } : { type: 'damaged', reason: error.why };
  }
  const [sum, body, rest] = text.split('\n');
  if (!sum || !body || rest !== '' || checksum(body) !== sum) {
    return { type: 'damaged', reason: 'its checksum is wrong' };
  }
  try {
    const parsed = z.safeParse(ledgerSchema, JSON.parse(body));
    if (!parsed.success) return { type: 'damaged', reason: describeIssues(parsed.error) };
    if (parsed.data.id !== id)
      return { type: 'damaged', reason: `it is the record of ${parsed.data.id}` };
    return { type: 'record', ledger: parsed.data };
  } catch {
    return { type: 'damaged', reason: 'it is not JSON' };
  }
}

/** Moves a damaged record aside, for people to inspect. Answers where to. */
export function setAsideLedger(folder: string, id: string): string {
  const aside = join(folder, `${id}.damaged`);
  renameSync(ledgerPath(folder, id), aside);
  return aside;
}
