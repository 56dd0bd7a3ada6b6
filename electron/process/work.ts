/** How busy a process tree is, as the kernel counts it, and whether it can run at all. */
import type { Identity } from '../contract/identity.ts';
import { isAlive } from './identity.ts';
import { platform } from './platform.ts';

/** A process tree at one moment; two samples show what happened in between. */
export interface WorkSample {
  /** Processor milliseconds so far, by process (pid and start: a pid is reused). */
  readonly used: ReadonlyMap<string, number>;
  /** A signal has stopped one of its processes, which can't run or handle a signal until it is continued. */
  readonly stopped: boolean;
  /** One of its processes waits for a disk or for a processor: it is at work, although it uses little or none. */
  readonly waits: boolean;
}

/** Reads the process table: milliseconds. */
export function sampleWork(root: Identity): WorkSample {
  const tree = isAlive(root) ? [root, ...platform.treeOf(root)] : platform.treeOf(root);
  const used = new Map<string, number>();
  let stopped = false;
  let waits = false;
  for (const { pid, startedAt } of tree) {
    const work = platform.workOf(pid);
    if (!work) continue;
    used.set(`${pid} ${startedAt}`, work.usedMs);
    stopped ||= work.state === 'stopped';
    waits ||= work.state === 'waits-for-disk' || work.state === 'runs';
  }
  return { used, stopped, waits };
}

/**
 * This share of one processor's time between two samples is work; what an idle program's timers and its
 * garbage collector need is far below.
 */
const workShare = 0.02;
/** The kernel counts in steps of 10 ms, and one of them may be from before. */
export const minWorkMs = 20;

/** Whether the tree was at work between two samples that are `elapsedMs` apart, or waits to go on with it. */
export function worked(before: WorkSample, after: WorkSample, elapsedMs: number): boolean {
  const enough = Math.max(minWorkMs, elapsedMs * workShare);
  return after.waits || workBetween(before, after) >= enough;
}

/** Processor milliseconds that the tree used between two samples; all of a new process counts. */
export function workBetween(before: WorkSample, after: WorkSample): number {
  let sum = 0;
  for (const [process, usedMs] of after.used) {
    sum += Math.max(0, usedMs - (before.used.get(process) ?? 0));
  }
  return sum;
}
