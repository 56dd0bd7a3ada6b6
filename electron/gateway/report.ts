/**
 * What a gateway says of itself: its state, its work, its parts. Read from its control socket, its
 * state file or its port, whichever answers first. It is shown and heeded, never a proof: whether a
 * gateway lives, the process says.
 */
import { statSync } from 'node:fs';
import type { GatewayReport } from '../contract/gateway.ts';
import type { Identity } from '../contract/identity.ts';
import type { Https, ReportSource, ReportSpec } from '../contract/looks.ts';
import { textOf } from '../files/untrusted-file.ts';
import { belongsTo, type Clock } from '../process/index.ts';
import { askSocket } from './control-socket.ts';
import { dataPath } from './data-path.ts';
import { fieldOf, isRecord, parseJson } from './json-field.ts';
import { type Answer, ask } from './probe.ts';

/** A state file is a page of JSON; a larger one is not one. */
const maxFileBytes = 512 * 1024;
const askTimeoutMs = 2_000;
/** More than anyone can read in a panel. */
const maxParts = 64;
const maxText = 500;
/** More things at once than any gateway does: what is said beyond is a time, a size or nonsense. */
const maxBusy = 1_000_000;

export interface Reporter {
  readonly spec: ReportSpec;
  readonly dataDir: string;
  readonly identity: Identity;
  /** Epoch milliseconds; a file from before says nothing about this process. */
  readonly startedAt: number;
  readonly port: number | undefined;
  readonly https: Https | undefined;
  readonly clock: Clock;
  host(): string;
}

export interface Reading {
  readonly report: GatewayReport;
  /** It ended in order to be started again. */
  readonly restart: boolean;
  /** It answered a question just now; a file may have been written long ago. */
  readonly live: boolean;
  /** It says that it was stopped on purpose. */
  readonly stopped: boolean;
}

/** Null when nobody answers, or somebody else does. Never rejects. */
export async function readReport(one: Reporter): Promise<Reading | null> {
  for (const source of one.spec.from) {
    const answer = await askSource(source, one);
    if (answer.type !== 'answer') continue;
    const json = parseJson(answer.body);
    // One that is not well answers 503, and says in it what is wrong.
    const says = isRecord(json) && (answer.status < 400 || saysAnything(json, one.spec));
    if (says && isOwn(json, one)) return toReading(json, one.spec, source.type !== 'file');
  }
  return null;
}

/** The last word of a process that has ended, from its state file; null when it left none. */
export function lastReading(
  one: Pick<Reporter, 'spec' | 'dataDir' | 'identity' | 'startedAt'>,
): Reading | null {
  const { spec } = one;
  for (const source of spec.from) {
    if (source.type !== 'file' || spec.fields.pid === undefined) continue;
    const json = parseJson(readSince(dataPath(source.path, one.dataDir), one.startedAt));
    if (isRecord(json) && fieldOf(json, spec.fields.pid) === one.identity.pid) {
      return toReading(json, spec, false);
    }
  }
  return null;
}

async function askSource(source: ReportSource, one: Reporter): Promise<Answer> {
  const { clock, port, dataDir } = one;
  switch (source.type) {
    case 'control-socket': {
      const path = dataPath(source.path, dataDir);
      return askSocket({ path, verb: source.verb, timeoutMs: askTimeoutMs, clock });
    }
    case 'file': {
      const body = readSince(dataPath(source.path, dataDir), one.startedAt);
      return body === '' ? { type: 'silent' } : { type: 'answer', status: 200, body };
    }
    case 'http':
      if (port === undefined) return { type: 'silent' };
      return ask(source.path, {
        host: one.host(),
        port,
        https: one.https,
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

/** Whether it is a report, and not just some error in JSON. */
function saysAnything(json: unknown, { fields }: ReportSpec): boolean {
  return Object.values(fields).some(
    (path) => path !== undefined && fieldOf(json, path) !== undefined,
  );
}

function isOwn(json: Readonly<Record<string, unknown>>, one: Reporter): boolean {
  const { pid } = one.spec.fields;
  if (pid === undefined) return true;
  const found = fieldOf(json, pid);
  // A wrapper's child may be the one that speaks.
  return (
    typeof found === 'number' && (found === one.identity.pid || belongsTo(one.identity, found))
  );
}

/** One line of what it says. */
function toText(found: string, max = maxText): string {
  // Whole characters alone: half of one is no text that can be passed on.
  const text = Buffer.from(found.slice(0, max)).toString();
  return text.replace(/\p{Cc}+/gu, ' ').trim();
}

function textAt(json: unknown, path: string | undefined): string | undefined {
  const found = path === undefined ? undefined : fieldOf(json, path);
  return typeof found === 'string' ? toText(found) || undefined : undefined;
}

/** How many things it is at; true counts as one, and half a thing too. Always a whole number. */
function busyOf(json: unknown, path: string | undefined): number | undefined {
  const found = path === undefined ? undefined : fieldOf(json, path);
  if (typeof found === 'boolean') return found ? 1 : 0;
  const count = Array.isArray(found) ? found.length : found;
  return typeof count === 'number' && count >= 0 ? Math.min(Math.ceil(count), maxBusy) : undefined;
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

/** A list names only what does not work. */
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
