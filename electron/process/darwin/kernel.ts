/** macOS: what the kernel shows of processes, through sysctl and libproc. */
import { native } from '../on-demand.ts';
import type { ProcessWork } from '../platform-interface.ts';

// sysctl names, from <sys/sysctl.h>.
const ctlKern = 1;
const kernProc = 14;
const kernProcAll = 0;
const kernProcPid = 1;
const kernProcargs2 = 49;

/** `struct kinfo_proc` (64-bit): its size and the few fields we read. */
const record = {
  size: 648,
  startSeconds: 0,
  startMicros: 8,
  state: 36,
  pid: 40,
  realUser: 392,
  parent: 560,
};
const zombie = 5;
const stopped = 4;
/** proc_pidinfo: PROC_PIDTASKINFO and `struct proc_taskinfo`, with memory and user and system time in it. */
const taskInfo = { flavour: 4, size: 96, resident: 8, user: 16, system: 24 };
/** PROC_PIDPATHINFO_MAXSIZE. */
const longestPath = 4096;

interface Calls {
  sysctl(
    name: Int32Array,
    count: number,
    out: Buffer | null,
    size: Buffer,
    value: null,
    length: number,
  ): number;
  proc_pidpath(pid: number, out: Buffer, size: number): number;
  proc_pidinfo(pid: number, flavour: number, arg: number, out: Buffer, size: number): number;
  mach_timebase_info(out: Buffer): number;
  getsid(pid: number): number;
  kqueue(): number;
  kevent: {
    (
      queue: number,
      changes: Buffer | null,
      changeCount: number,
      events: Buffer | null,
      eventCount: number,
      timeout: null,
    ): number;
    async(
      queue: number,
      changes: null,
      changeCount: number,
      events: Buffer,
      eventCount: number,
      timeout: null,
      done: (error: unknown, count: number) => void,
    ): void;
  };
  flock(fd: number, operation: number): number;
  getpeereid(fd: number, uid: Buffer, gid: Buffer): number;
}

let calls: Calls | undefined;

export function libSystem(): Calls {
  if (calls) return calls;
  const library = native().load('/usr/lib/libSystem.B.dylib');
  calls = {
    sysctl: library.func(
      'int sysctl(void *name, unsigned int count, void *out, void *size, void *value, size_t length)',
    ),
    proc_pidpath: library.func('int proc_pidpath(int pid, void *out, uint32_t size)'),
    proc_pidinfo: library.func(
      'int proc_pidinfo(int pid, int flavour, uint64_t arg, void *out, int size)',
    ),
    mach_timebase_info: library.func('int mach_timebase_info(void *out)'),
    getsid: library.func('int getsid(int pid)'),
    kqueue: library.func('int kqueue()'),
    kevent: library.func(
      'int kevent(int queue, void *changes, int changeCount, void *events, int eventCount, void *timeout)',
    ),
    flock: library.func('int flock(int fd, int operation)'),
    getpeereid: library.func('int getpeereid(int fd, void *uid, void *gid)'),
  };
  return calls;
}

function sysctl(name: readonly number[], room: number): Buffer | undefined {
  const out = Buffer.alloc(room);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(room));
  const failed = libSystem().sysctl(Int32Array.from(name), name.length, out, size, null, 0) !== 0;
  return failed ? undefined : out.subarray(0, Number(size.readBigUInt64LE()));
}

export interface KernelProcess {
  readonly pid: number;
  readonly parent: number;
  /** The user who started it. */
  readonly user: number;
  readonly marker: string;
  readonly over: boolean;
  readonly stopped: boolean;
}

/** Reads one record; exported for its test. */
export function parseRecord(bytes: Buffer): KernelProcess {
  const seconds = bytes.readBigInt64LE(record.startSeconds);
  const micros = String(bytes.readInt32LE(record.startMicros)).padStart(6, '0');
  return {
    pid: bytes.readInt32LE(record.pid),
    parent: bytes.readInt32LE(record.parent),
    user: bytes.readUInt32LE(record.realUser),
    marker: `${seconds}.${micros}`,
    over: bytes.readInt8(record.state) === zombie,
    stopped: bytes.readInt8(record.state) === stopped,
  };
}

export function readProcess(pid: number): KernelProcess | undefined {
  const bytes = sysctl([ctlKern, kernProc, kernProcPid, pid], record.size);
  return bytes && bytes.length >= record.size ? parseRecord(bytes) : undefined;
}

/** Undefined for another user's process. */
export function workOf(pid: number): ProcessWork | undefined {
  const found = readProcess(pid);
  const task = taskOf(pid);
  if (!found || !task) return undefined;
  return { usedMs: task.usedMs, state: found.stopped ? 'stopped' : 'other' };
}

/** Bytes in memory, and processor time so far; undefined for another user's process. */
export function taskOf(pid: number): { memory: number; usedMs: number } | undefined {
  const out = Buffer.alloc(taskInfo.size);
  const { proc_pidinfo, mach_timebase_info } = libSystem();
  const length = proc_pidinfo(pid, taskInfo.flavour, 0, out, taskInfo.size);
  if (length < taskInfo.size) return undefined;
  // Mach counts in its own units: numerator and denominator convert them to nanoseconds.
  const base = Buffer.alloc(8);
  mach_timebase_info(base);
  const units = out.readBigUInt64LE(taskInfo.user) + out.readBigUInt64LE(taskInfo.system);
  const nanoseconds = (Number(units) * base.readUInt32LE(0)) / (base.readUInt32LE(4) || 1);
  return { memory: Number(out.readBigUInt64LE(taskInfo.resident)), usedMs: nanoseconds / 1e6 };
}

export function startMarker(pid: number): string | undefined {
  const found = readProcess(pid);
  return found && !found.over ? found.marker : undefined;
}

/** Every process, zombies included. Room for 4096, doubled until it fits. */
export function allProcesses(): KernelProcess[] {
  for (let room = 4096; ; room *= 2) {
    const bytes = sysctl([ctlKern, kernProc, kernProcAll], room * record.size);
    if (!bytes && room < 65_536) continue;
    const count = Math.floor((bytes?.length ?? 0) / record.size);
    return Array.from({ length: count }, (_, index) =>
      parseRecord(
        (bytes ?? Buffer.alloc(0)).subarray(index * record.size, (index + 1) * record.size),
      ),
    );
  }
}

export function executablePath(pid: number): string {
  const out = Buffer.alloc(longestPath);
  const length = libSystem().proc_pidpath(pid, out, longestPath);
  return length > 0 ? out.toString('utf8', 0, length) : '';
}

/** argv and environment of one of the user's own processes (KERN_PROCARGS2). */
export function readArguments(pid: number): { argv: string[]; env: string[] } {
  const bytes = sysctl([ctlKern, kernProcargs2, pid], 1024 * 1024);
  return bytes && bytes.length > 4 ? parseArguments(bytes) : { argv: [], env: [] };
}

/** Layout: int argc, executable path, padding zeros, argv…, env…; exported for its test. */
export function parseArguments(bytes: Buffer): { argv: string[]; env: string[] } {
  const count = bytes.readInt32LE(0);
  let at = bytes.indexOf(0, 4);
  while (at < bytes.length && bytes[at] === 0) at += 1;
  const words = bytes.toString('utf8', at).split('\0');
  const end = words.indexOf('', count);
  return { argv: words.slice(0, count), env: words.slice(count, end < 0 ? undefined : end) };
}
