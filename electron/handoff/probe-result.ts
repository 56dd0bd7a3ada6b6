/** What one look at a part of Holdfast came to: a named check, and a sentence. */
import type { Escape } from '../contract/identity.ts';

export interface Probe {
  readonly name: string;
  /** skip: there is nothing to look at, or nothing that could tell. */
  readonly result: 'pass' | 'fail' | 'skip';
  readonly detail: string;
}

export const pass = (name: string, detail: string): Probe => ({ name, result: 'pass', detail });
export const fail = (name: string, detail: string): Probe => ({ name, result: 'fail', detail });
export const skip = (name: string, detail: string): Probe => ({ name, result: 'skip', detail });

/** How something came to live outside the app; `unknown` when nobody has said. */
export function escapeProbe(way: Escape | null, unknown: string): Probe {
  if (!way) return skip('escape', unknown);
  const text = `${way.rung}, ${way.proof}: ${way.detail}`;
  return way.proof === 'impossible' ? fail('escape', text) : pass('escape', text);
}
