/** Windows for tests: job objects that a test makes and closes, with a program of ours inside. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Escape, Identity } from '../contract/identity.ts';
import type { SpawnSpec } from '../process/index.ts';
import { native } from '../process/on-demand.ts';
import { createProcess, resume } from '../process/windows/create-process.ts';
import { creationFlags } from '../process/windows/creation-flags.ts';
import { win32 } from '../process/windows/kernel32.ts';
import { startMarker, withProcess } from '../process/windows/processes.ts';
import { until, type Workbench } from './processes.ts';

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

/** A job that ends its processes when it is closed, as the job of an app or an installer may. */
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

/** Puts a running process into the job; its later children are in the job too. */
export function enter(job: Job, pid: number): void {
  const done = withProcess(pid, mayAssign, (process) => jobCalls().assign(job.handle, process));
  if (!done)
    throw new Error(`Process ${pid} could not enter the job (error ${win32().lastError()}).`);
}

/** Starts a program inside `jobs`, outermost first; it runs only when it is in all of them. */
export function startInJobs(spec: SpawnSpec, jobs: readonly Job[]): Identity {
  const created = createProcess(spec, creationFlags('watcher', { breakaway: false }));
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

/** What windows-app.ts does inside the jobs, and its answer. */
export interface AppOrder {
  readonly how: 'without-bit' | 'spawn' | 'launch';
  /** A plain child_process.spawn comes first, which puts the app into libuv's job. */
  readonly prior?: boolean;
}
export interface AppAnswer {
  readonly identity: Identity;
  readonly escape?: Escape;
  /** What CreateProcessW returns with the breakaway bit: 0, or an error. */
  readonly bitError: number;
  /** What the app can read about its job. */
  readonly job?: string;
}

/** Runs windows-app.ts inside `jobs`, outermost first. It runs until its jobs are closed. */
export function runInJobs(
  bench: Workbench,
  jobs: readonly Job[],
  order: AppOrder,
): Promise<AppAnswer & { readonly app: Identity }> {
  const orders = join(bench.folder, 'order.json');
  const grandchild = bench.spec('setInterval(() => {}, 1e6)', { nonce: 'the-nonce' });
  writeFileSync(orders, JSON.stringify({ ...order, spec: grandchild }));
  return programInJobs(bench, jobs, [join(import.meta.dirname, 'windows-app.ts'), orders]);
}

/** Runs a script of ours inside `jobs`; its last argument is the file for its answer. */
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

/** The version of Wine, or '' on Windows itself: for tests of what Wine lacks. The product never asks. */
export function wineVersion(): string {
  try {
    return native().load('ntdll.dll').func('const char * __cdecl wine_get_version()')();
  } catch {
    return '';
  }
}
