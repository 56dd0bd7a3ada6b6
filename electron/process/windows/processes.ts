/** Windows: which processes run, since when, in which job, whose child. A handle can't move to another process. */
import type { Identity } from '../../contract/identity.ts';
import type { ProcessFacts, ProcessWork, Signal } from '../platform-interface.ts';
import { access, waitSignalled, win32 } from './kernel32.ts';

/** Of an open process: when it was created and what it has used, in units of 100 ns. */
export function timesOf(handle: number): { created: bigint; used: bigint } | undefined {
  const [created, ...others] = [0, 1, 2, 3].map(() => Buffer.alloc(8));
  const [ended, kernel, user] = others;
  if (!created || !ended || !kernel || !user) return undefined;
  if (!win32().GetProcessTimes(handle, created, ended, kernel, user)) return undefined;
  const used = kernel.readBigUInt64LE() + user.readBigUInt64LE();
  return { created: created.readBigUInt64LE(), used };
}

/** The FILETIME as a decimal number. */
function createdAt(handle: number): string | undefined {
  const times = timesOf(handle);
  return times && String(times.created);
}

/** Windows has no stopped processes, except those that a debugger holds. */
export function workOf(pid: number): ProcessWork | undefined {
  const times = withProcess(pid, access.query, timesOf);
  return times && { usedMs: Number(times.used) / 1e4, state: 'other' };
}

export function withProcess<T>(
  pid: number,
  rights: number,
  use: (handle: number) => T,
): T | undefined {
  const handle = win32().OpenProcess(rights, 0, pid);
  if (!handle) return undefined;
  try {
    return use(handle);
  } finally {
    win32().CloseHandle(handle);
  }
}

/** A handle to the very process, dead or alive; 0 when it is another or none. The caller closes it. */
export function openVerified(identity: Identity, rights: number): number {
  const handle = win32().OpenProcess(rights | access.query, 0, identity.pid);
  if (handle && createdAt(handle) === identity.startedAt) return handle;
  if (handle) win32().CloseHandle(handle);
  return 0;
}

export function startMarker(pid: number): string | undefined {
  return withProcess(pid, access.limited | access.synchronize, (handle) =>
    win32().WaitForSingleObject(handle, 0) === waitSignalled ? undefined : createdAt(handle),
  );
}

/** Only SIGKILL has an effect: a process without a console hears no CTRL_BREAK. Others ask by pipe, file or HTTP. */
export function signal(identity: Identity, name: Signal): boolean {
  const handle = openVerified(identity, access.terminate | access.synchronize);
  if (!handle) return false;
  try {
    if (win32().WaitForSingleObject(handle, 0) === waitSignalled) return false;
    if (name !== 'SIGKILL' || win32().TerminateProcess(handle, 1)) return true;
    throw new Error(
      `Windows refused to end process ${identity.pid} (error ${win32().lastError()}).`,
    );
  } finally {
    win32().CloseHandle(handle);
  }
}

export interface Entry {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
}

/**
 * Every process that has begun. PROCESSENTRY32W (x64): size 568, pid at 8, parent at 32, name at 44.
 * Wine lists one that it is still making without a name, and its server crashes when such a process is
 * ended (docs/windows.md); on Windows each has a name from its start.
 */
export function allProcesses(): Entry[] {
  const snapshot = win32().CreateToolhelp32Snapshot(2, 0);
  const found: Entry[] = [];
  const entry = Buffer.alloc(568);
  entry.writeUInt32LE(568);
  for (
    let more = win32().Process32FirstW(snapshot, entry);
    more;
    more = win32().Process32NextW(snapshot, entry)
  ) {
    const name = entry.toString('utf16le', 44).split('\0')[0] ?? '';
    if (name !== '')
      found.push({ pid: entry.readUInt32LE(8), parent: entry.readUInt32LE(32), name });
  }
  win32().CloseHandle(snapshot);
  return found;
}

export function executablePath(pid: number): string {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(32_768);
  const out = Buffer.alloc(65_536);
  const ok = withProcess(pid, access.limited, (handle) =>
    win32().QueryFullProcessImageNameW(handle, 0, out, size),
  );
  return ok ? out.toString('utf16le', 0, size.readUInt32LE() * 2) : '';
}

/** Undefined when Windows does not say. */
export function isInJob(pid: number): boolean | undefined {
  return withProcess(pid, access.query, (handle) => {
    const result: [number] | [null] = [null];
    return win32().IsProcessInJob(handle, 0, result) ? result[0] !== 0 : undefined;
  });
}

const killOnClose = 0x2000;

/** Our own innermost job's limits (class 9). */
function ownJob(): ProcessFacts['job'] {
  const limits = Buffer.alloc(144);
  if (!win32().QueryInformationJobObject(0, 9, limits, limits.length, null)) return 'unknown';
  const flags = limits.readUInt32LE(16);
  // Wine answers with zeros, whatever the limits are.
  if (flags === 0 && isWine()) return 'unknown';
  return (flags & killOnClose) === 0 ? 'harmless' : 'kills';
}

/** Wine's ntdll has a function that Windows' has not. */
function isWine(): boolean {
  const { GetModuleHandleW, GetProcAddress } = win32();
  return GetProcAddress(GetModuleHandleW('ntdll.dll'), 'wine_get_version') !== 0;
}

/** JOBOBJECT_BASIC_PROCESS_ID_LIST (class 3): two counts, then the pids as pointers. */
const mostMates = 4_096;

/** The processes of our own innermost job, and of those inside of it; undefined when it can't be read. */
export function ownJobMates(): number[] | undefined {
  const list = Buffer.alloc(8 + 8 * mostMates);
  if (!win32().QueryInformationJobObject(0, 3, list, list.length, null)) return undefined;
  return parseJobMates(list);
}

/** Undefined for a list that does not hold all of them. Exported for its test. */
export function parseJobMates(list: Buffer): number[] | undefined {
  const [assigned, listed] = [list.readUInt32LE(0), list.readUInt32LE(4)];
  if (listed < assigned || listed === 0) return undefined;
  return Array.from({ length: listed }, (_, at) => Number(list.readBigUInt64LE(8 + 8 * at)));
}

export function facts(pid: number): ProcessFacts {
  const session: [number] | [null] = [null];
  win32().ProcessIdToSessionId(pid, session);
  const jobbed = isInJob(pid);
  const job = jobbed === false ? 'none' : pid === process.pid ? ownJob() : 'unknown';
  const exe = executablePath(pid);
  // Sessions count from 0 here, and 0 means unknown in the facts.
  return {
    pid,
    session: (session[0] ?? -1) + 1,
    cgroup: '',
    job,
    jobMates: pid === process.pid && job !== 'none' ? ownJobMates() : undefined,
    paths: exe === '' ? [] : [exe],
    mount: '',
  };
}
