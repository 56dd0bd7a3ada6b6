/**
 * Crash points: everything that app, watcher and their like do to disk and processes during an update is
 * listed by one run of each scenario; then each program is killed by SIGKILL at each of these points, before,
 * after and in the middle, the machine goes on as it would, and a witness outside looks at what came of it.
 *
 *   node e2e/crashpoints/run.ts [words that a point's name contains]   HOLDFAST_POINTS=3/20: a part of them
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareStateFolder, stateFolder } from '../../electron/files/state-folder.ts';
import { stageWatcher } from '../../electron/staging/staging.ts';
import { partOf } from '../fixtures/part-of.ts';
import { type Played, play } from './play.ts';
import { pointsOf } from './points.ts';
import { buildReleases, type Releases } from './releases.ts';
import { scenarios } from './scenarios.ts';

/** Worlds at the same time: most of the time they wait. */
const worlds = Number(process.env.HOLDFAST_WORLDS ?? 5);

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

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(0);
}

function tell(name: string, { wrong, log, ms }: Played): void {
  if (wrong.length === 0) return;
  console.log(`✗ ${name} (${Math.round(ms)} ms)\n  ${wrong.join('\n  ')}`);
  if (process.env.HOLDFAST_POINTS_LOG) console.log(log.replaceAll(/^/gm, '    '));
}

async function main(): Promise<void> {
  const began = performance.now();
  const words = process.argv.slice(2);
  const folder = mkdtempSync(path.join(tmpdir(), 'hf-releases-'));
  const releases = await buildReleases(folder);
  mkdirSync(path.join(folder, 'staged'), { mode: 0o700 });
  const staged = await stageOld(folder, releases);
  const verdicts: Verdict[] = [];
  const traces = [];
  for (const scenario of scenarios) {
    const played = await play({ releases, scenario, staged });
    verdicts.push({ name: `${scenario.name}: without a kill`, passed: played.wrong.length === 0 });
    tell(`${scenario.name}: without a kill`, played);
    traces.push({ scenario, traced: played.traced });
  }
  const all = pointsOf(traces);
  const named = all.filter(({ name }) => words.every((word) => name.includes(word)));
  const chosen = partOf(named, process.env.HOLDFAST_POINTS);
  console.log(`${all.length} points, ${chosen.length} of them now (${seconds(began)} s)`);
  let killed = 0;
  let awayMs = 0;
  const missed: string[] = [];
  const left = chosen.values();
  const work = async (): Promise<void> => {
    for (const point of left) {
      const played = await play({ releases, scenario: point.scenario, point, staged });
      tell(point.name, played);
      verdicts.push({ name: point.name, passed: played.wrong.length === 0 });
      awayMs = Math.max(awayMs, played.awayMs);
      if (played.killed) killed += 1;
      else missed.push(point.name);
      if (verdicts.length % 50 === 0) console.log(`${verdicts.length} runs, ${seconds(began)} s`);
    }
  };
  await Promise.all(Array.from({ length: worlds }, work));
  const failed = verdicts.filter(({ passed }) => !passed).length;
  verdicts.push({
    name: 'a program that is killed at any point of an update leaves one gateway each, an app and the truth [F1, F8, R118, R145]',
    passed: failed === 0,
  });
  writeReport(verdicts);
  for (const name of missed) console.log(`  not reached: ${name}`);
  console.log(
    `${all.length} points, ${killed} killed, ${missed.length} not reached, ${failed} wrong; a gateway was away for at most ${Math.round(awayMs)} ms; ${seconds(began)} s`,
  );
  if (failed > 0) process.exitCode = 1;
}

await main();
