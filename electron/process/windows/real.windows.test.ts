/** What Wine has only as a shell: runs on Windows itself, and is skipped elsewhere, with the reason. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { createJob, type Job, runInJobs, wineVersion } from '../../testing/windows-jobs.ts';
import { createExitWaiter } from '../exit-waiter.ts';
import { whoHoldsPath } from '../holders.ts';
import { readNonce } from '../identity.ts';
import { lateRungs } from './escape.ts';
import { signal } from './processes.ts';

const wine = wineVersion();
if (wine) {
  process.stdout.write(
    `Wine ${wine} has no WMI, no task scheduler, no Restart Manager and no job limits: skipped.\n`,
  );
}

let bench: Workbench;
let job: Job | undefined;
beforeEach(() => {
  bench = createWorkbench();
});
afterEach(() => {
  job?.close();
  bench.clean();
});

test.skipIf(wine !== '')('Restart Manager names who holds a file open', async () => {
  const file = join(bench.folder, 'held.txt');
  writeFileSync(file, 'x');
  const child = bench.run(
    `require("fs").openSync(${JSON.stringify(file)}, "r+"); console.log("up"); ${idleProgram}`,
  );
  await until(
    () => readFileSync(join(bench.folder, 'out.log'), 'utf8').includes('up'),
    'the start',
  );
  const holder = (await whoHoldsPath(bench.folder)).find((one) => one.pid === child.pid);
  expect(holder).toMatchObject({ pid: child.pid, how: 'open' });
});

test.skipIf(wine !== '')('an app in a job that kills can read that it does', async () => {
  job = createJob({ breakaway: true });
  expect(await runInJobs(bench, [job], { how: 'without-bit' })).toMatchObject({ job: 'kills' });
});

test.skipIf(wine !== '').each(['wmi', 'scheduled-task'] as const)(
  'the rung %s starts outside of every job, with our environment',
  async (rung) => {
    const waiter = createExitWaiter();
    const made = await lateRungs[rung](bench.spec(idleProgram, { nonce: `by-${rung}` }), waiter);
    if (!made) throw new Error(`${rung} started nothing.`);
    bench.endLater(made);
    expect(made.escape).toMatchObject({ rung, proof: 'proven' });
    expect(readNonce(made.pid)).toBe(`by-${rung}`);
    signal(made.identity, 'SIGKILL');
    await made.exited;
    waiter.close();
  },
  90_000,
);
