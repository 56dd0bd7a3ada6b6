/** What a watcher does not believe while it carries an update, whoever says so. */
import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { CarryEvent } from '../handoff/events.ts';
import { readJournal } from '../handoff/journal.ts';
import { type Plan, writePlan } from '../handoff/plan.ts';
import { isAlive, selfIdentity } from '../process/index.ts';
import { until } from '../process/test-processes.ts';
import { over, upToHandOver } from './test-carry-update.ts';
import { createWorld, OLD_BUILD, type World } from './test-carry-world.ts';

const SHIPPED = {
  schema: 1,
  id: 'shipped',
  name: 'Shipped',
  program: { type: 'shipped', name: 'reference-gateway' },
  update: { policy: 'swap' },
} as const;

let world: World;
afterEach(async () => world.close());

function replan(change: (plan: Plan) => Plan): void {
  writePlan(world.state, change(world.plan));
}

describe('an update is not begun', () => {
  it('for a profile that was changed after it was planned', () => {
    world = createWorld({ profiles: [SHIPPED] });
    replan((plan) => ({
      ...plan,
      gateways: plan.gateways.map((one) => ({ ...one, profileHash: 'another' })),
    }));
    const { carry } = world.generation();
    expect(() => carry.arm(world.plan.attempt)).toThrow(/profile shipped was changed/);
  });

  it('for an app that has ended', async () => {
    world = createWorld({ profiles: [SHIPPED] });
    await world.endApp();
    const { carry } = world.generation();
    expect(() => carry.arm(world.plan.attempt)).toThrow(/no longer runs/);
  });
});

it('nobody but the app that planned the update hands it over', async () => {
  world = createWorld({ profiles: [SHIPPED] });
  const { carry } = world.generation();
  carry.arm(world.plan.attempt);
  await carry.release(world.plan.attempt);
  expect(() => carry.handOver(world.plan.attempt, selfIdentity())).toThrow(/Another app/);
  expect(carry.view()?.phase).toBe('released');
});

it('a new version with other bytes than were verified is not started', async () => {
  world = createWorld({ profiles: [SHIPPED] });
  const appSha512 = createHash('sha512').update('what was verified').digest('base64');
  replan((plan) => ({ ...plan, expected: { ...plan.expected, appSha512 } }));
  const started: string[] = [];
  const { onLaunch } = world;
  world.onLaunch = (which, ...rest) => {
    started.push(which);
    onLaunch(which, ...rest);
  };
  const generation = world.generation();
  await upToHandOver(world, generation);
  await world.endApp();
  await generation.until(over);
  expect(started).toEqual(['old app']);
  expect(generation.carry.receipt()?.outcome).toBe('put-back');
  expect(generation.carry.receipt()?.problem?.message).toContain('was changed after');
});

it.each([
  ['bundle', () => path.join(world.plan.nextStage?.bundle ?? '', 'gateway.mjs')],
  ['runtime', () => world.plan.nextStage?.runtime ?? ''],
])('a staged %s that was altered replaces no gateway', async (_name, file) => {
  world = createWorld({ profiles: [SHIPPED] });
  chmodSync(file(), 0o700);
  writeFileSync(file(), 'altered');
  const generation = world.generation();
  await upToHandOver(world, generation);
  await world.endApp();
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('put-back');
  expect(generation.carry.receipt()?.problem?.message).toContain('was changed');
  expect(world.gateways.get('shipped')?.history).toEqual([]);
});

it('a staged program that was altered while the old gateway stopped is not started', async () => {
  world = createWorld({ profiles: [SHIPPED] });
  const gateway = world.gateways.get('shipped');
  if (!gateway) throw new Error('no gateway');
  const file = path.join(world.plan.nextStage?.bundle ?? '', 'gateway.mjs');
  gateway.onStopped = () => {
    chmodSync(file, 0o700);
    writeFileSync(file, 'altered');
  };
  const generation = world.generation();
  await upToHandOver(world, generation);
  await world.endApp();
  await generation.until(over);
  expect(generation.carry.receipt()?.outcome).toBe('put-back');
  expect(generation.carry.receipt()?.problem?.message).toContain('was changed');
  expect(gateway.history).toEqual([`stop ${OLD_BUILD}`, `start ${OLD_BUILD}`]);
});

it('an app that does not end after its hand-over is ended', async () => {
  world = createWorld({ profiles: [SHIPPED], appExitMs: 50 });
  const generation = world.generation();
  await upToHandOver(world, generation);
  await generation.until(over);
  expect(isAlive(world.app)).toBe(false);
  expect(generation.carry.receipt()?.outcome).toBe('committed');
});

it('an update command of the watcher before is waited for, not doubled', async () => {
  const script = `
    const fs = require("fs");
    fs.appendFileSync("log", "begin ");
    const look = setInterval(() => {
      if (!fs.existsSync("go")) return;
      fs.appendFileSync("log", "end ");
      clearInterval(look);
    }, 5);`;
  const command = { command: process.execPath, args: ['-e', script], timeoutMs: 20_000 };
  world = createWorld({
    profiles: [
      {
        schema: 1,
        id: 'freed',
        name: 'Freed',
        program: { type: 'command', command: 'x' },
        update: { policy: 'release', command },
      },
    ],
  });
  const data = world.state.gatewayData('freed');
  mkdirSync(data, { recursive: true });
  writeFileSync(path.join(data, 'log'), '');
  const events = (): CarryEvent[] =>
    readJournal(world.state.attempt(world.plan.attempt).journal).records.map(({ event }) => event);
  const log = (): string => readFileSync(path.join(data, 'log'), 'utf8');

  const first = world.generation();
  await upToHandOver(world, first);
  await world.endApp();
  await until(() => log() === 'begin ', 'the command');
  first.kill();
  const running = events().find((event) => event.type === 'command-running');
  if (running?.type !== 'command-running') throw new Error('no command');
  const livedAtStart: boolean[] = [];
  const second = world.generation(() => {
    if (events().at(-1)?.type === 'command-started') livedAtStart.push(isAlive(running.identity));
  });
  await second.carry.recover();
  // What it would do at once is done by now.
  await new Promise((resolve) => setImmediate(resolve));
  appendFileSync(path.join(data, 'go'), '');
  await second.until(over);
  expect(livedAtStart).toEqual([false]);
  expect(log()).toBe('begin end begin end ');
  expect(second.carry.receipt()?.outcome).toBe('committed');
});
