/**
 * What gateways use of memory and processor. Nothing is measured unless someone asks: a window that is
 * seen, or `holdfast top`. One answer says how much processor time was used so far; two say how much is
 * used now.
 */
import { words } from '../words/spoken.ts';
import type { UsageSample } from './usage-call.ts';

export interface Load {
  readonly memory: number;
  /** Per cent of one processor; null until there are two answers. */
  readonly cpu: number | null;
  readonly processes: number;
}

/** What a gateway uses at `now`; null when it was not measured. */
export function loadOf(id: string, before: UsageSample | null, now: UsageSample): Load | null {
  const usage = Object.hasOwn(now.gateways, id) ? now.gateways[id] : undefined;
  if (!usage) return null;
  const earlier = before && Object.hasOwn(before.gateways, id) ? before.gateways[id] : undefined;
  const { memory, usedMs, processes } = usage;
  const passedMs = before ? now.at - before.at : 0;
  if (!earlier || passedMs <= 0) return { memory, cpu: null, processes };
  // A process that has ended takes its time with it.
  return { memory, processes, cpu: (100 * Math.max(0, usedMs - earlier.usedMs)) / passedMs };
}

/** `0.3 %`, `12 %`: as exact as anyone wants to read. */
export function cpuText(cpu: number): string {
  return words.quantities.percent(words.number(cpu >= 10 ? Math.round(cpu) : cpu));
}

const units = ['kB', 'MB', 'GB', 'TB'] as const;

/** Bytes in; `812 kB`, `142 MB`, `1.4 GB`. */
export function memoryText(bytes: number): string {
  let value = bytes / 1_000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${words.number(value, unit >= 2 && value < 99.5 ? 1 : 0)} ${units[unit]}`;
}
