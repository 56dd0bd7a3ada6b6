/**
 * Reads a state part by part, so that one part that can't be read or published takes none of the
 * others with it. Both ends of a line use it: the owner before it publishes, the mirror when it
 * reads a later version's words.
 */
import * as z from 'zod/mini';
import { describeIssues, type Schema } from './define.ts';
import { type GatewayView, gatewayViewSchema } from './gateway.ts';

/** Characters of JSON. A view is about 1 KB; a gateway may report at length, but not without end. */
const MAX_VIEW_LENGTH = 64 * 1024;

/** Views that were read before: unchanged ones come by again with every patch. Their length in JSON. */
const known = new WeakMap<object, number>();

export type Reading<T> = { readonly value: T } | { readonly issue: string };

/** Parses `raw`, whatever it is. */
export function tryRead<S extends Schema>(schema: S, raw: unknown): Reading<z.output<S>> {
  try {
    const parsed = z.safeParse(schema, raw);
    return parsed.success ? { value: parsed.data } : { issue: describeIssues(parsed.error) };
  } catch (error) {
    const deep = error instanceof RangeError;
    return { issue: deep ? 'it is nested too deeply' : textOf(error) };
  }
}

/** The entries of a record that can be read, and why the others can't, by key. */
export function readEntries<S extends Schema>(
  schema: S,
  raw: unknown,
): { readonly entries: Record<string, z.output<S>>; readonly issues: Record<string, string> } {
  const entries: [string, z.output<S>][] = [];
  const issues: [string, string][] = [];
  for (const [key, value] of Object.entries(treeOf(raw))) {
    const read = tryRead(schema, value);
    if ('value' in read) entries.push([key, read.value]);
    else issues.push([key, read.issue]);
  }
  return { entries: Object.fromEntries(entries), issues: Object.fromEntries(issues) };
}

/**
 * The view of gateway `id`. What does not fit is left out and said in its report; a state that does
 * not fit is shown as a failure of this gateway.
 */
export function readView(id: string, raw: unknown): GatewayView {
  if (typeof raw === 'object' && raw !== null && known.has(raw)) return raw as GatewayView;
  const whole = tryBounded(gatewayViewSchema, raw);
  const view = 'value' in whole ? whole.value : salvageView(id, raw, whole.issue);
  known.set(view, JSON.stringify(view).length);
  return view;
}

/** Length of a view's JSON. */
export function viewLength(view: GatewayView): number {
  return known.get(view) ?? JSON.stringify(view).length;
}

function salvageView(id: string, raw: unknown, issue: string): GatewayView {
  const message = `What it reports can't be shown (${issue.slice(0, 500)}).`;
  const tree = treeOf(raw);
  const parts = Object.entries(gatewayViewSchema.shape).flatMap(([key, schema]) => {
    const read = tryBounded(schema, tree[key]);
    return 'value' in read && read.value !== undefined ? [[key, read.value]] : [];
  });
  const sound: Partial<GatewayView> = Object.fromEntries(parts);
  return {
    id,
    name: id,
    policy: 'keep',
    desired: 'running',
    state: { status: 'failed', problem: { message } },
    restarts: 0,
    logFile: '',
    ...sound,
    report: { parts: [], ...sound.report, reason: message },
  };
}

function tryBounded<S extends Schema>(schema: S, raw: unknown): Reading<z.output<S>> {
  const read = tryRead(schema, raw);
  if (!('value' in read)) return read;
  const length = JSON.stringify(read.value)?.length ?? 0;
  return length <= MAX_VIEW_LENGTH ? read : { issue: `it has ${length} characters` };
}

export function treeOf(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
    ? (raw as Readonly<Record<string, unknown>>)
    : {};
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
