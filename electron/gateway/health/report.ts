/**
 * What a gateway says of itself: its state, its work, its parts. Read from its control socket, its state
 * file or its port, whichever answers first. It is shown and respected, and never a proof: only the
 * process shows whether a gateway is alive.
 */
import { statSync } from 'node:fs';
import type { GatewayReport } from '../../contract/gateway.ts';
import type { Identity } from '../../contract/identity.ts';
import type { Https, ReportSource, ReportSpec } from '../../contract/probes.ts';
import { textOf } from '../../files/untrusted-file.ts';
import { belongsTo, type Clock } from '../../process/index.ts';
import { askSocket } from '../probes/control-socket.ts';
import { type Answer, ask } from '../probes/http.ts';
import { fieldOf, isRecord, parseJson } from '../probes/json-field.ts';
import { dataPath } from '../profiles/profiles.ts';

/** A state file is a page of JSON; a larger file is something else. */
const maxFileBytes = 512 * 1024;
const askTimeoutMs = 2_000;
/** More than a panel can show. */
const maxParts = 64;
const maxText = 500;
/** More tasks at once than any gateway has: a larger number is a time, a size or nonsense. */
const maxWork = 1_000_000;

export interface Reporter {
  readonly spec: ReportSpec;
  readonly dataDir: string;
  readonly identity: Identity;
  /** Epoch milliseconds; an earlier file says nothing about this process. */
  readonly startedAt: number;
  readonly port: number | undefined;
  readonly https: Https | undefined;
  readonly clock: Clock;
  host(): string;
}

export interface Reading {
  readonly report: GatewayReport;
  /** It says that it ended in order to be started again. */
  readonly restart: boolean;
  /** It answered a question; a file may have been written long ago. */
  readonly live: boolean;
  /** It says that it was stopped on purpose. */
  readonly stopped: boolean;
}

/** Null when nothing answers, or another program does. Never rejects. */
export async function readReport(reporter: Reporter): Promise<Reading | null> {
  for (const source of reporter.spec.from) {
    const answer = await askSource(source, reporter);
    if (answer.type !== 'answer') continue;
    const json = parseJson(answer.body);
    // A gateway that is not well answers 503, and its body says what is wrong.
    const says = isRecord(json) && (answer.status < 400 || saysAnything(json, reporter.spec));
    if (says && isOwn(json, reporter))
      return toReading(json, reporter.spec, source.type !== 'file');
  }
  return null;
}

/** The last report of an ended process, from its state file; null when it left none. */
export function lastReading(
  process: Pick<Reporter, 'spec' | 'dataDir' | 'identity' | 'startedAt'>,
): Reading | null {
  const { spec } = process;
  for (const source of spec.from) {
    if (source.type !== 'file' || spec.fields.pid === undefined) continue;
    const json = parseJson(readSince(dataPath(source.path, process.dataDir), process.startedAt));
    if (isRecord(json) && fieldOf(json, spec.fields.pid) === process.identity.pid) {
      return toReading(json, spec, false);
    }
  }
  return null;
}

async function askSource(source: ReportSource, reporter: Reporter): Promise<Answer> {
  const { clock, port, dataDir } = reporter;
  switch (source.type) {
    case 'control-socket': {
      const path = dataPath(source.path, dataDir);
      return askSocket({ path, verb: source.verb, timeoutMs: askTimeoutMs, clock });
    }
    case 'file': {
      const body = readSince(dataPath(source.path, dataDir), reporter.startedAt);
      return body === '' ? { type: 'silent' } : { type: 'answer', status: 200, body };
    }
    case 'http':
      if (port === undefined) return { type: 'silent' };
      return ask(source.path, {
        host: reporter.host(),
        port,
        https: reporter.https,
        timeoutMs: askTimeoutMs,
        clock,
      });
  }
}

/** What was written since `startedAt`; empty when nothing was, or nothing readable. */
function readSince(file: string, startedAt: number): string {
  try {
    if (statSync(file).mtimeMs < startedAt) return '';
    return textOf(file, maxFileBytes, { owner: 'any', links: 'follow' }) ?? '';
  } catch {
    return '';
  }
}

/** Whether it is a report, and not just an error in JSON. */
function saysAnything(json: unknown, { fields }: ReportSpec): boolean {
  return Object.values(fields).some(
    (path) => path !== undefined && fieldOf(json, path) !== undefined,
  );
}

function isOwn(json: Readonly<Record<string, unknown>>, reporter: Reporter): boolean {
  const { pid } = reporter.spec.fields;
  if (pid === undefined) return true;
  const found = fieldOf(json, pid);
  // The report may come from a wrapper's child.
  return (
    typeof found === 'number' &&
    (found === reporter.identity.pid || belongsTo(reporter.identity, found))
  );
}

/** As one line. */
function toText(found: string, max = maxText): string {
  // Whole characters only: half a character can't be passed on.
  const text = Buffer.from(found.slice(0, max)).toString();
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

function textAt(json: unknown, path: string | undefined): string | undefined {
  const found = path === undefined ? undefined : fieldOf(json, path);
  return typeof found === 'string' ? toText(found) || undefined : undefined;
}

/** How many tasks it works on, as a whole number; `true` counts as one, and so does half a task. */
function busyOf(json: unknown, path: string | undefined): number | undefined {
  const found = path === undefined ? undefined : fieldOf(json, path);
  if (typeof found === 'boolean') return found ? 1 : 0;
  const count = Array.isArray(found) ? found.length : found;
  return typeof count === 'number' && count >= 0 ? Math.min(Math.ceil(count), maxWork) : undefined;
}

function partsOf(json: unknown, path: string | undefined): GatewayReport['parts'] {
  const found = path === undefined ? undefined : fieldOf(json, path);
  if (Array.isArray(found)) return found.slice(0, maxParts).flatMap(failingPart);
  if (!isRecord(found)) return [];
  return Object.entries(found)
    .slice(0, maxParts)
    .map(([name, part]) => {
      const state = textAt(part, 'state') ?? 'unknown';
      const message = textAt(part, 'error_message') ?? textAt(part, 'error_code');
      const attention = fieldOf(part, 'needs_attention') === true;
      return {
        name: toText(name, 80),
        state,
        ...(message === undefined ? {} : { message }),
        ...(attention ? { attention } : {}),
      };
    });
}

/** A list names only the parts that fail. */
function failingPart(name: unknown): GatewayReport['parts'] {
  if (typeof name !== 'string' || name === '') return [];
  return [{ name: name.slice(0, 80), state: 'failing', attention: true }];
}

function toReading(
  json: Readonly<Record<string, unknown>>,
  spec: ReportSpec,
  live: boolean,
): Reading {
  const { fields } = spec;
  const state = textAt(json, fields.state);
  const busy = busyOf(json, fields.busy);
  const reason = textAt(json, fields.reason);
  return {
    live,
    restart: fields.restart !== undefined && fieldOf(json, fields.restart) === true,
    stopped: state !== undefined && spec.stopped?.includes(state) === true,
    report: {
      ...(state === undefined ? {} : { state }),
      ...(busy === undefined ? {} : { busy }),
      ...(reason === undefined ? {} : { reason }),
      parts: partsOf(json, fields.parts),
    },
  };
}
