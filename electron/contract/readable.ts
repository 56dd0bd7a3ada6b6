/**
 * Reads a state part by part, so that a part that can't be read or published does not take the others
 * with it. The owner uses it before it publishes, the mirror when it reads the state of a later version.
 */

import * as z from 'zod/mini';
import { describeIssues, type Schema } from './define.ts';
import { errorText } from './error-text.ts';
import { type GatewayView, gatewayViewSchema } from './gateway.ts';

/** Characters of JSON. A view is about 1 KB; a gateway may report at length, but not without end. */
const maxViewLength = 64 * 1024;

/** Views that were read before, since unchanged ones come again with every patch, and their length in JSON. */
const known = new WeakMap<object, number>();

export type Reading<T> = { readonly value: T } | { readonly issue: string };

/** Parses `raw`, whatever it is. */
export function tryRead<S extends Schema>(schema: S, raw: unknown): Reading<z.output<S>> {
  try {
    const parsed = z.safeParse(schema, raw);
    return parsed.success ? { value: parsed.data } : { issue: describeIssues(parsed.error) };
  } catch (error) {
    const deep = error instanceof RangeError;
    return { issue: deep ? 'it is nested too deeply' : errorText(error) };
  }
}

/** The entries of a record that can be read, and by key why the others can't. */
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
 * The view of gateway `id`. A part that does not fit is left out, and its report says so; a state that
 * does not fit is shown as a failure of this gateway.
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
  return length <= maxViewLength ? read : { issue: `it has ${length} characters` };
}

export function treeOf(raw: unknown): Readonly<Record<string, unknown>> {
  return typeof raw === 'object' && raw !== null && !Array.isArray(raw)
    ? (raw as Readonly<Record<string, unknown>>)
    : {};
}
