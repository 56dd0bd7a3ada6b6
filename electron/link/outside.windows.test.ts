/**
 * The promise, on Windows: the app's job is torn down, and the watcher it started lives on, brings
 * a killed gateway back, and may itself be killed without the gateway noticing; the next watcher
 * adopts it.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isAlive, sharedExitWaiter } from '../process/index.ts';
import { platform } from '../process/platform.ts';
import { createWorkbench, type Workbench } from '../testing/processes.ts';
import { type Bench, createBench, statusOf, until } from '../testing/watcher-bench.ts';
import { createJob, type Job, programInJobs } from '../testing/windows-jobs.ts';

let bench: Bench;
let work: Workbench;
let job: Job | undefined;
beforeEach(async () => {
  bench = await createBench();
  work = createWorkbench();
});
afterEach(async () => {
  job?.close();
  await bench.sweep();
  work.clean();
});

const app = new URL('../testing/app-in-job.ts', import.meta.url);
/** A Node that comes up takes half a second under Wine; what is bounded is our own part of it. */
const backWithin = 10_000;

test.each([
  ['allows breaking away', true],
  ['denies it', false],
])(
  'a watcher outlives the job of its app, which %s, and keeps the gateway',
  async (_, breakaway) => {
    job = createJob({ breakaway });
    const script = [process.platform === 'win32' ? app.pathname.slice(1) : app.pathname];
    const {
      app: self,
      identity: watcher,
      escape: way,
    } = await programInJobs(work, [job], [...script, bench.folder, bench.state.root]);
    expect(way).toMatchObject({
      rung: breakaway ? 'breakaway' : 'other-parent',
      proof: 'proven',
    });
    let line = await bench.client();
    const first = await bench.running(line);
    job.close();
    await until(() => !isAlive(self), 'the app to end with its job');
    expect([isAlive(watcher), isAlive(first)]).toEqual([true, true]);

    const begun = performance.now();
    const heard = new Promise<number>((resolve) => {
      sharedExitWaiter().watch(first, () => resolve(performance.now() - begun));
    });
    platform.signal(first, 'SIGKILL');
    await heard;
    const second = await bench.running(line, first);
    process.stdout.write(
      `back after ${Math.round(performance.now() - begun)} ms, its end heard after ${(await heard).toFixed(1)} ms\n`,
    );
    expect(performance.now() - begun).toBeLessThan(backWithin);
    expect(await statusOf(bench.port)).toMatchObject({ pid: second.pid, nonce: second.nonce });

    platform.signal(watcher, 'SIGKILL');
    await until(() => !isAlive(watcher), 'the watcher to end');
    expect(await statusOf(bench.port)).toMatchObject({ pid: second.pid });
    await bench.serve();
    line = await bench.client();
    expect(await bench.running(line)).toMatchObject({
      pid: second.pid,
      startedAt: second.startedAt,
    });
    // Known by a handle, not looked for: its end is heard by the watcher that adopted it.
    platform.signal(second, 'SIGKILL');
    const third = await bench.running(line, second);
    expect(await statusOf(bench.port)).toMatchObject({ pid: third.pid, nonce: third.nonce });
    await bench.finish();
  },
  120_000,
);
