/**
 * Crash points: everything that app, watcher and their like do to disk and processes during an update is
 * listed by one run of each scenario; then each program is killed by SIGKILL at each of these points, before,
 * after and in the middle, the machine goes on as it would, and a witness outside looks at what came of it. The
 * states that a power cut may leave on the disk are examined too, and with the worst of them it is started again.
 *
 *   node e2e/crashpoints/run.ts [words that a point's name contains]
 *
 *   HOLDFAST_POINTS=3/20      only a part of them
 *   HOLDFAST_WORLDS=5         so many at the same time
 *   HOLDFAST_POINTS_DONE=f    what passes is noted in the file f, and not run again with it
 *   HOLDFAST_POINTS_LOG=1     shows the logs of what goes wrong
 */
import {
  accessSync,
  constants,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareStateFolder, stateFolder } from '../../electron/files/state-folder.ts';
import { stageWatcher } from '../../electron/staging/staging.ts';
import { partOf } from '../fixtures/part-of.ts';
import { Count } from './count.ts';
import { type CutState, cutStates } from './disk.ts';
import { type Played, play, record, replay, type Setting } from './play.ts';
import { pointsOf, type ScenarioPoint } from './points.ts';
import { cutsWorthwhile, cutTrouble } from './power-cut.ts';
import { changesOf, type Recorded } from './recorded.ts';
import { buildReleases, type Releases } from './releases.ts';
import { type Scenario, scenarios } from './scenarios.ts';
import { removeTree } from './world.ts';

/** Worlds at the same time: they wait for each other as much as for themselves. */
const worlds = Number(process.env.HOLDFAST_WORLDS ?? 5);

/** Of all that may be missing after a power cut. */
const worst = 'all that was not flushed';

/** Which of two programs comes first is chance: what was not met is tried again. */
const tries = 3;

/** Of memory, for the worlds and releases of one run. */
const neededBytes = 2 ** 30;

/** Worlds lie in memory where there is room: a kill leaves the same there, and nothing waits for a disk. */
function workInMemory(memory = '/dev/shm'): void {
  try {
    const { bavail, bsize } = statfsSync(memory);
    if (bavail * bsize < neededBytes) return;
    const folder = mkdtempSync(path.join(memory, 'hf-'));
    process.on('exit', () => removeTree(folder));
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => process.exit(1));
    // In a container it may be a place from which nothing is run.
    const program = path.join(folder, 'program');
    writeFileSync(program, '', { mode: 0o700 });
    accessSync(program, constants.X_OK);
    process.env.TMPDIR = folder;
  } catch {
    // On the disk it takes a little longer.
  }
}

async function stageOld(folder: string, { old }: Releases): Promise<string> {
  const state = stateFolder(path.join(folder, 'staged'));
  prepareStateFolder(state);
  const bundle = path.join(old.stage, 'watcher');
  await stageWatcher(state, { bundle, runtime: path.join(old.stage, 'runtime', 'watcher-node') });
  return state.staged;
}

/** A power cut after a step of a scenario, of which only the real start of the machine shows what follows. */
interface Cut {
  readonly name: string;
  readonly scenario: Scenario;
  readonly recorded: Recorded;
  readonly state: CutState;
}

/** The same in every run. */
const withoutChance = (file: string): string =>
  file.replace(/\d{13}-[a-f0-9]{8}/g, 'ATTEMPT').replace(/[a-f0-9]{12,}/g, 'RANDOM');

/** Looks at every state of the disk that a power cut may leave; answers those to start the machine with. */
function cutPower(
  scenario: Scenario,
  recorded: Recorded,
  { old, next }: Releases,
): { cuts: Cut[]; states: number; wrong: string[] } {
  const changes = changesOf(recorded, scenario);
  const images = {
    old: readFileSync(old.image),
    next: readFileSync(next[scenario.flaw].image),
  };
  const cuts: Cut[] = [];
  const wrong = new Set<string>();
  const met = new Map<string, number>();
  let states = 0;
  for (const state of cutStates(recorded.base, changes, cutsWorthwhile(changes))) {
    states += 1;
    const step = changes[state.after - 1];
    const after = step ? `${step.op} ${withoutChance(step.path)}` : 'nothing';
    const nth = (met.get(after + state.lost) ?? 0) + 1;
    met.set(after + state.lost, nth);
    const name = `${scenario.name}: power cut after ${after} (${nth}), lost: ${state.lost}`;
    for (const one of cutTrouble(recorded.base, images, state)) wrong.add(`${name}: ${one}`);
    if (state.lost === worst) cuts.push({ name, scenario, recorded, state });
  }
  return { cuts, states, wrong: [...wrong] };
}

/** All of `jobs`, in several worlds at the same time. */
async function inWorlds(jobs: readonly (() => Promise<void>)[]): Promise<void> {
  const left = jobs.values();
  const one = async (): Promise<void> => {
    for (const job of left) await job();
  };
  await Promise.all(Array.from({ length: worlds }, one));
}

/** What is known of the scenarios before anything is killed. */
interface Survey {
  readonly points: readonly ScenarioPoint[];
  readonly cuts: readonly Cut[];
}

/** Plays each scenario once without a kill. */
async function survey(setting: Omit<Setting, 'scenario'>, count: Count): Promise<Survey> {
  const traces: { scenario: Scenario; traced: Recorded['traced'] }[] = [];
  const cuts: Cut[] = [];
  for (const scenario of scenarios) {
    const recorded = await record({ ...setting, scenario });
    const subject = { scenario: scenario.name, kind: 'no kill' };
    count.note({ ...subject, name: `${scenario.name}: without a kill` }, recorded);
    traces.push({ scenario, traced: recorded.traced });
    const found = cutPower(scenario, recorded, setting.releases);
    cuts.push(...found.cuts);
    count.states += found.states;
    const name = `${scenario.name}: the disk after a power cut, in ${found.states} states`;
    const wrong = found.wrong.slice(0, 20);
    count.note({ ...subject, name }, { ...recorded, wrong, ms: 0, log: '' });
  }
  return { points: pointsOf(traces), cuts };
}

async function playUntilReached(setting: Setting, point: ScenarioPoint): Promise<Played> {
  for (let left = tries - 1; ; left -= 1) {
    const played = await play(setting, point);
    if (played.killed || played.wrong.length > 0 || left === 0) return played;
  }
}

async function main(): Promise<void> {
  const count = new Count();
  const words = process.argv.slice(2);
  const isMeant = ({ name }: { readonly name: string }): boolean =>
    words.every((word) => name.includes(word));
  workInMemory();
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-releases-'));
  const releases = await buildReleases(folder);
  mkdirSync(path.join(folder, 'staged'), { mode: 0o700 });
  const setting = { releases, staged: await stageOld(folder, releases) };
  const { points, cuts } = await survey(setting, count);
  const part = process.env.HOLDFAST_POINTS;
  const isOpen = (one: { readonly name: string }): boolean => !count.isDone(one);
  const chosen = partOf(points.filter(isMeant), part).filter(isOpen);
  const chosenCuts = partOf(cuts.filter(isMeant), part).filter(isOpen);
  count.expect(chosen.length + chosenCuts.length);
  count.say(
    `${points.length} points, ${chosen.length} of them now; ${count.states} states after a power cut, and the machine is started again with ${chosenCuts.length} of ${cuts.length}`,
  );
  const restart = async ({ name, scenario, recorded, state }: Cut): Promise<void> => {
    const played = await replay(scenario, recorded, state.names);
    count.note({ name, scenario: scenario.name, kind: 'power cut' }, played);
  };
  const kill = async (point: ScenarioPoint): Promise<void> => {
    const { name, scenario, role, again } = point;
    const played = await playUntilReached({ ...setting, scenario }, point);
    const kind = again ? `${role}, twice` : role;
    count.note({ name, scenario: scenario.name, kind }, played);
  };
  await inWorlds([
    // Plans name their folders, so a scenario can be in one world only.
    ...scenarios.map((scenario) => async () => {
      for (const cut of chosenCuts.filter((one) => one.scenario === scenario)) await restart(cut);
    }),
    ...chosen.map((point) => () => kill(point)),
  ]);
  count.writeReport(promises);
  count.sumUp(points.length);
  if (count.failed() > 0) process.exitCode = 1;
}

/** What all of it shows: docs/faults.md names them. */
const promises = [
  'a program that is killed at any point of an update leaves one gateway each, an app and the truth [F8, R118, R145]',
  'a power cut at any point of an update leaves the old version or the new one, and a readable journal [F1, F2]',
];

await main();
