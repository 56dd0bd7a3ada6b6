/** What the reference gateway has written down: stored webhooks, and ticks of its scheduler. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface GatewayRecords {
  /** The ids of the stored webhooks, in order. */
  inbox(): readonly string[];
  /** The numbers of the ticks that ran. */
  ticks(): readonly number[];
}

/** Of the gateway whose state folder is `state`. */
export function gatewayRecords(state: string): GatewayRecords {
  const file = (name: string): string => join(state, 'gateway-data/reference', name);
  return {
    inbox: () => idsOf(readLines(file('inbox.jsonl'))),
    ticks: () => readLines(file('ticks.jsonl')).map((line) => numberIn(JSON.parse(line), 'n')),
  };
}

function readLines(file: string): string[] {
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

function idsOf(lines: readonly string[]): string[] {
  return lines.map((line) => {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null || !('id' in entry)) throw new Error(line);
    return String(entry.id);
  });
}

function numberIn(entry: unknown, key: string): number {
  const value: unknown = typeof entry === 'object' && entry ? Reflect.get(entry, key) : undefined;
  if (typeof value !== 'number') throw new Error(`no number ${key} in ${JSON.stringify(entry)}`);
  return value;
}
