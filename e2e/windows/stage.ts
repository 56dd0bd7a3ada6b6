/**
 * The test's hand in the Windows world: a program on the Windows Node that starts and ends what a
 * Windows shell would, and speaks to the watcher, whose pipe can't be reached from outside. It runs
 * until its world ends, and takes calls over 127.0.0.1 (stage-calls.ts).
 *
 *   node stage.ts <port>
 *
 * It is in no job and starts everything without child_process, which would put it into one.
 */
import { createServer } from 'node:http';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import {
  appEnvironment,
  identify,
  installedPrograms,
  isAlive,
  type SpawnSpec,
  spawnDetached,
} from '../../electron/process/index.ts';
import {
  allProcesses,
  executablePath,
  isInJob,
  signal,
} from '../../electron/process/windows/processes.ts';
import { createJob, enter, type Job, startInJobs } from '../../electron/testing/windows-jobs.ts';
import { retireWatcher, watcherState } from '../support/watcher.ts';
import type { Found, StageAnswer, StageCalls } from './stage-calls.ts';

const jobs: Job[] = [];

function specOf(file: string, args: readonly string[], log: string): SpawnSpec {
  return {
    kind: 'installer',
    command: file,
    args,
    cwd: dirname(log),
    env: appEnvironment(process.env),
    stdout: log,
    stderr: log,
    nonce: '',
    escape: 'session',
  };
}

/** Wine's and Windows's own live below C:\windows. */
function processes(): Found[] {
  return allProcesses().flatMap(({ pid, parent }) => {
    const exe = executablePath(pid);
    const identity = identify(pid, '');
    if (!identity || exe === '' || pid === process.pid || /^C:\\windows\\/i.test(exe)) return [];
    return [{ identity, parent, exe, inJob: isInJob(pid) ?? null }];
  });
}

const calls: StageCalls = {
  ready: async () => null,
  async setup({ file, folder }) {
    const log = `${dirname(folder)}\\setup.log`;
    const { exited } = spawnDetached(specOf(file, ['/S', `/D=${folder}`], log));
    return (await exited).code;
  },
  async start({ file, args, log, jobs: kinds, env = {} }) {
    const around = kinds.map((kind) => createJob({ breakaway: kind === 'allows' }));
    jobs.push(...around);
    const spec = specOf(file, args, log);
    return startInJobs({ ...spec, env: { ...spec.env, ...env } }, around);
  },
  async closeJobs() {
    for (const job of jobs.splice(0)) job.close();
    return null;
  },
  async enterJob() {
    const job = createJob({ breakaway: false });
    const shells = allProcesses().filter(({ name }) => name.toLowerCase() === 'explorer.exe');
    for (const pid of [process.pid, ...shells.map((shell) => shell.pid)]) enter(job, pid);
    return null;
  },
  isAlive: async (identity) => isAlive(identity),
  kill: async (identity) => signal(identity, 'SIGKILL'),
  processes: async () => processes(),
  listed: async ({ folder }) => installedPrograms()?.read(folder) ?? null,
  watcher: ({ state }) => watcherState(state),
  async retire({ state }) {
    await retireWatcher(state);
    return null;
  },
};

async function answer(name: string, body: string): Promise<StageAnswer> {
  const call: unknown = Reflect.get(calls, name);
  if (typeof call !== 'function') return { error: `There is no call ${name}.` };
  try {
    return { result: await call(JSON.parse(body)) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

createServer((request, response) => {
  void text(request)
    .then((body) => answer((request.url ?? '/').slice(1), body))
    .then((said) => response.end(JSON.stringify(said)));
}).listen(Number(process.argv[2]), '127.0.0.1');
