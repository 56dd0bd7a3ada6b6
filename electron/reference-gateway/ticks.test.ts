/** Jobs on the wall clock, in the real process and against a real folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { until } from '../testing/processes.ts';
import { ask, Sandbox } from '../testing/reference-gateway.ts';
import { checkJobs, forwardClock, Ticks } from './ticks.ts';

let sandbox: Sandbox;
beforeEach(() => {
  sandbox = new Sandbox();
});
afterEach(() => sandbox.clean());

const jobsFile = () => join(sandbox.folder, 'jobs.json');
const writeJobs = (jobs: unknown) => writeFileSync(jobsFile(), JSON.stringify({ schema: 1, jobs }));
const records = (): { job: string; n: number; at: string }[] =>
  readFileSync(join(sandbox.folder, 'ticks.jsonl'), 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));

test('slots are numbered by the wall clock, and each runs once while the gateway runs', async () => {
  const everyMs = 500;
  writeJobs([{ id: 'beat', everyMs }]);
  const runs: number[][] = [];
  for (const wanted of [2, 4]) {
    const gateway = await sandbox.start();
    while (records().length < wanted) await ask(gateway.port, '/status');
    gateway.child.kill('SIGKILL');
    await gateway.ended;
    const known = runs.flat().length;
    runs.push(
      records()
        .slice(known)
        .map(({ n }) => n),
    );
  }
  for (const slots of runs) {
    expect(slots).toEqual(slots.map((_, index) => (slots[0] ?? 0) + index));
  }
  // Slots that became due between the two runs may be missing: how many depends on the machine.
  const [before = [], after = []] = runs;
  expect(after[0]).toBeGreaterThan(before.at(-1) ?? 0);
  for (const { n, at } of records()) {
    expect(Math.floor(Date.parse(at) / everyMs)).toBeGreaterThanOrEqual(n);
  }
});

test('of the slots that became due between two runs only the latest runs', async () => {
  const everyMs = 1_000_000;
  const now = 5_000_000 + 3;
  const ran = (job: string) => `${JSON.stringify({ job, everyMs, n: 2, at: 'x' })}\n`;
  writeFileSync(join(sandbox.folder, 'ticks.jsonl'), ran('a') + ran('b'));
  const job = (id: string) => ({ id, everyMs });
  // In the second round `a` has run already, and `b` shows that a late slot would have run by now.
  for (const jobs of [[job('a')], [job('a'), job('b')]]) {
    writeJobs(jobs);
    const ticks = await Ticks.open(sandbox.folder, () => now);
    await until(() => ticks.count > 0, 'the ticks');
    await ticks.close();
  }
  expect(records().map((tick) => `${tick.job}${tick.n}`)).toEqual(['a2', 'b2', 'a5', 'b5']);
});

test('delayed slots all run, those of a long sleep do not', async () => {
  const everyMs = 50;
  let now = 1_000_000;
  writeJobs([{ id: 'a', everyMs }]);
  const ticks = await Ticks.open(sandbox.folder, () => now);
  now += 4 * everyMs; // before its timer can fire: the loop was held up
  await until(() => ticks.count === 4, 'the ticks');
  now += 1_000 * everyMs;
  await until(() => ticks.count === 5, 'the ticks');
  await ticks.close();
  expect(records().map(({ n }) => n)).toEqual([20_001, 20_002, 20_003, 20_004, 21_004]);
});

test('a clock that is set back by an hour stops no job and repeats no slot', async () => {
  const hour = 3_600_000;
  let offset = 1_000 * hour;
  const now = () => Math.floor(performance.now()) + offset;
  writeJobs([{ id: 'a', everyMs: 50 }]);
  const ticks = await Ticks.open(sandbox.folder, forwardClock(now));
  for (const change of [-hour, 0, hour]) {
    const before = ticks.count;
    offset += change;
    await until(() => ticks.count >= before + 3, 'the ticks');
  }
  await ticks.close();
  const slots = records().map(({ n }) => n);
  expect(slots).toEqual(slots.map((_, index) => (slots[0] ?? 0) + index));
});

test('a broken jobs.json is reported, and the gateway serves without jobs', async () => {
  writeFileSync(jobsFile(), '{ "schema": 1, "jobs": [');
  const gateway = await sandbox.start();
  const { port } = gateway;
  expect((await ask(port, '/healthz')).status).toBe(200);
  const ready = await ask(port, '/readyz');
  expect(ready.status).toBe(200);
  expect(ready.json.jobs).toMatchObject({ count: 0, problem: expect.stringContaining('JSON') });
  expect(gateway.output()).toContain('runs without jobs');
});

test.each([
  ['schema', { schema: 2, jobs: [] }],
  ['jobs', { schema: 1, jobs: {} }],
  ['id', { schema: 1, jobs: [{ id: '../x', everyMs: 100 }] }],
  ['everyMs', { schema: 1, jobs: [{ id: 'x', everyMs: 1 }] }],
])('a wrong %s is refused with a sentence that names it', (part, value) => {
  expect(() => checkJobs(value)).toThrow(part);
});
