/** What is measured of a supervisor with the help of small programs in C that watch from outside. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { projectRoot } from '../e2e/support/desktop-app.ts';
import { figures, round2 } from './figures.ts';
import { type Kept, servedBy } from './peers/peer.ts';

const run = promisify(execFile);
/** A server is killed in calm, not while the window still draws the last change. */
export const calmMs = 500;
/** runit, s6 and daemontools wait when a server ran for less than a second: no kill comes that early. */
export const agedMs = 1_200;
/** Clock ticks a second in /proc, the same on every Linux. */
const ticks = 100;
/** Longer than the longest pause Holdfast makes after the kills of a storm of 20 s: 16 s and a fifth. */
export const patienceMs = 45_000;

const names = ['probe', 'outage', 'storm', 'floor'] as const;
/** Paths of the built programs, each described in its source, bench/<name>.c. */
export type Tools = Readonly<Record<(typeof names)[number], string>>;

/** Builds them into `folder`. Rejects when there is no C compiler (`cc`). */
export async function buildTools(folder: string): Promise<Tools> {
  const build = async (name: string): Promise<string> => {
    const program = join(folder, name);
    const source = join(projectRoot, 'bench', `${name}.c`);
    await run('cc', ['-std=gnu11', '-O2', '-o', program, source]);
    return program;
  };
  const [probe, outage, storm, floor] = await Promise.all(names.map(build));
  return { probe: probe ?? '', outage: outage ?? '', storm: storm ?? '', floor: floor ?? '' };
}

/** Milliseconds from a kill -9 to the first accepted connection. Rejects when nothing accepts within 10 s. */
export async function killed(kept: Kept, port: number, { probe }: Tools): Promise<number> {
  await kept.forgive?.();
  await pause(Math.max(calmMs, agedMs - ageMs(await servedBy(port))));
  const { stdout } = await run(probe, [String(await servedBy(port)), String(port)]);
  return Number(stdout) / 1_000;
}

/** How long ago the process was started. */
function ageMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in brackets may hold spaces; the start is the 20th field after it.
  const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]) / ticks;
  const up = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  return (up - started) * 1_000;
}

/** Milliseconds between two accepted connections at the most, in a restart that was asked for. */
export async function plannedOutage(kept: Kept, port: number, { outage }: Tools): Promise<number> {
  const old = await servedBy(port);
  await pause(agedMs);
  const client = spawn(outage, [String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  const said = text(client.stdout);
  const ended = once(client, 'close');
  await pause(calmMs);
  try {
    await kept.restart();
    await servedBy(port, old);
    await pause(calmMs);
  } finally {
    client.stdin.end();
    await ended;
  }
  return Number((await said).split(' ')[0]) / 1_000;
}

export interface Storm {
  readonly starts: number;
  /** Between a kill and the next accepted connection, ms: the median, and the last. */
  readonly medianPauseMs: number;
  readonly lastPauseMs: number;
  /** From the end of the storm until a connection was accepted, ms; null when none was in time. */
  readonly backAfterMs: number | null;
  readonly verdict: 'gives up' | 'backs off' | 'goes on without end';
}

/** The last pause is this many times the middle one: the pauses grow. */
const grows = 3;

/** Kills the server again as soon as it is back, for `seconds`; then leaves it alone. */
export async function storm(
  kept: Kept,
  port: number,
  seconds: number,
  tools: Tools,
): Promise<Storm> {
  await kept.forgive?.();
  await servedBy(port);
  await pause(agedMs);
  const words = [kept.supervisor, port, seconds * 1_000, patienceMs].map(String);
  const { stdout } = await run(tools.storm, words, { maxBuffer: 2 ** 26 });
  return toStorm(stdout, seconds);
}

/** What the output of bench/storm.c comes to, after a storm of `seconds`. */
export function toStorm(output: string, seconds: number): Storm {
  const lines = output.trim().split('\n');
  const end = lines.pop() ?? '';
  const kills = lines.map((line) => Number(line) / 1_000);
  const back = end.startsWith('back') ? Number(end.split(' ')[1]) / 1_000 : null;
  const times = back === null ? kills : [...kills, back];
  const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0));
  const median = figures(pauses).median;
  const last = round2(pauses.at(-1) ?? 0);
  return {
    starts: kills.length,
    medianPauseMs: median,
    lastPauseMs: last,
    backAfterMs: back === null ? null : Math.max(0, Math.round(back - seconds * 1_000)),
    verdict:
      back === null ? 'gives up' : last > grows * median ? 'backs off' : 'goes on without end',
  };
}
