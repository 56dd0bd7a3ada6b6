/** What is measured of a supervisor: absences seen from outside, and what it costs while it waits. */
import { execFile, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { whoHoldsPort } from '../electron/process/index.ts';
import { round2 } from './figures.ts';
import { type Kept, servedBy } from './peers/peer.ts';

const run = promisify(execFile);
/** A server is killed in calm, not while what was started around it settles. */
const CALM_MS = 300;
/** Longer than any of them waits between two starts of a calm server. */
const OUTAGE_MS = 4_000;

/** Milliseconds from a kill -9 to the first accepted connection, seen by `probe` (bench/probe.c). */
export async function killed(kept: Kept, port: number, probe: string): Promise<number> {
  await kept.forgive?.();
  await servedBy(port);
  await pause(CALM_MS);
  const { stdout } = await run(probe, [String(await servedBy(port)), String(port)]);
  return Number(stdout) / 1_000;
}

/** Milliseconds without a connection in a restart that was asked for, seen by `outage` (bench/outage.c). */
export async function plannedOutage(kept: Kept, port: number, outage: string): Promise<number> {
  await servedBy(port);
  await pause(CALM_MS);
  const seen = run(outage, [String(port), String(OUTAGE_MS)]);
  await pause(CALM_MS);
  await kept.restart();
  return round2(Number((await seen).stdout) / 1_000);
}

export interface Idle {
  /** Voluntary context switches a second: each is a wakeup. */
  readonly wakeupsPerS: number;
  readonly cpuUsPerS: number;
  /** MiB that are in no other process: written pages, and these with the clean ones. */
  readonly dirtyMiB: number;
  readonly privateMiB: number;
}

function threadsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => `/proc/${pid}/task/${thread}`);
}

function counters(pid: number): { switches: number; cpuNs: number } {
  let switches = 0;
  let cpuNs = 0;
  for (const thread of threadsOf(pid)) {
    const status = readFileSync(`${thread}/status`, 'utf8');
    switches += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1] ?? 0);
    cpuNs += Number(readFileSync(`${thread}/schedstat`, 'utf8').split(' ')[0]);
  }
  return { switches, cpuNs };
}

/** What the process does in `seconds` of its being left alone. */
export async function idle(pid: number, seconds: number): Promise<Idle> {
  const before = counters(pid);
  await pause(seconds * 1_000);
  const after = counters(pid);
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const kib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(rollup)?.[1] ?? 0);
  return {
    wakeupsPerS: round2((after.switches - before.switches) / seconds),
    cpuUsPerS: Math.round((after.cpuNs - before.cpuNs) / 1_000 / seconds),
    dirtyMiB: round2(kib('Private_Dirty') / 1024),
    privateMiB: round2((kib('Private_Dirty') + kib('Private_Clean')) / 1024),
  };
}

/** A Node process that does nothing, for comparison. */
export async function bareNode(seconds: number): Promise<Idle> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e9)'], { stdio: 'ignore' });
  await pause(1_000);
  const result = await idle(child.pid ?? 0, seconds);
  child.kill();
  return result;
}

export interface Storm {
  readonly starts: number;
  /** Whether the server was up, or came back within two minutes' patience of the fastest. */
  readonly end: 'serves' | 'down';
}

/** Kills the server again as soon as it is back, for `seconds`; then leaves it alone for five. */
export async function storm(port: number, seconds: number): Promise<Storm> {
  const deadline = performance.now() + seconds * 1_000;
  let starts = 0;
  let last = 0;
  while (performance.now() < deadline) {
    const pid = whoHoldsPort(port)?.pid ?? 0;
    if (pid > 0 && pid !== last) {
      starts += 1;
      last = pid;
      process.kill(pid, 'SIGKILL');
    }
    await pause(1);
  }
  await pause(5_000);
  return { starts, end: whoHoldsPort(port) ? 'serves' : 'down' };
}
