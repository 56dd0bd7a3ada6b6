/** The contract of a gateway's own update with Windows: the watcher is in a job again when it updates. */
import { describe } from 'vitest';
import { isInJob } from '../../process/windows/processes.ts';
import { keepsTheContract } from '../../testing/update-contract.ts';
import { createJob, enter, type Job, programInJobs } from '../../testing/windows-jobs.ts';

describe.each([
  {
    job: 'allows breaking away',
    breakaway: true,
    way: {
      rung: 'breakaway',
      title: 'command and gateways are started with the detach flags and the breakaway bit',
    },
  },
  {
    job: 'denies it',
    breakaway: false,
    way: {
      rung: 'other-parent',
      title:
        'command and gateways are started by both retries: without the bit, then by another parent',
    },
  },
] as const)('the update of a gateway, in a job that $job', ({ breakaway, way }) => {
  const jobs: Job[] = [];
  const create = (): Job => {
    const job = createJob({ breakaway });
    jobs.push(job);
    return job;
  };
  const close = (): void => {
    for (const job of jobs.splice(0)) job.close();
  };
  keepsTheContract({
    way,
    startApp: (work, words) => programInJobs(work, [create()], words),
    endApp: close,
    bind: ({ pid }) => enter(create(), pid),
    isBound: ({ pid }) => isInJob(pid) !== false,
    close,
  });
});
