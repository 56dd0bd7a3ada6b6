/**
 * Crash points: everything that app, watcher and their like do to disk and processes during an update is
 * listed by one run of each scenario; then each program is killed by SIGKILL at each of these points, before,
 * after and in the middle, the machine goes on as it would, and a witness outside looks at what came of it. The
 * states that a power cut may leave on the disk are examined too, and with the worst of them it is started again.
 *
 *   node e2e/crashpoints/run.ts [words that a point's name contains]   HOLDFAST_POINTS=3/20: a part of them
 */
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareStateFolder, stateFolder } from '../../electron/files/state-folder.ts';
import { stageWatcher } from '../../electron/staging/staging.ts';
import { partOf } from '../fixtures/part-of.ts';
import { type CutState, cutStates } from './disk.ts';
import { type Played, play, record, replay } from './play.ts';
import { pointsOf } from './points.ts';
import { cutsWorthwhile, cutTrouble } from './power-cut.ts';
import { changesOf, type Recorded } from './recorded.ts';
import { buildReleases, type Releases } from './releases.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/** Worlds at the same time: most of the time they wait. */
const worlds = Number(process.env.HOLDFAST_WORLDS ?? 5);

/** Of all that may be missing after a power cut. */
const worst = 'all that was not flushed';

interface Verdict {
  readonly name: string;
  readonly passed: boolean;
}

/** In the shape of the unit tests' report, so that several suites can be summed up. */
function writeReport(verdicts: readonly Verdict[]): void {
  const { HOLDFAST_REPORT: name, HOLDFAST_RESULTS: results } = process.env;
  if (!name || !results) return;
  const assertionResults = verdicts.map((verdict) => ({
    fullName: verdict.name,
    status: verdict.passed ? 'passed' : 'failed',
  }));
  const testResults = [{ name: 'crashpoints', status: 'done', assertionResults }];
  writeFileSync(path.join(results, `${name}.json`), JSON.stringify({ testResults }));
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
  let states = 0;
  for (const state of cutStates(recorded.base, changes, cutsWorthwhile(changes))) {
    states += 1;
    const step = changes[state.after - 1];
    const after = step
      ? `${step.op} ${step.path.replace(/\d{13}-[a-f0-9]{8}/, 'ATTEMPT')}`
      : 'nothing';
    const name = `${scenario.name}: power cut after change ${state.after} (${after}), lost: ${state.lost}`;
    for (const one of cutTrouble(recorded.base, images, state)) wrong.add(`${name}: ${one}`);
    if (state.lost === worst) cuts.push({ name, scenario, recorded, state });
  }
  return { cuts, states, wrong: [...wrong] };
}

class Count {
  readonly verdicts: Verdict[] = [];
  readonly missed: string[] = [];
  killed = 0;
  replayed = 0;
  states = 0;
  awayMs = 0;
  readonly #began = performance.now();

  note(name: string, played: Played): void {
    const { wrong, log, ms, awayMs } = played;
    this.verdicts.push({ name, passed: wrong.length === 0 });
    this.awayMs = Math.max(this.awayMs, awayMs);
    if (this.verdicts.length % 50 === 0) this.say(`${this.verdicts.length} runs`);
    if (wrong.length === 0) return;
    console.log(`✗ ${name} (${Math.round(ms)} ms)\n  ${wrong.join('\n  ')}`);
    if (process.env.HOLDFAST_POINTS_LOG) console.log(log.replaceAll(/^/gm, '    '));
  }

  failed(): number {
    return this.verdicts.filter(({ passed }) => !passed).length;
  }

  say(what: string): void {
    console.log(`${what}, ${((performance.now() - this.#began) / 1000).toFixed(0)} s`);
  }
}

/** Each of `items` once, in several worlds at the same time. */
async function inWorlds<Item>(items: readonly Item[], work: (item: Item) => Promise<void>) {
  const left = items.values();
  const one = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: worlds }, one));
}

async function main(): Promise<void> {
  const count = new Count();
  const words = process.argv.slice(2);
  const isMeant = ({ name }: { readonly name: string }): boolean =>
    words.every((word) => name.includes(word));
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-releases-'));
  const releases = await buildReleases(folder);
  mkdirSync(path.join(folder, 'staged'), { mode: 0o700 });
  const staged = await stageOld(folder, releases);
  const traces = [];
  const cuts: Cut[] = [];
  for (const scenario of scenarios) {
    const recorded = await record({ releases, scenario, staged });
    count.note(`${scenario.name}: without a kill`, recorded);
    traces.push({ scenario, traced: recorded.traced });
    const found = cutPower(scenario, recorded, releases);
    cuts.push(...found.cuts);
    count.states += found.states;
    const name = `${scenario.name}: the disk after a power cut, in ${found.states} states`;
    count.note(name, { ...recorded, wrong: found.wrong.slice(0, 20), ms: 0, log: '' });
  }
  const all = pointsOf(traces);
  const part = process.env.HOLDFAST_POINTS;
  const chosen = partOf(all.filter(isMeant), part);
  const chosenCuts = partOf(cuts.filter(isMeant), part);
  count.say(
    `${all.length} points, ${chosen.length} of them now; ${count.states} states after a power cut, and the machine is started again with ${chosenCuts.length} of ${cuts.length}`,
  );
  await inWorlds(chosen, async (point) => {
    const played = await play({ releases, scenario: point.scenario, staged }, point);
    count.note(point.name, played);
    if (played.killed) count.killed += 1;
    else count.missed.push(point.name);
  });
  // Plans name their folders, so a scenario can be in one world only.
  await inWorlds(scenarios, async (scenario) => {
    for (const cut of chosenCuts.filter((one) => one.scenario === scenario)) {
      count.note(cut.name, await replay(scenario, cut.recorded, cut.state.names));
      count.replayed += 1;
    }
  });
  sumUp(count, all.length);
}

function sumUp(count: Count, points: number): void {
  const failed = count.failed();
  count.verdicts.push({
    name: 'a program that is killed at any point of an update leaves one gateway each, an app and the truth [F8, R118, R145]',
    passed: failed === 0,
  });
  count.verdicts.push({
    name: 'a power cut at any point of an update leaves the old version or the new one, and a readable journal [F1, F2]',
    passed: failed === 0,
  });
  writeReport(count.verdicts);
  for (const name of count.missed) console.log(`  not reached: ${name}`);
  count.say(
    `${points} points, ${count.killed} killed, ${count.missed.length} not reached; ${count.states} power-cut states, ${count.replayed} started again; ${failed} wrong; a gateway was away for at most ${Math.round(count.awayMs)} ms`,
  );
  if (failed > 0) process.exitCode = 1;
}

await main();
