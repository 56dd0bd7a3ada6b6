/** Jobs on the wall clock, in the real process and against a real folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ask, Sandbox } from './harness.ts';
import { checkJobs } from './jobs.ts';
import { Scheduler } from './scheduler.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.clean());

const jobsFile = () => join(sandbox.folder, 'jobs.json');
const writeJobs = (jobs: unknown) => writeFileSync(jobsFile(), JSON.stringify({ schema: 1, jobs }));
const ticks = (): { job: string; n: number; at: string }[] =>
  readFileSync(join(sandbox.folder, 'ticks.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('slots are numbered by the wall clock, none is left out while it lives, none runs twice', async () => {
  const everyMs = 500;
  writeJobs([{ id: 'beat', everyMs, action: { type: 'append', file: 'beat.txt', text: 'hi' } }]);
  const lives: number[][] = [];
  for (const wanted of [2, 4]) {
    const gateway = await sandbox.start();
    while (ticks().length < wanted) await ask(gateway.port, '/status');
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    const known = lives.flat().length;
    lives.push(
      ticks()
        .slice(known)
        .map(({ n }) => n),
    );
  }
  for (const slots of lives) {
    expect(slots).toEqual(slots.map((_, index) => (slots[0] ?? 0) + index));
  }
  // What was due while it was away may be missing: how long that takes is the machine's affair.
  const [before = [], after = []] = lives;
  expect(after[0]).toBeGreaterThan(before.at(-1) ?? 0);
  const runs = ticks();
  for (const { n, at } of runs) {
    expect(Math.floor(Date.parse(at) / everyMs)).toBeGreaterThanOrEqual(n);
  }
  const said = readFileSync(join(sandbox.folder, 'beat.txt'), 'utf8').split('\n').length - 1;
  expect(said).toBeGreaterThanOrEqual(runs.length);
});

test('a slot that became due while away runs late once, older ones stay missing', async () => {
  const everyMs = 1_000_000;
  const now = 5_000_000 + 3;
  const ran = (job: string) => `${JSON.stringify({ job, everyMs, n: 2, at: 'x' })}\n`;
  writeFileSync(join(sandbox.folder, 'ticks.jsonl'), ran('a') + ran('b'));
  const job = (id: string) => ({ id, everyMs, action: { type: 'tick' } }) as const;
  // In the second round `a` has run already, and `b` shows that a late slot would have run by now.
  for (const jobs of [[job('a')], [job('a'), job('b')]]) {
    const { scheduler } = await Scheduler.open(sandbox.folder, { now: () => now, uptime: () => 0 });
    scheduler.setJobs(jobs);
    await vi.waitUntil(() => scheduler.ticks > 0);
    await scheduler.stop();
  }
  expect(ticks().map((tick) => `${tick.job}${tick.n}`)).toEqual(['a2', 'b2', 'a5', 'b5']);
});

test('slots that slip by while it lives all run, those of a long sleep do not', async () => {
  const everyMs = 50;
  let now = 1_000_000;
  const { scheduler } = await Scheduler.open(sandbox.folder, { now: () => now, uptime: () => 0 });
  scheduler.setJobs([{ id: 'a', everyMs, action: { type: 'tick' } }]);
  now += 4 * everyMs; // before its timer can fire: the loop was held up
  await vi.waitUntil(() => scheduler.ticks === 4);
  now += 1_000 * everyMs;
  await vi.waitUntil(() => scheduler.ticks === 5);
  await scheduler.stop();
  expect(ticks().map(({ n }) => n)).toEqual([20_001, 20_002, 20_003, 20_004, 21_004]);
});

test('a clock that is set back by an hour stops no job and repeats no slot', async () => {
  const hour = 3_600_000;
  let offset = 1_000 * hour;
  const now = () => Math.floor(performance.now()) + offset;
  const clock = { now, uptime: () => performance.now() };
  const { scheduler } = await Scheduler.open(sandbox.folder, clock);
  scheduler.setJobs([{ id: 'a', everyMs: 50, action: { type: 'tick' } }]);
  for (const change of [-hour, 0, hour]) {
    const before = scheduler.ticks;
    offset += change;
    await vi.waitUntil(() => scheduler.ticks >= before + 3, { timeout: 10_000 });
  }
  await scheduler.stop();
  const slots = ticks().map(({ n }) => n);
  expect(slots).toEqual(slots.map((_, index) => (slots[0] ?? 0) + index));
  // When it ran is told by the clock as it was: the first three ran while it was set back.
  expect(now() - Date.parse(ticks()[2]?.at ?? '')).toBeGreaterThan(hour);
});

test('a broken jobs.json is said, the gateway serves, and the last good list goes on', async () => {
  writeFileSync(jobsFile(), '{ "schema": 1, "jobs": [');
  const gateway = await sandbox.start();
  const { port } = gateway;
  expect((await ask(port, '/healthz')).status).toBe(200);
  const ready = await ask(port, '/readyz');
  expect(ready.status).toBe(200);
  expect(ready.json.jobs).toMatchObject({ count: 0, problem: expect.stringContaining('not JSON') });
  expect(gateway.output()).toContain('goes on with 0 jobs');

  writeJobs([{ id: 'a', everyMs: 60_000, action: { type: 'tick' } }]);
  expect((await ask(port, '/reload', { method: 'POST' })).json).toEqual({ jobs: 1, problem: null });
  writeJobs([{ id: 'a', everyMs: 1, action: { type: 'tick' } }]);
  const reply = await ask(port, '/reload', { method: 'POST' });
  expect(reply.status).toBe(422);
  expect(reply.json).toMatchObject({ jobs: 1, problem: expect.stringContaining('everyMs') });
});

test.each([
  ['schema', { schema: 2, jobs: [] }],
  ['jobs', { schema: 1, jobs: {} }],
  ['id', { schema: 1, jobs: [{ id: '../x', everyMs: 100, action: { type: 'tick' } }] }],
  ['type', { schema: 1, jobs: [{ id: 'x', everyMs: 100, action: { type: 'run' } }] }],
  ['file', job('../outside')],
  ['file', job('inbox.jsonl')],
])('a wrong %s is refused with a sentence that names it', (word, value) => {
  expect(checkJobs(value)).toMatchObject({ problem: expect.stringContaining(word) });
});

function job(file: string): unknown {
  const action = { type: 'append', file, text: 'x' };
  return { schema: 1, jobs: [{ id: 'x', everyMs: 100, action }] };
}
