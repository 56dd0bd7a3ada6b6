/**
 * The soak: the built watcher, launched outside by its own app process, six gateways of every kind, and
 * one random thing after another done to them. After each, everything must be as it should be: one
 * serving process per gateway that is wanted, no other, none replaced that was not touched, no
 * process, socket or temporary file left over. Then the shipped policy on a virtual clock.
 *
 *   npm run test:soak [-- --seed 7] [-- --steps 1000]
 *
 * Nothing is scaled down: it is the shipped watcher with its shipped times. The seed decides every
 * step, so a failure is repeated by its `--seed`.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { WatcherState } from '../../electron/contract/watcher-contract.ts';
import { acquireLock, isAlive } from '../../electron/process/index.ts';
import { runPolicy } from './policy.ts';
import { burdenOf, processesOf } from './processes.ts';
import { seeded } from './random.ts';
import { settle } from './settle.ts';
import { act, choose, type Kind, type Plan, type Step } from './steps.ts';
import { createWorld, type World } from './world.ts';

const { values } = parseArgs({
  options: { seed: { type: 'string' }, steps: { type: 'string', default: '1000' } },
});
const seed = values.seed === undefined ? Date.now() % 1_000_000 : Number(values.seed);
const steps = Number(values.steps);
if (!Number.isInteger(seed) || !Number.isInteger(steps)) throw new Error('Say whole numbers.');

/** In a failure's report. */
const lastSteps = 20;
const lastLines = 40;

interface Verdict {
  readonly name: string;
  readonly passed: boolean;
}

async function soak(): Promise<boolean> {
  const world = await createWorld();
  const random = seeded(seed);
  const plan: Plan = {
    wanted: new Set(world.gateways.map(({ profile }) => profile.id)),
    ends: new Map(),
  };
  const history: string[] = [];
  const counts = new Map<Kind, { times: number; ms: number; most: number }>();
  const burden = { descriptors: 0, privateKiB: 0 };
  const began = performance.now();
  try {
    let state = await settle(world, ...(await firstOutcome(world)));
    for (let n = 1; n <= steps; n += 1) {
      const step = choose(random, world.gateways, plan);
      history.push(`${n} ${step.kind} ${targetOf(step, state)}`);
      const start = performance.now();
      state = await settle(world, await act(step, world, state), state);
      count(counts, step.kind, performance.now() - start);
      const now = burdenOf(state.watcher.identity.pid);
      burden.descriptors = Math.max(burden.descriptors, now.descriptors);
      burden.privateKiB = Math.max(burden.privateKiB, now.privateKiB);
      if (n % 50 === 0) console.log(`${n} steps, ${seconds(began)} s`);
    }
    await leave(world, state);
    console.log(`soak: seed ${seed}, ${steps} steps in ${seconds(began)} s`);
    console.log('shipped times, nothing scaled down; settled after, milliseconds:');
    for (const [kind, { times, ms, most }] of [...counts].sort()) {
      console.log(
        `  ${String(times).padStart(4)} × ${kind}: mean ${Math.round(ms / times)}, most ${Math.round(most)}`,
      );
    }
    console.log(
      `  a watcher had at most ${burden.descriptors} descriptors and ${Math.round(burden.privateKiB / 1024)} MiB of private memory`,
    );
    return true;
  } catch (error) {
    report(world, history, error);
    return false;
  } finally {
    await world.sweep();
  }
}

/** At the beginning every gateway is to be started. */
async function firstOutcome(world: World): Promise<[Parameters<typeof settle>[1], WatcherState]> {
  const state = await world.until('the first watcher', (now) => now);
  const ids = world.gateways.map(({ profile }) => profile.id);
  return [{ gateways: new Map(ids.map((id) => [id, 'running'])), watcher: 'same' }, state];
}

/** Stops everything; then nothing may be left, and the lock is free. */
async function leave(world: World, { watcher }: WatcherState): Promise<void> {
  const order = world.app.order('retire').catch(() => {});
  await order;
  await world.app.kill();
  const deadline = performance.now() + 10_000;
  const left = (): string[] => [
    ...processesOf(world.state.root).map(({ pid }) => `process ${pid}`),
    ...(isAlive(watcher.identity) ? ['the watcher'] : []),
  ];
  while (left().length > 0) {
    if (performance.now() > deadline) throw new Error(`Left behind: ${left().join(', ')}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const lock = acquireLock(world.state.watcherLock);
  if (!('release' in lock)) throw new Error(`The lock is still held by ${lock.heldBy}.`);
  lock.release();
  const errors = logLines(world).filter((line) => / error /.test(line));
  if (errors.length > 0) throw new Error(`The watcher's log tells of:\n${errors.join('\n')}`);
}

/** All that the watchers have logged and that was kept, oldest first. */
function logLines({ state }: World): string[] {
  const files = readdirSync(state.logs).filter((name) => name.startsWith('watcher.log'));
  return files
    .sort()
    .reverse()
    .flatMap((name) => lines(join(state.logs, name)));
}

function targetOf({ target, kind, intents }: Step, { gateways }: WatcherState): string {
  const { id } = target.profile;
  const state = gateways[id]?.state;
  const pid = state && 'identity' in state ? `pid ${state.identity.pid}` : 'stopped';
  return `${id} (${pid})${kind === 'ten-intents' ? `: ${intents.join(' ')}` : ''}`;
}

function count(
  counts: Map<Kind, { times: number; ms: number; most: number }>,
  kind: Kind,
  ms: number,
): void {
  const old = counts.get(kind) ?? { times: 0, ms: 0, most: 0 };
  counts.set(kind, { times: old.times + 1, ms: old.ms + ms, most: Math.max(old.most, ms) });
}

function report(world: World, history: readonly string[], error: unknown): void {
  const indent = (of: readonly string[]): string => of.map((one) => `  ${one}`).join('\n');
  console.log(`\nFAILED: seed ${seed}, step ${history.length} of ${steps}`);
  console.log(indent(String(error instanceof Error ? error.message : error).split('\n')));
  console.log(`the last steps:\n${indent(history.slice(-lastSteps))}`);
  console.log(`the watcher says:\n${indent(wordsOf(world.now()))}`);
  console.log(`the app said:\n${indent(world.said().slice(-lastLines))}`);
  console.log(`the watcher's log:\n${indent(lines(world.state.watcherLog).slice(-lastLines))}`);
  console.log(`repeat it: npm run test:soak -- --seed ${seed} --steps ${steps}`);
}

function wordsOf(state: WatcherState | null): string[] {
  if (!state) return ['nothing: the line is down'];
  const gateways = Object.values(state.gateways);
  return [
    `watcher pid ${state.watcher.identity.pid}`,
    ...gateways.map(({ id, desired, state: now }) => `${id}: ${desired}, ${JSON.stringify(now)}`),
  ];
}

function lines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n');
  } catch (error) {
    return [String(error)];
  }
}

function seconds(since: number): string {
  return ((performance.now() - since) / 1000).toFixed(1);
}

/** In the shape of the unit tests' report, so that several suites can be summed up. */
function writeReport(verdicts: readonly Verdict[]): void {
  const { HOLDFAST_REPORT: name, HOLDFAST_RESULTS: results } = process.env;
  if (!name || !results) return;
  const assertionResults = verdicts.map((verdict) => ({
    fullName: verdict.name,
    status: verdict.passed ? 'passed' : 'failed',
  }));
  const testResults = [{ name: 'soak', status: 'done', assertionResults }];
  writeFileSync(join(results, `${name}.json`), JSON.stringify({ testResults }));
}

console.log(`soak: seed ${seed}, ${steps} steps`);
const verdicts: Verdict[] = [
  {
    name: 'a random run leaves everything as it should be after every step [F17]',
    passed: await soak(),
  },
  ...runPolicy(seed),
];
writeReport(verdicts);
if (verdicts.some(({ passed }) => !passed)) process.exitCode = 1;
