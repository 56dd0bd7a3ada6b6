/**
 * What a snapshot says of itself. It is written last, so a folder with a sound manifest holds a whole
 * snapshot, and everything else is half made:
 *
 *   <target>/snapshot.draft  it is being made, or being removed
 *   <target>/content/<n>     the copy of the n-th folder or file
 *   <target>/snapshot.json   a checksum, then what was copied
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import * as z from 'zod/mini';
import { describeIssues } from '../../contract/define.ts';
import { writeDurable } from '../durable-write.ts';
import { FileProblem, readUntrusted } from '../untrusted-file.ts';

/** Sixteen folders with the longest paths, and what was left out of them. */
const maxBytes = 1024 * 1024;
/** A name each; the rest is counted. */
export const maxSkipped = 200;

const absolutePath = z.string().check(
  z.minLength(1),
  z.maxLength(4096),
  z.refine((value) => path.isAbsolute(value) && !value.includes('\0'), 'must be an absolute path'),
);

const entrySchema = z.strictObject({
  /** Where it was, links resolved, and where it is put back. */
  path: absolutePath,
  /** `missing`: there was nothing, and nothing is there after it was restored. */
  kind: z.enum(['folder', 'file', 'missing']),
  /** In the copy; what does not have them is no whole copy any more. */
  files: z.int().check(z.gte(0)),
  bytes: z.int().check(z.gte(0)),
});
export type SnapshotEntry = z.infer<typeof entrySchema>;

const snapshotSchema = z.strictObject({
  schema: z.literal(1),
  /** Random; part of the names of what a restoration puts beside the originals. */
  id: z.string().check(z.regex(/^[a-f0-9]{16}$/)),
  /** Epoch milliseconds. */
  createdAt: z.number(),
  entries: z.array(entrySchema).check(z.maxLength(256)),
  /** What was left out, and why: sockets, pipes, devices. */
  skipped: z
    .array(z.strictObject({ path: z.string(), why: z.string() }))
    .check(z.maxLength(maxSkipped)),
});
export type Snapshot = z.infer<typeof snapshotSchema>;

export const draftOf = (target: string): string => path.join(target, 'snapshot.draft');
export const manifestOf = (target: string): string => path.join(target, 'snapshot.json');
export const contentOf = (target: string, at: number): string =>
  path.join(target, 'content', String(at));

function checksum(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Durable when it returns. */
export function writeManifest(target: string, snapshot: Snapshot): void {
  const body = JSON.stringify(snapshot);
  writeDurable(manifestOf(target), `${checksum(body)}\n${body}\n`);
}

/** What lies in `target`. Throws a sentence when that is no whole snapshot. */
export function readSnapshot(target: string): Snapshot {
  const notWhole = (why: string, cause?: unknown): Error =>
    new Error(`${target} holds no whole snapshot: ${why}.`, { cause });
  let text: string;
  try {
    text = readUntrusted(manifestOf(target), maxBytes).toString('utf8');
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error;
    throw notWhole(error.fault === 'missing' ? 'it was never finished' : error.why, error);
  }
  const [sum, body, rest] = text.split('\n');
  if (!sum || !body || rest !== '' || checksum(body) !== sum) {
    throw notWhole('the checksum of its list is wrong');
  }
  const parsed = z.safeParse(snapshotSchema, JSON.parse(body));
  if (!parsed.success) throw notWhole(describeIssues(parsed.error), parsed.error);
  return parsed.data;
}
