/** What the check of one part of Holdfast found: the part, the result, and a sentence. */
import type { Escape } from '../../contract/identity.ts';
import { redact } from '../../contract/redact.ts';

export interface Finding {
  readonly name: string;
  /** skip: there is nothing to check, or nothing that could tell. */
  readonly result: 'pass' | 'fail' | 'skip';
  readonly detail: string;
}

export const pass = (name: string, detail: string): Finding => ({ name, result: 'pass', detail });
export const fail = (name: string, detail: string): Finding => ({ name, result: 'fail', detail });
export const skip = (name: string, detail: string): Finding => ({ name, result: 'skip', detail });

/** How a process came to live outside the app; `unknown` is the sentence for when that is not known. */
export function escapeFinding(escaped: Escape | null, unknown: string): Finding {
  if (!escaped) return skip('escape', unknown);
  const text = `${escaped.rung}, ${escaped.proof}: ${escaped.detail}`;
  return escaped.proof === 'impossible' ? fail('escape', text) : pass('escape', text);
}

/** A line for people. */
export function describeFinding({ name, result, detail }: Finding): string {
  return redact(`  ${result.toUpperCase()}  ${name.padEnd(10)} ${detail}`);
}
