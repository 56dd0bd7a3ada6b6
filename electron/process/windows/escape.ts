/**
 * Windows's escape ladder. After every rung Windows is asked whether the child is in a job, because a
 * start with the breakaway bit can succeed and still leave it in an outer one:
 *
 *   breakaway ──error 5──► no-breakaway
 *       └──── still in a job ──► other-parent ──► wmi ──► scheduled-task ──► say so
 *
 * Processes are created suspended and run only when their rung is chosen: one that landed in a job
 * is ended before it has done anything, so no two ever run at once.
 */
import { randomBytes } from 'node:crypto';
import { promises, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Escape, Identity, Rung } from '../../contract/identity.ts';
import { run } from '../on-demand.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import { watchForeign } from '../spawn-result.ts';
import type { ExitInfo, SpawnResult, SpawnSpec } from '../spawn-spec.ts';
import { explainFailure } from '../why-not-started.ts';
import { type Created, createProcess, discard, resume } from './create-process.ts';
import { creationFlags } from './creation-flags.ts';
import { accessDenied, win32 } from './kernel32.ts';
import { openOutsideParent } from './outside-parent.ts';
import { isInJob, signal, startMarker } from './processes.ts';
import { taskXml, wmiScript } from './rung-scripts.ts';

/** PowerShell alone may take seconds to come up on a cold machine. */
const patience = 30_000;

function describeEscape(rung: Rung, jobbed: boolean | undefined): Escape {
  if (jobbed === false) return { rung, proof: 'proven', detail: 'It is in no job.' };
  if (jobbed === undefined)
    return { rung, proof: 'assumed', detail: 'Windows does not tell whether it is in a job.' };
  return {
    rung,
    proof: 'impossible',
    detail: 'It is still in a job, which may end it together with the app.',
  };
}

/** Lets a created process run. The watch begins while the handle is open, so that the exit code is never missed. */
function letRun({ created, rung, inJob }: Start, spec: SpawnSpec, waiter: ExitWaiter): SpawnResult {
  const startedAt = startMarker(created.pid) ?? 'ended';
  const identity: Identity = { pid: created.pid, startedAt, nonce: spec.nonce };
  const result = watchForeign(identity, waiter);
  const { exited } = result;
  let ended: ExitInfo | undefined;
  void exited.then((exit) => {
    ended = exit;
  });
  resume(created);
  return {
    ...result,
    exited,
    // Windows may have forgotten the process by then: late subscribers get the kept code.
    onExit: (callback) => void (ended ? setImmediate(callback, ended) : result.onExit(callback)),
    escape: describeEscape(rung, inJob),
  };
}

/** A process that exists but has not run its first instruction yet. */
interface Start {
  readonly created: Created;
  readonly rung: Rung;
  readonly inJob: boolean | undefined;
}

function start(rung: Rung, created: Created): Start {
  return { rung, created, inJob: isInJob(created.pid) };
}

/** The first two rungs: with the breakaway bit, and without it when the job forbids it. */
function direct(spec: SpawnSpec): Start {
  const first = createProcess(spec, creationFlags(spec.kind, { breakaway: true }));
  if ('pid' in first) return start('breakaway', first);
  if (first.error !== accessDenied)
    throw explainFailure(spec, `Windows error ${first.error}`, undefined);
  const second = createProcess(spec, creationFlags(spec.kind, { breakaway: false }));
  if ('pid' in second) return start('no-breakaway', second);
  const code = second.error === accessDenied ? 'EACCES' : `Windows error ${second.error}`;
  throw explainFailure(spec, code, undefined);
}

/** The third rung: undefined when there is no such parent, or the child is in a job even so. */
function otherParent(spec: SpawnSpec): Start | undefined {
  const parent = openOutsideParent();
  if (!parent) return undefined;
  try {
    const created = createProcess(spec, creationFlags(spec.kind, { breakaway: false }), parent);
    if (!('pid' in created)) return undefined;
    const made = start('other-parent', created);
    if (made.inJob === false) return made;
    discard(created);
    return undefined;
  } finally {
    win32().CloseHandle(parent);
  }
}

/** Climbs the rungs that take no time; a process that they leave in a job stays suspended. */
function climb(spec: SpawnSpec): Start {
  const first = direct(spec);
  if (first.inJob !== true) return first;
  const second = otherParent(spec);
  if (!second) return first;
  discard(first.created);
  return second;
}

/** The fast rungs alone: a gateway must be back within milliseconds. */
export function windowsSpawn(spec: SpawnSpec, waiter: ExitWaiter): SpawnResult {
  return letRun(climb(spec), spec, waiter);
}

/** The whole ladder: the last two rungs take seconds and need other programs. */
export async function windowsLaunch(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult> {
  const made = climb(spec);
  if (made.inJob !== true) return letRun(made, spec, waiter);
  for (const late of Object.values(lateRungs)) {
    const result = await late(spec, waiter).catch(() => undefined);
    if (result?.escape.proof === 'proven') {
      discard(made.created);
      return result;
    }
    // Ended before the next try: two watchers must never run at once.
    if (result && signal(result.identity, 'SIGKILL')) await result.exited;
  }
  return letRun(made, spec, waiter);
}

function foreign(
  pid: number,
  spec: SpawnSpec,
  rung: Rung,
  waiter: ExitWaiter,
): SpawnResult | undefined {
  const startedAt = pid > 0 ? startMarker(pid) : undefined;
  if (startedAt === undefined) return undefined;
  const result = watchForeign({ pid, startedAt, nonce: spec.nonce }, waiter);
  const { exited } = result;
  return { ...result, exited, escape: describeEscape(rung, isInJob(pid)) };
}

async function byWmi(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult | undefined> {
  const encoded = Buffer.from(wmiScript(spec), 'utf16le').toString('base64');
  const args = ['-NoProfile', '-NonInteractive', '-EncodedCommand', encoded];
  const { stdout } = await run('powershell.exe', args, { timeout: patience, windowsHide: true });
  return foreign(Number(stdout.trim()), spec, 'wmi', waiter);
}

async function byTask(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult | undefined> {
  const name = `Holdfast-${randomBytes(6).toString('hex')}`;
  const file = join(tmpdir(), `${name}.xml`);
  const pidFile = join(tmpdir(), `${name}.pid`);
  const options = { timeout: patience, windowsHide: true };
  writeFileSync(file, `\ufeff${taskXml(spec, pidFile)}`, { encoding: 'utf16le', mode: 0o600 });
  try {
    await run('schtasks.exe', ['/create', '/tn', name, '/xml', file, '/f'], options);
    await run('schtasks.exe', ['/run', '/tn', name], options);
    const script = `for ($i = 0; $i -lt 100 -and -not (Test-Path '${pidFile}'); $i++) { Start-Sleep -Milliseconds 100 }; Get-Content '${pidFile}'`;
    const { stdout } = await run('powershell.exe', ['-NoProfile', '-Command', script], options);
    return foreign(Number(stdout.trim()), spec, 'scheduled-task', waiter);
  } finally {
    await run('schtasks.exe', ['/delete', '/tn', name, '/f'], options).catch(() => undefined);
    await promises.rm(file, { force: true });
    await promises.rm(pidFile, { force: true });
  }
}

/** The rungs that have another program start ours; each rejects or returns undefined when it can't. */
export const lateRungs = { wmi: byWmi, 'scheduled-task': byTask } as const;
