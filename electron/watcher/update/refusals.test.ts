/** What a watcher refuses during an update, no matter who asks. */

import { createHash } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { isAlive, selfIdentity } from '../../process/index.ts';
import { until } from '../../testing/processes.ts';
import {
  createWorld,
  isOver,
  OLD_BUILD,
  runToHandOver,
  type World,
} from '../../testing/update-world.ts';
import type { TransactionEvent } from '../../transaction/events.ts';
import { readJournal } from '../../transaction/journal.ts';
import { newFileOf, type Plan, writePlan } from '../../transaction/plan.ts';

const shippedGateway = {
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
    world = createWorld({ profiles: [shippedGateway] });
    replan((plan) => ({
      ...plan,
      gateways: plan.gateways.map((one) => ({ ...one, profileHash: 'another' })),
    }));
    const { transactions } = world.generation();
    expect(() => transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512)).toThrow(
      /profile shipped was changed/,
    );
  });

  it('for another file than the one that was checked', () => {
    world = createWorld({ profiles: [shippedGateway] });
    const { transactions } = world.generation();
    expect(() => transactions.arm(world.plan.attempt, 'another')).toThrow(
      /changed after its file had been checked/,
    );
  });

  it('for an app that has ended', async () => {
    world = createWorld({ profiles: [shippedGateway] });
    await world.endApp();
    const { transactions } = world.generation();
    expect(() => transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512)).toThrow(
      /no longer runs/,
    );
  });
});

it('only the app that planned the update can hand it over', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  const { transactions } = world.generation();
  transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
  await transactions.release(world.plan.attempt);
  expect(() => transactions.handOver(world.plan.attempt, selfIdentity())).toThrow(/Another app/);
  expect(transactions.view()?.phase).toBe('released');
});

it('a new version with other bytes than were verified is not started [F43, R84]', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  const appSha512 = createHash('sha512').update('what was verified').digest('base64');
  replan((plan) => ({ ...plan, expected: { ...plan.expected, appSha512 } }));
  const started: string[] = [];
  const { onLaunch } = world;
  world.onLaunch = (which, ...rest) => {
    started.push(which);
    onLaunch(which, ...rest);
  };
  const generation = world.generation();
  await runToHandOver(world, generation);
  await world.endApp();
  await generation.until(isOver);
  expect(started).toEqual(['old app']);
  expect(generation.transactions.receipt()?.outcome).toBe('put-back');
  expect(generation.transactions.receipt()?.problem?.message).toContain('was changed after');
});

it.each([
  ['bundle', () => path.join(world.plan.nextStage?.bundle ?? '', 'gateway.mjs')],
  ['runtime', () => world.plan.nextStage?.runtime ?? ''],
])('a staged %s that was altered replaces no gateway [F43]', async (_name, file) => {
  world = createWorld({ profiles: [shippedGateway] });
  const generation = world.generation();
  await runToHandOver(world, generation, () => {
    chmodSync(file(), 0o700);
    writeFileSync(file(), 'altered');
  });
  await world.endApp();
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('put-back');
  expect(generation.transactions.receipt()?.problem?.message).toContain('was changed');
  expect(world.gateways.get('shipped')?.history).toEqual([]);
});

it('a staged program that was altered is not even tried [F43]', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  const file = path.join(world.plan.nextStage?.bundle ?? '', 'gateway.mjs');
  chmodSync(file, 0o700);
  writeFileSync(file, 'altered');
  const { transactions } = world.generation();
  transactions.arm(world.plan.attempt, newFileOf(world.plan).sha512);
  await expect(transactions.release(world.plan.attempt)).rejects.toThrow('was changed');
  expect(world.gateways.get('shipped')).toMatchObject({ rehearsed: [], history: [] });
});

it('a staged program that was altered while the old gateway stopped is not started [R98]', async () => {
  world = createWorld({ profiles: [shippedGateway] });
  const gateway = world.gateways.get('shipped');
  if (!gateway) throw new Error('no gateway');
  const file = path.join(world.plan.nextStage?.bundle ?? '', 'gateway.mjs');
  gateway.onStopped = () => {
    chmodSync(file, 0o700);
    writeFileSync(file, 'altered');
  };
  const generation = world.generation();
  await runToHandOver(world, generation);
  await world.endApp();
  await generation.until(isOver);
  expect(generation.transactions.receipt()?.outcome).toBe('put-back');
  expect(generation.transactions.receipt()?.problem?.message).toContain('was changed');
  expect(gateway.history).toEqual([`stop ${OLD_BUILD}`, `start ${OLD_BUILD}`]);
});

it('an app that does not end after its hand-over is ended [R96]', async () => {
  world = createWorld({ profiles: [shippedGateway], appExitMs: 50 });
  const generation = world.generation();
  await runToHandOver(world, generation);
  await generation.until(isOver);
  expect(isAlive(world.app)).toBe(false);
  expect(generation.transactions.receipt()?.outcome).toBe('committed');
});

it('an update command of the previous watcher is waited for, and not run twice', async () => {
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
  const events = (): TransactionEvent[] =>
    readJournal(world.state.attempt(world.plan.attempt).journal).records.map(({ event }) => event);
  const log = (): string => readFileSync(path.join(data, 'log'), 'utf8');

  const first = world.generation();
  await runToHandOver(world, first);
  await world.endApp();
  await until(() => log() === 'begin ', 'the command');
  first.kill();
  const running = events().find((event) => event.type === 'command-running');
  if (running?.type !== 'command-running') throw new Error('no command');
  const livedAtStart: boolean[] = [];
  const second = world.generation(() => {
    if (events().at(-1)?.type === 'command-started') livedAtStart.push(isAlive(running.identity));
  });
  await second.transactions.recover();
  // By now it has done what it would do at once.
  await new Promise((resolve) => setImmediate(resolve));
  appendFileSync(path.join(data, 'go'), '');
  await second.until(isOver);
  expect(livedAtStart).toEqual([false]);
  expect(log()).toBe('begin end begin end ');
  expect(second.transactions.receipt()?.outcome).toBe('committed');
});
