/**
 * Real job objects: what lives and what dies when the app's job is torn down, and by which rung of
 * the ladder a process got out. `spawn` is the watcher's own way to bring a gateway back, `launch`
 * the app's way to start the watcher.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createWorkbench, until, type Workbench } from '../../testing/processes.ts';
import { type AppOrder, createJob, type Job, runInJobs } from '../../testing/windows-jobs.ts';
import { isAlive } from '../identity.ts';
import { signal } from './processes.ts';

let bench: Workbench;
let jobs: Job[];
beforeEach(() => {
  bench = createWorkbench();
  jobs = [];
});
afterEach(() => {
  for (const job of jobs) job.close();
  bench.clean();
});

/** Puts an app into jobs, tears them all down, and tells what became of its child. */
async function tornDown(order: AppOrder, ...breakaways: readonly boolean[]) {
  jobs = breakaways.map((breakaway) => createJob({ breakaway }));
  const { app, identity, escape: rung, bitError } = await runInJobs(bench, jobs, order);
  const before = isAlive(identity);
  for (const job of jobs) job.close();
  await until(() => !isAlive(app), 'the app to end with its job');
  // A child in the job ends in the same moment; one that goes on is asked once more.
  if (rung?.proof !== 'proven') await until(() => !isAlive(identity), 'its child to end too');
  const survived = isAlive(identity);
  signal(identity, 'SIGKILL');
  return { before, survived, escape: rung, bitError };
}

const ways = [
  ['the watcher, by the app', 'launch'],
  ['a gateway, by the watcher', 'spawn'],
] as const;

test('a job that allows breaking away takes a child without the bit along', async () => {
  const seen = await tornDown({ how: 'without-bit' }, true);
  expect(seen).toMatchObject({ before: true, survived: false, bitError: 0 });
});

describe.each(ways)('%s', (_, how) => {
  test('breaks away from a job that allows it', async () => {
    const seen = await tornDown({ how }, true);
    expect(seen.bitError).toBe(0);
    expect(seen.escape).toMatchObject({ rung: 'breakaway', proof: 'proven' });
    expect(seen.survived).toBe(true);
  });

  test('leaves a job that denies it (error 5) under another parent [F10]', async () => {
    const seen = await tornDown({ how }, false);
    expect(seen.bitError).toBe(5);
    expect(seen.escape).toMatchObject({ rung: 'other-parent', proof: 'proven' });
    expect(seen.survived).toBe(true);
  });

  test('is not deceived by an inner job that allows what the outer one denies [F11]', async () => {
    const seen = await tornDown({ how }, false, true);
    expect(seen.bitError).toBe(0);
    expect(seen.escape).toMatchObject({ rung: 'other-parent', proof: 'proven' });
    expect(seen.survived).toBe(true);
  });

  test("nor by libuv's own job, after a child_process.spawn in a job that denies", async () => {
    const seen = await tornDown({ how, prior: true }, false);
    expect(seen.bitError).toBe(0);
    expect(seen.escape).toMatchObject({ rung: 'other-parent', proof: 'proven' });
    expect(seen.survived).toBe(true);
  });
});
