/** Plays one scenario, with one program ended at one point, and judges what came of it. */
import { readFileSync } from 'node:fs';
import { unfinishedAttempt } from '../../electron/transaction/attempts.ts';
import type { Names } from './disk.ts';
import type { Point } from './effects.ts';
import { processesIn } from './processes.ts';
import { type Recorded, Recorder, restore } from './recorded.ts';
import type { Releases } from './releases.ts';
import type { Scenario } from './scenarios.ts';
import { ask, lookAround, outcomeOf } from './witness.ts';
import { World } from './world.ts';

/** A gateway is back within a minute; everything else has a little longer on a busy machine. */
const backMs = 60_000;
const patienceMs = 90_000;
const lookMs = 60;
/** What is left over goes within moments. */
const tidyMs = 20_000;
const tidyLookMs = 300;
/** Settled is what stays so for this long. */
const calmMs = 300;

export interface Played {
  readonly killed: boolean;
  readonly wrong: readonly string[];
  readonly ms: number;
  /** The longest that a gateway did not answer, milliseconds. */
  readonly awayMs: number;
  readonly log: string;
}

export interface Setting {
  readonly releases: Releases;
  readonly scenario: Scenario;
  readonly staged: string;
}

/** One program ends itself at `point`. */
export async function play({ releases, scenario, staged }: Setting, point: Point): Promise<Played> {
  const world = new World();
  try {
    await world.lay(releases, scenario, staged);
    world.endAt(point);
    return await judged(world, scenario);
  } finally {
    await world.clear();
  }
}

/** Nothing is killed, and everything is noted. */
export async function record({ releases, scenario, staged }: Setting): Promise<Recorded & Played> {
  const world = new World();
  const recorder = new Recorder(world);
  try {
    await world.lay(releases, scenario, staged);
    world.trace();
    const played = await judged(world, scenario, () => recorder.look());
    const outcome = outcomeOf(world, scenario);
    const strange = outcome === scenario.ends ? [] : [`it ends ${outcome}, not ${scenario.ends}`];
    return { ...played, wrong: [...played.wrong, ...strange], ...recorder.recorded() };
  } finally {
    await world.clear();
  }
}

/** The machine starts again with what a power cut has left. */
export async function replay(
  scenario: Scenario,
  recorded: Recorded,
  names: Names,
): Promise<Played> {
  const world = new World(recorded.folder);
  try {
    restore(world, recorded, names);
    return await judged(world, scenario);
  } finally {
    await world.clear();
  }
}

async function judged(
  world: World,
  scenario: Scenario,
  look: () => void = () => undefined,
): Promise<Played> {
  const began = performance.now();
  const { wrong, awayMs } = await settle(world, scenario, look);
  return {
    killed: !world.isPending(),
    wrong,
    ms: performance.now() - began,
    awayMs,
    log: wrong.length > 0 ? tell(world) : '',
  };
}

async function settle(
  world: World,
  scenario: Scenario,
  look: () => void,
): Promise<{ wrong: string[]; awayMs: number }> {
  const away = watchGateways(world);
  const deadline = performance.now() + patienceMs;
  let calmSince: number | undefined;
  let wrong: string[] = ['it did not settle'];
  try {
    while (performance.now() < deadline) {
      await pause(lookMs);
      look();
      if (world.isReady()) world.begin();
      nextOf(world);
      if (!isSettled(world)) {
        calmSince = undefined;
        continue;
      }
      calmSince ??= performance.now();
      if (performance.now() - calmSince < calmMs) continue;
      wrong = await lookAround(world, scenario);
      if (wrong.length > 0) await pause(tidyLookMs);
      if (wrong.length === 0 || performance.now() - calmSince > tidyMs) break;
    }
  } finally {
    away.stop();
  }
  const awayMs = away.longest();
  if (awayMs > backMs) wrong.push(`a gateway was away for ${Math.round(awayMs)} ms`);
  return { wrong, awayMs };
}

/** Where no app runs, and none is going to be started, its user starts it. */
function nextOf(world: World): void {
  const running = processesIn(world.folder);
  if (running.some(({ kind }) => kind === 'app' || kind === 'terminal')) return;
  const watched = running.some(({ kind }) => kind === 'watcher');
  if (watched && unfinishedAttempt(world.state) !== null) return;
  world.startApp();
}

function isSettled(world: World): boolean {
  if (!world.begun()) return false;
  const running = processesIn(world.folder);
  const says = world.says();
  const count = (kind: string): number => running.filter((one) => one.kind === kind).length;
  return (
    says !== undefined &&
    running.some(({ pid, kind }) => pid === says.pid && kind === 'app') &&
    count('app') === 1 &&
    count('watcher') === 1 &&
    says.connected &&
    !says.busy &&
    Object.values(says.gateways).length === world.gateways.length &&
    Object.values(says.gateways).every((one) => one === 'running')
  );
}

/** Asks all the time, from the moment on that each has answered for the first time. */
function watchGateways(world: World): { stop(): void; longest(): number } {
  let over = false;
  let longest = 0;
  for (const { port } of world.gateways) {
    void (async () => {
      let last: number | undefined;
      while (!over) {
        const answer = await ask(port);
        const now = performance.now();
        if (last !== undefined) longest = Math.max(longest, now - last);
        if (answer) last = now;
        await pause(200);
      }
    })();
  }
  return {
    stop: () => {
      over = true;
    },
    longest: () => longest,
  };
}

function tell(world: World): string {
  const read = (file: string): string => {
    try {
      return readFileSync(file, 'utf8').split('\n').slice(-45).join('\n');
    } catch {
      return '(none)';
    }
  };
  const running = processesIn(world.folder).map(({ pid, words }) => `${pid} ${words}`);
  return [
    `the app says ${JSON.stringify(world.says())}`,
    ...running,
    read(world.control('app.log')),
    read(world.state.watcherLog),
  ].join('\n');
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
