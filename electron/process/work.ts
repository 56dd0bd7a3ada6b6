/** What a process tree is doing, as the kernel counts it: is it at work, and can it run at all? */
import type { Identity } from '../contract/identity.ts';
import { isAlive } from './identity.ts';
import { platform } from './platform.ts';

/** One look at a tree; two of them tell what happened in between. */
export interface WorkSample {
  /** Processor milliseconds so far, by process (pid and start: a pid is reused). */
  readonly used: ReadonlyMap<string, number>;
  /** One of it was stopped by a signal: it can't run, nor hear a signal, until it is continued. */
  readonly stopped: boolean;
  /** One of it waits for a disk: it may be at work without the processor. */
  readonly waitsForDisk: boolean;
}

/** Looks through the process table: milliseconds. */
export function sampleWork(root: Identity): WorkSample {
  const tree = isAlive(root) ? [root, ...platform.treeOf(root)] : platform.treeOf(root);
  const used = new Map<string, number>();
  let stopped = false;
  let waitsForDisk = false;
  for (const { pid, startedAt } of tree) {
    const work = platform.workOf(pid);
    if (!work) continue;
    used.set(`${pid} ${startedAt}`, work.usedMs);
    stopped ||= work.state === 'stopped';
    waitsForDisk ||= work.state === 'waits-for-disk';
  }
  return { used, stopped, waitsForDisk };
}

/** Processor milliseconds that the tree used between two samples; a process that is new counts whole. */
export function workBetween(before: WorkSample, after: WorkSample): number {
  let sum = 0;
  for (const [process, usedMs] of after.used) {
    sum += Math.max(0, usedMs - (before.used.get(process) ?? 0));
  }
  return sum;
}
