/** What begins updates by themselves: looks, sleep, a new watcher. The gateways are in memory, time is leapt over. */
import { beforeEach, expect, it } from 'vitest';
import * as z from 'zod/mini';
import type { GatewayReceipt } from '../../contract/gateway-update.ts';
import { type Profile, profileSchema } from '../../contract/profile.ts';
import { createMemoryGateway, fakeSupervisor } from '../../testing/memory-gateway.ts';
import { LeapingClock } from '../../testing/skewed-clock.ts';
import { UpdateTimer } from './update-timer.ts';

const minute = 60_000;
const hour = 60 * minute;

let clock: LeapingClock;
/** Of the time of day, which goes on while the machine sleeps. */
let slept: number;
let offered: boolean;
let may: boolean;
let receipt: GatewayReceipt | null;
let begun: string[];
let fails: boolean;
let timer: UpdateTimer;
/** Noon, local time. */
const start = new Date(2026, 10, 28, 12).getTime();

beforeEach(() => {
  clock = new LeapingClock();
  [slept, offered, may, receipt, begun, fails] = [0, true, true, null, [], false];
});

function profileOf(when: string): Profile {
  return z.parse(profileSchema, {
    schema: 1,
    id: 'g',
    name: 'Claw',
    program: { type: 'command', command: 'claw' },
    update: { policy: 'keep', command: { command: 'claw' }, when },
  });
}

/** A watcher begins to serve. */
function serve(when: string): void {
  const gateway = createMemoryGateway(profileOf(when), process.pid);
  const one = fakeSupervisor(
    gateway,
    () => true,
    () => 1,
  );
  const view = () => ({ ...one.view(), report: { busy: 0, parts: [] } });
  const supervisors = new Map([['g', { profile: () => one.profile(), view }]]);
  timer = new UpdateTimer({
    clock,
    now: () => start + clock.now() + slept,
    random: () => 0,
    supervisors: () => supervisors,
    offered: () => offered,
    together: () => ['g'],
    receipt: () => receipt,
    mayBegin: () => may,
    begin: async (_, by) => {
      begun.push(by);
      if (fails) throw new Error('no network');
      offered = false;
    },
    onChange: () => undefined,
    log: () => undefined,
  });
  timer.notice();
}

/** In steps: each timer fires at its time. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= minute) {
    clock.leap(Math.min(minute, left));
    await new Promise((resume) => setImmediate(resume));
  }
}

it('an idle gateway is updated once it was idle for ten minutes, and not before [R129]', async () => {
  serve('idle');
  await pass(9 * minute);
  expect(begun).toEqual([]);
  await pass(3 * minute);
  expect(begun).toEqual(['idle']);
});

it('nothing is looked at where nobody has chosen it, or no newer version is known [R129]', async () => {
  for (const when of ['ask', 'never']) {
    serve(when);
    await pass(hour);
    timer.close();
  }
  offered = false;
  serve('idle');
  await pass(hour);
  expect(begun).toEqual([]);
});

it('it waits while something else stops gateways, and then begins [R129]', async () => {
  may = false;
  serve('idle');
  await pass(hour);
  expect(begun).toEqual([]);
  may = true;
  await pass(3 * minute);
  expect(begun).toEqual(['idle']);
});

it('another watcher counts anew, and begins in the same night [R130]', async () => {
  serve('night');
  await pass(14 * hour + 5 * minute);
  expect(begun).toEqual([]);
  timer.close();
  serve('night');
  await pass(9 * minute);
  expect(begun).toEqual([]);
  await pass(3 * minute);
  expect(begun).toEqual(['night']);
});

it('a machine that sleeps over the night begins nothing in the morning; one that wakes in it does [R130]', async () => {
  serve('night');
  await pass(8 * hour);
  // From 20:00 to 8:00.
  slept += 12 * hour;
  await pass(2 * hour);
  expect(begun).toEqual([]);
  await pass(10 * hour);
  // From 20:00 to 3:00: timers that were set for the night would come at 9:00.
  slept += 7 * hour;
  await pass(30 * minute);
  expect(begun).toEqual(['night']);
});

it('an attempt that left no receipt is not repeated every minute [R129]', async () => {
  fails = true;
  serve('idle');
  await pass(2 * hour);
  expect(begun).toEqual(['idle']);
  await pass(20 * hour);
  expect(begun).toEqual(['idle', 'idle']);
});
