/**
 * What a supervisor writes down about its gateway, so that a later one can take it over: one small
 * file per profile, replaced whole, with a checksum, readable by the user alone. It is written after
 * the spawn, so it may be one start behind; and it is a hint that is verified, never a proof. What a
 * later version has written beside it is dropped: after a way back an older watcher reads it.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { describeIssues } from '../contract/define.ts';
import { exitSchema, pinnedSchema, proofSchema } from '../contract/gateway.ts';
import { escapeSchema, identitySchema } from '../contract/identity.ts';
import { profileIdSchema, termsSchema } from '../contract/profile.ts';
import { FileProblem, readUntrusted } from '../files/untrusted-file.ts';
import { isStopPipeName, writeDurable } from '../process/index.ts';

/** A full record is about 1 KB; arguments may be long. */
const maxBytes = 1024 * 1024;

/** Names of staged folders, never paths: what is run lies where staged programs lie. */
export const pinSchema = z.extend(pinnedSchema, {
  bundle: z.string().check(z.regex(/^bundle-[a-f0-9]{16}$/)),
  runtime: z.string().check(z.regex(/^runtime-[a-f0-9]{16}$/)),
});
export type Pin = z.infer<typeof pinSchema>;

export const ledgerSchema = z.object({
  schema: z.literal(1),
  id: profileIdSchema,
  /** What the user wants. */
  desired: z.enum(['running', 'stopped']),
  /** An update had it stopped and has not started it yet. */
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
      /** Epoch milliseconds since when it has served; null or absent: it was not ready yet. */
      readyAt: z.optional(z.nullable(z.number())),
      /** Where its output begins in the log. */
      logOffset: z.number(),
      /** The very file it writes its log to, whatever its name is by now. */
      logKey: z.optional(z.string().check(z.maxLength(64))),
      /** The pipe on which it hears that it should stop; absent when it is asked otherwise. */
      stopPipe: z.optional(z.string().check(z.refine(isStopPipeName, 'is not a stop pipe'))),
      /** Its profile may have been edited since; what a later version wrote otherwise is dropped. */
      terms: z.optional(z.catch(z.optional(termsSchema), undefined)),
    }),
  ),
  proof: z.nullable(proofSchema),
  /** The build it was put back to and keeps to; what can't be read is dropped, not the record. */
  pin: z.optional(z.catch(z.optional(pinSchema), undefined)),
  restarts: z.int(),
  lastExit: z.nullable(exitSchema),
  /** The folder it was written in, as the file system numbers it: a copy elsewhere names it still. */
  folder: z.optional(z.string()),
});
export type Ledger = z.infer<typeof ledgerSchema>;

export type LedgerReading =
  | { readonly type: 'record'; readonly ledger: Ledger }
  | { readonly type: 'none' }
  /** `reason` says what is wrong with it. */
  | { readonly type: 'damaged'; readonly reason: string };

export function ledgerPath(folder: string, id: string): string {
  return join(folder, `${id}.json`);
}

function checksum(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Writes the record; durable when it returns. Throws what the file system says. */
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

/** Reads it as if an enemy had written it. */
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

/** Moves a damaged record out of the way, keeping it for whoever wants to look. Answers where to. */
export function setAsideLedger(folder: string, id: string): string {
  const aside = join(folder, `${id}.damaged`);
  renameSync(ledgerPath(folder, id), aside);
  return aside;
}
