/** What a process costs while it has nothing to do. From /proc, so Linux only. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { round2 } from './figures.ts';

/** MiB that are in no other process. */
export interface Memory {
  /** Private_Dirty of smaps_rollup: written pages. */
  readonly dirtyMiB: number;
  /** With Private_Clean, which the system can drop and read again: USS. */
  readonly ussMiB: number;
}

export interface Idle extends Memory {
  /** Voluntary context switches of all threads, a second: each is a wakeup. */
  readonly wakeupsPerS: number;
  /** Microseconds of processor time of all threads, a second, by schedstat. */
  readonly cpuUsPerS: number;
}

function counters(pid: number): { switches: number; cpuNs: number } {
  let switches = 0;
  let cpuNs = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const at = `/proc/${pid}/task/${thread}`;
    const status = readFileSync(`${at}/status`, 'utf8');
    switches += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    cpuNs += Number(readFileSync(`${at}/schedstat`, 'utf8').split(' ')[0]);
  }
  return { switches, cpuNs };
}

export function memoryOf(pid: number): Memory {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
  const dirty = kib('Private_Dirty');
  return {
    dirtyMiB: round2(dirty / 1024),
    ussMiB: round2((dirty + kib('Private_Clean')) / 1024),
  };
}

/** What the process does in `seconds` of its being left alone, and its memory at their end. */
export async function idle(pid: number, seconds: number): Promise<Idle> {
  const before = counters(pid);
  await pause(seconds * 1_000);
  const after = counters(pid);
  return {
    wakeupsPerS: round2((after.switches - before.switches) / seconds),
    cpuUsPerS: Math.round((after.cpuNs - before.cpuNs) / 1_000 / seconds),
    ...memoryOf(pid),
  };
}

/**
 * A copy of this Node in `folder`, and its path. Of a file that several processes run, the clean pages
 * count as shared; Holdfast's watcher runs from a copy too, so all that are compared must.
 */
export function ownNode(folder: string): string {
  const copy = join(folder, 'node');
  copyFileSync(process.execPath, copy, constants.COPYFILE_FICLONE);
  chmodSync(copy, 0o755);
  // Until it is on the disk, all of its pages would count as written by the process that runs it.
  const fd = openSync(copy, 'r+');
  fsyncSync(fd);
  closeSync(fd);
  return copy;
}

/** A Node process that does nothing: the minimum of any program on the same runtime. */
export async function startBareNode(folder: string, env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const words = ['-e', 'console.log(1); setInterval(() => {}, 1e9)'];
  const child = spawn(ownNode(folder), words, { env, stdio: ['ignore', 'pipe', 'ignore'] });
  await once(child.stdout, 'data');
  return child;
}
