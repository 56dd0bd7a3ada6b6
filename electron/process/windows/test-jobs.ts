/** Job objects for tests: real ones, made and closed by the test, with a program of ours inside. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Escape, Identity } from '../../contract/identity.ts';
import { native } from '../native.ts';
import type { SpawnSpec } from '../spawn-spec.ts';
import { until, type Workbench } from '../test-processes.ts';
import { windowsDetachFlagsWithoutBreakaway } from '../windows-flags.ts';
import { createProcess, resume } from './create-process.ts';
import { win32 } from './kernel32.ts';
import { startMarker, withProcess } from './processes.ts';

/** JOBOBJECT_EXTENDED_LIMIT_INFORMATION: 144 bytes, LimitFlags at 16. */
const extendedLimits = 9;
const killOnClose = 0x2000;
const breakawayOk = 0x800;
/** PROCESS_TERMINATE and PROCESS_SET_QUOTA. */
const mayAssign = 0x101;

interface JobCalls {
  create(security: null, name: null): number;
  set(job: number, kind: number, info: Buffer, length: number): number;
  assign(job: number, process: number): number;
}

let calls: JobCalls | undefined;

function jobCalls(): JobCalls {
  if (calls) return calls;
  const kernel = native().load('kernel32.dll');
  calls = {
    create: kernel.func('intptr_t __stdcall CreateJobObjectW(void *s, const char16_t *n)'),
    set: kernel.func(
      'int32_t __stdcall SetInformationJobObject(intptr_t j, int k, void *i, uint32_t l)',
    ),
    assign: kernel.func('int32_t __stdcall AssignProcessToJobObject(intptr_t j, intptr_t p)'),
  };
  return calls;
}

/** A job that ends its processes when it is closed, as an app's or an installer's may be. */
export interface Job {
  readonly handle: number;
  close(): void;
}

export function createJob(options: { readonly breakaway: boolean }): Job {
  const handle = jobCalls().create(null, null);
  const limits = Buffer.alloc(144);
  limits.writeUInt32LE(killOnClose | (options.breakaway ? breakawayOk : 0), 16);
  if (!handle || !jobCalls().set(handle, extendedLimits, limits, limits.length))
    throw new Error(`No job could be made (error ${win32().lastError()}).`);
  let open = true;
  return {
    handle,
    close: () => {
      if (open) win32().CloseHandle(handle);
      open = false;
    },
  };
}

/** Puts a running process into the job, for good; what it starts from then on is in it too. */
export function enter(job: Job, pid: number): void {
  const done = withProcess(pid, mayAssign, (process) => jobCalls().assign(job.handle, process));
  if (!done)
    throw new Error(`Process ${pid} could not enter the job (error ${win32().lastError()}).`);
}

/** Starts a program inside `jobs`, outermost first; it does not run before it is in all of them. */
export function startInJobs(spec: SpawnSpec, jobs: readonly Job[]): Identity {
  const created = createProcess(spec, windowsDetachFlagsWithoutBreakaway());
  if ('error' in created)
    throw new Error(`${spec.command} did not start (error ${created.error}).`);
  const identity = { pid: created.pid, startedAt: startMarker(created.pid) ?? '', nonce: '' };
  for (const job of jobs) {
    if (!jobCalls().assign(job.handle, created.handle))
      throw new Error(
        `${spec.command} could not be put into the job (error ${win32().lastError()}).`,
      );
  }
  resume(created);
  return identity;
}

/** What test-app.ts inside the jobs is told to do, and what it answers. */
export interface AppOrder {
  readonly how: 'without-bit' | 'spawn' | 'launch';
  /** A plain child_process.spawn beforehand, which puts the app into libuv's own job. */
  readonly prior?: boolean;
}
export interface AppAnswer {
  readonly identity: Identity;
  readonly escape?: Escape;
  /** What CreateProcessW said to the breakaway bit: 0, or an error. */
  readonly bitError: number;
  /** What the app reads of its own job. */
  readonly job?: string;
}

/** Runs test-app.ts inside `jobs`, outermost first. It stays until its jobs are closed. */
export function runInJobs(
  bench: Workbench,
  jobs: readonly Job[],
  order: AppOrder,
): Promise<AppAnswer & { readonly app: Identity }> {
  const orders = join(bench.folder, 'order.json');
  const grandchild = bench.spec('setInterval(() => {}, 1e6)', { nonce: 'the-nonce' });
  writeFileSync(orders, JSON.stringify({ ...order, spec: grandchild }));
  return programInJobs(bench, jobs, [join(import.meta.dirname, 'test-app.ts'), orders]);
}

/** Runs a script of ours inside `jobs`; its last argument is the file it writes its answer to. */
export async function programInJobs(
  bench: Workbench,
  jobs: readonly Job[],
  script: readonly string[],
): Promise<AppAnswer & { readonly app: Identity }> {
  const answer = join(bench.folder, 'answer.json');
  const app = bench.spec('', { args: [...script, answer] });
  const identity = startInJobs(app, jobs);
  const log = join(bench.folder, 'out.log');
  const text = await until(
    () => {
      if (startMarker(identity.pid) === undefined)
        throw new Error(`The app ended: ${readFileSync(log, 'utf8')}`);
      return readText(answer);
    },
    'the answer of the app in the job',
    60_000,
  );
  // The shape is the script's own.
  return { ...(JSON.parse(text) as AppAnswer), app: identity };
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8') || undefined;
  } catch {
    return undefined;
  }
}
