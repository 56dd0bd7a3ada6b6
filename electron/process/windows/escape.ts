/**
 * Windows's ladder. After every rung the child is asked whether it is in a job, because a start
 * with the breakaway bit can succeed and still leave it in an outer one:
 *
 *   breakaway ──error 5──► no-breakaway
 *       └──── still in a job ──► end it ──► other-parent ──► wmi ──► scheduled-task ──► say so
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Escape, Identity } from '../../contract/identity.ts';
import { watchForeign } from '../foreign-result.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import { explainFailure } from '../posix-spawn.ts';
import type { SpawnResult, SpawnSpec } from '../spawn-spec.ts';
import {
  windowsDetachFlags,
  windowsDetachFlagsWithoutBreakaway,
  windowsHiddenConsoleFlags,
  windowsHiddenConsoleFlagsWithoutBreakaway,
} from '../windows-flags.ts';
import { type Created, createProcess } from './create-process.ts';
import { accessDenied, win32 } from './kernel32.ts';
import { openOutsideParent } from './outside-parent.ts';
import { isInJob, signal, startMarker } from './processes.ts';
import { taskXml, wmiScript } from './rung-scripts.ts';

const run = promisify(execFile);
/** PowerShell alone may take seconds to come up on a cold machine. */
const patience = 30_000;

function flagsFor(spec: SpawnSpec, breakaway: boolean): number {
  // A gateway without a console would make every console program it starts flash a window.
  if (spec.kind === 'gateway')
    return breakaway ? windowsHiddenConsoleFlags() : windowsHiddenConsoleFlagsWithoutBreakaway();
  return breakaway ? windowsDetachFlags() : windowsDetachFlagsWithoutBreakaway();
}

function describeEscape(rung: Escape['rung'], jobbed: boolean | undefined): Escape {
  if (jobbed === false) return { rung, proof: 'proven', detail: 'It is in no job.' };
  if (jobbed === undefined)
    return { rung, proof: 'assumed', detail: 'Windows does not tell whether it is in a job.' };
  return {
    rung,
    proof: 'impossible',
    detail: 'It is still in a job, which may end it together with the app.',
  };
}

/** The exit is watched while the handle is open, so that the exit code is never missed. */
function toResult(
  created: Created,
  spec: SpawnSpec,
  rung: Escape['rung'],
  waiter: ExitWaiter,
): SpawnResult {
  const startedAt = startMarker(created.pid) ?? 'ended';
  const identity: Identity = { pid: created.pid, startedAt, nonce: spec.nonce };
  const result = watchForeign(identity, waiter);
  const judged = describeEscape(rung, isInJob(created.pid));
  void result.exited;
  win32().CloseHandle(created.handle);
  return { ...result, exited: result.exited, escape: judged };
}

/** The first two rungs, synchronous: with the bit, and without it when the job forbids it. */
export function windowsSpawn(spec: SpawnSpec, waiter: ExitWaiter): SpawnResult {
  const first = createProcess(spec, flagsFor(spec, true));
  if ('pid' in first) return toResult(first, spec, 'breakaway', waiter);
  if (first.error !== accessDenied)
    throw explainFailure(spec, `Windows error ${first.error}`, undefined);
  const second = createProcess(spec, flagsFor(spec, false));
  if ('pid' in second) return toResult(second, spec, 'no-breakaway', waiter);
  const code = second.error === accessDenied ? 'EACCES' : `Windows error ${second.error}`;
  throw explainFailure(spec, code, undefined);
}

export async function windowsLaunch(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult> {
  const plain = windowsSpawn(spec, waiter);
  if (plain.escape.proof === 'proven') return plain;
  // Ended before the next try: two watchers must never run at once.
  signal(plain.identity, 'SIGKILL');
  await plain.exited;
  for (const climb of [otherParent, byWmi, byTask]) {
    const result = await climb(spec, waiter).catch(() => undefined);
    if (result?.escape.proof === 'proven') return result;
    if (result && signal(result.identity, 'SIGKILL')) await result.exited;
  }
  return windowsSpawn(spec, waiter);
}

async function otherParent(spec: SpawnSpec, waiter: ExitWaiter): Promise<SpawnResult | undefined> {
  const parent = openOutsideParent();
  if (!parent) return undefined;
  try {
    const created = createProcess(spec, flagsFor(spec, false), parent);
    return 'pid' in created ? toResult(created, spec, 'other-parent', waiter) : undefined;
  } finally {
    win32().CloseHandle(parent);
  }
}

function foreign(
  pid: number,
  spec: SpawnSpec,
  rung: Escape['rung'],
  waiter: ExitWaiter,
): SpawnResult | undefined {
  const startedAt = pid > 0 ? startMarker(pid) : undefined;
  if (startedAt === undefined) return undefined;
  const result = watchForeign({ pid, startedAt, nonce: spec.nonce }, waiter);
  const exited = result.exited;
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
    await rm(file, { force: true });
    await rm(pidFile, { force: true });
  }
}
