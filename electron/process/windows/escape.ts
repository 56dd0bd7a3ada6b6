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
import { basename, join } from 'node:path';
import type { Escape, Identity, Rung } from '../../contract/identity.ts';
import { textOf } from '../../files/untrusted-file.ts';
import { systemClock } from '../clock.ts';
import { run } from '../on-demand.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import { watchForeign } from '../spawn-result.ts';
import type { ExitInfo, SpawnResult, SpawnSpec } from '../spawn-spec.ts';
import { passed } from '../wait.ts';
import { explainFailure } from '../why-not-started.ts';
import { type Created, createProcess, discard, resume } from './create-process.ts';
import { creationFlags } from './creation-flags.ts';
import { accessDenied, sharingViolation, win32 } from './kernel32.ts';
import { openOutsideParent } from './outside-parent.ts';
import { isInJob, ownJobMates, signal, startMarker } from './processes.ts';
import { fromFile, taskScript, taskXml, wmiScript } from './rung-scripts.ts';

/** PowerShell alone may take seconds to come up on a cold machine. */
const patience = 30_000;
const lookMs = 50;
const maxPidBytes = 64;

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

/** What another program started: it is in no job of ours, unless it is listed in our own. */
function describeForeign(rung: Rung, pid: number): Escape {
  const inJob = isInJob(pid);
  const mates = inJob ? ownJobMates() : undefined;
  if (!mates || mates.includes(pid)) return describeEscape(rung, inJob);
  const detail = 'It is in a job of the program that started it, not in the app’s.';
  return { rung, proof: 'assumed', detail };
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

/** A scanner that reads a new program refuses its start (5 or 32) for a moment. Waits in milliseconds. */
const scannerWaits = [50, 150, 400] as const;

/** The first two rungs: with the breakaway bit, and without it when the job forbids it. */
function direct(spec: SpawnSpec): Start {
  let [made, error] = tryDirect(spec);
  for (const wait of scannerWaits) {
    if (made || (error !== accessDenied && error !== sharingViolation)) break;
    // This start is synchronous, and so is its wait.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, wait);
    [made, error] = tryDirect(spec);
  }
  if (made) return made;
  throw explainFailure(spec, errorCodes[error] ?? `Windows error ${error}`, undefined);
}

const errorCodes: Readonly<Record<number, string>> = {
  [accessDenied]: 'EACCES',
  [sharingViolation]: 'EBUSY',
};

/** The start, or Windows's error. */
function tryDirect(spec: SpawnSpec): [Start, 0] | [undefined, number] {
  const first = createProcess(spec, creationFlags(spec.kind, { breakaway: true }));
  if ('pid' in first) return [start('breakaway', first), 0];
  if (first.error !== accessDenied) return [undefined, first.error];
  const second = createProcess(spec, creationFlags(spec.kind, { breakaway: false }));
  return 'pid' in second ? [start('no-breakaway', second), 0] : [undefined, second.error];
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
    if (result && result.escape.proof !== 'impossible') {
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
  return { ...result, exited, escape: describeForeign(rung, pid) };
}

async function byWmi(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult | undefined> {
  const file = temporaryFile('ps1');
  writeFileSync(file, wmiScript(spec), { mode: 0o600 });
  try {
    const args = ['-NoProfile', '-NonInteractive', '-Command', fromFile(file)];
    const { stdout } = await run('powershell.exe', args, { timeout: patience, windowsHide: true });
    return foreign(Number(stdout.trim()), spec, 'wmi', waiter);
  } finally {
    await promises.rm(file, { force: true });
  }
}

async function byTask(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult | undefined> {
  const [xmlFile, scriptFile, pidFile] = ['xml', 'ps1', 'pid'].map(temporaryFile);
  if (!xmlFile || !scriptFile || !pidFile) return undefined;
  const name = basename(xmlFile, '.xml');
  const options = { timeout: patience, windowsHide: true };
  writeFileSync(scriptFile, taskScript(spec, pidFile), { mode: 0o600 });
  writeFileSync(xmlFile, `\ufeff${taskXml(scriptFile)}`, { encoding: 'utf16le', mode: 0o600 });
  try {
    await run('schtasks.exe', ['/create', '/tn', name, '/xml', xmlFile, '/f'], options);
    await run('schtasks.exe', ['/run', '/tn', name], options);
    return foreign(await pidFrom(pidFile), spec, 'scheduled-task', waiter);
  } finally {
    await run('schtasks.exe', ['/delete', '/tn', name, '/f'], options).catch(() => undefined);
    for (const file of [xmlFile, scriptFile, pidFile]) await promises.rm(file, { force: true });
  }
}

const temporaryFile = (ending: string): string =>
  join(tmpdir(), `Holdfast-${randomBytes(6).toString('hex')}.${ending}`);

/** Waits for the file, which gets its name when its content is complete. 0 when it does not come. */
async function pidFrom(file: string): Promise<number> {
  for (const until = systemClock.now() + patience; systemClock.now() < until; ) {
    const text = textOf(file, maxPidBytes);
    if (text !== undefined) return Number(text.replace(/\D/g, ''));
    await passed(systemClock, lookMs);
  }
  return 0;
}

/** The rungs that have another program start ours; each rejects or returns undefined when it can't. */
export const lateRungs = { wmi: byWmi, 'scheduled-task': byTask } as const;
