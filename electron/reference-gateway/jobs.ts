/**
 * The job list: `jobs.json` in the data folder, written by the user, so checked to the last field.
 */
import { readFile } from 'node:fs/promises';

export type JobAction =
  /** Only the record in ticks.jsonl. */
  | { readonly type: 'tick' }
  /** Also adds a line of text to a file in the data folder. */
  | { readonly type: 'append'; readonly file: string; readonly text: string };

export interface Job {
  readonly id: string;
  /** Runs whenever the wall clock passes a multiple of this many milliseconds. */
  readonly everyMs: number;
  readonly action: JobAction;
}

/** Faster than this the disk, not the clock, would set the pace. */
const minEveryMs = 10;
/** 30 days; a longer period is a mistake in the unit. */
const maxEveryMs = 30 * 24 * 3600 * 1000;
/** Enough for any hand-written list, and a bound on what one file can make this process do. */
const maxJobs = 1000;
const ownFiles = new Set(['jobs.json', 'inbox.jsonl', 'ticks.jsonl']);

export type JobsResult = { readonly jobs: readonly Job[] } | { readonly problem: string };

/** Reads and checks the job list. A missing file means no jobs; anything wrong is one sentence. */
export async function readJobs(path: string): Promise<JobsResult> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return { jobs: [] };
    return { problem: `${path} can't be read: ${String(error)}` };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problem: `${path} is not JSON: ${error instanceof Error ? error.message : ''}` };
  }
  const result = checkJobs(value);
  return 'problem' in result ? { problem: `${path}: ${result.problem}` } : result;
}

/** Checks a parsed job list: `{schema: 1, jobs: [{id, everyMs, action}]}`. */
export function checkJobs(value: unknown): JobsResult {
  if (!isRecord(value) || value.schema !== 1) return { problem: 'expected {"schema": 1, ...}.' };
  if (!Array.isArray(value.jobs)) return { problem: '"jobs" must be a list.' };
  if (value.jobs.length > maxJobs) return { problem: `more than ${maxJobs} jobs.` };
  const jobs: Job[] = [];
  const ids = new Set<string>();
  for (const [index, entry] of value.jobs.entries()) {
    const job = checkJob(entry);
    if (typeof job === 'string') return { problem: `job ${index + 1}: ${job}` };
    if (ids.has(job.id)) return { problem: `job ${index + 1}: the id ${job.id} is used twice.` };
    ids.add(job.id);
    jobs.push(job);
  }
  return { jobs };
}

function checkJob(entry: unknown): Job | string {
  if (!isRecord(entry)) return 'expected {id, everyMs, action}.';
  const { id, everyMs, action } = entry;
  if (typeof id !== 'string' || !/^[\w.-]{1,64}$/.test(id)) {
    return '"id" must be 1 to 64 letters, digits, dots, dashes or underscores.';
  }
  if (
    typeof everyMs !== 'number' ||
    !Number.isInteger(everyMs) ||
    everyMs < minEveryMs ||
    everyMs > maxEveryMs
  ) {
    return `"everyMs" must be a whole number from ${minEveryMs} to ${maxEveryMs}.`;
  }
  if (!isRecord(action)) return '"action" must be an object.';
  if (action.type === 'tick') return { id, everyMs, action: { type: 'tick' } };
  if (action.type !== 'append') return '"action.type" must be "tick" or "append".';
  const { file, text } = action;
  // A plain name keeps the job inside the data folder.
  if (typeof file !== 'string' || !/^\w[\w.-]{0,127}$/.test(file) || ownFiles.has(file)) {
    return '"action.file" must be a plain file name that the gateway does not use itself.';
  }
  if (typeof text !== 'string' || text.length > 4096) {
    return '"action.text" must be a text of at most 4096 characters.';
  }
  return { id, everyMs, action: { type: 'append', file, text } };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
