/** macOS: what the kernel shows of processes, through sysctl and libproc. */

import { addressText } from '../address-text.ts';
import { native } from '../on-demand.ts';
import type { ListeningSocket, ProcessWork } from '../platform-interface.ts';

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
/** proc_pidinfo: PROC_PIDLISTFDS and `struct proc_fdinfo`; PROX_FDTYPE_SOCKET. */
const descriptorList = { flavour: 1, size: 8, kind: 4 } as const;
const socketKind = 2;
/** proc_pidfdinfo: PROC_PIDFDVNODEPATHINFO and `struct vnode_fdinfowithpath`. */
const fileInfo = { flavour: 2, size: 1_200, path: 176 } as const;
/**
 * proc_pidfdinfo: PROC_PIDFDSOCKETINFO and `struct socket_fdinfo`, with its `soi_kind` (SOCKINFO_TCP), and of
 * `tcp_sockinfo` the local port, the kind of address (INI_IPV4, INI_IPV6), the address and the state.
 */
const socketInfo = {
  flavour: 3,
  size: 792,
  kind: 256,
  port: 268,
  family: 288,
  address: 312,
  state: 344,
} as const;
const tcpKind = 2;
const inIpv6 = 2;
const listens = 1;
/** Descriptors that are asked for at once; a process with more shows these. */
const mostDescriptors = 16_384;
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
  proc_pidinfo(pid: number, flavour: number, arg: number, out: Buffer | null, size: number): number;
  proc_pidfdinfo(pid: number, fd: number, flavour: number, out: Buffer, size: number): number;
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
    proc_pidfdinfo: library.func(
      'int proc_pidfdinfo(int pid, int fd, int flavour, void *out, int size)',
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
  return sysctlInto(name, Buffer.alloc(room));
}

/** The part of `out` that was filled. */
function sysctlInto(name: readonly number[], out: Buffer): Buffer | undefined {
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(out.length));
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

/** This user's running processes, without this program. */
export function ownProcesses(): KernelProcess[] {
  const own = process.getuid?.();
  return allProcesses().filter(
    ({ over, pid, user }) => !over && pid !== process.pid && user === own,
  );
}

/** The descriptors of one of the user's own processes that are of this kind. */
function descriptorsOf(pid: number, kind: number): number[] {
  const { flavour, size } = descriptorList;
  const { proc_pidinfo } = libSystem();
  // Without room it says how much it would need, which is more than there are.
  const needed = proc_pidinfo(pid, flavour, 0, null, 0);
  if (needed <= 0) return [];
  const out = Buffer.alloc(Math.min(needed, mostDescriptors * size));
  return parseDescriptors(out.subarray(0, proc_pidinfo(pid, flavour, 0, out, out.length)), kind);
}

/** Exported for its test. */
export function parseDescriptors(bytes: Buffer, kind: number): number[] {
  const found: number[] = [];
  for (let at = 0; at + descriptorList.size <= bytes.length; at += descriptorList.size) {
    if (bytes.readUInt32LE(at + descriptorList.kind) === kind) found.push(bytes.readInt32LE(at));
  }
  return found;
}

/** The file that is open as `fd` in one of the user's own processes; '' when it is no file. */
export function openFileOf(pid: number, fd: number): string {
  const { flavour, size, path } = fileInfo;
  const out = Buffer.alloc(size);
  if (libSystem().proc_pidfdinfo(pid, fd, flavour, out, size) < size) return '';
  return out.toString('utf8', path).split('\0', 1)[0] ?? '';
}

/** Where one of the user's own processes listens by TCP. */
export function listeningSockets(pid: number): ListeningSocket[] {
  const { flavour, size } = socketInfo;
  return descriptorsOf(pid, socketKind).flatMap((fd) => {
    const out = Buffer.alloc(size);
    if (libSystem().proc_pidfdinfo(pid, fd, flavour, out, size) < size) return [];
    return parseSocketInfo(out) ?? [];
  });
}

/** Undefined for any socket that doesn't listen by TCP. Exported for its test. */
export function parseSocketInfo(bytes: Buffer): ListeningSocket | undefined {
  const { kind, state, family, address, port } = socketInfo;
  if (bytes.readInt32LE(kind) !== tcpKind || bytes.readInt32LE(state) !== listens) return undefined;
  const v6 = (bytes.readUInt8(family) & inIpv6) !== 0;
  // An IPv4 address is the last quarter of its field.
  const at = bytes.subarray(address + (v6 ? 0 : 12), address + 16);
  // In network order, in the low half of an int.
  return { address: addressText(at), port: bytes.readUInt16BE(port) };
}

export function executablePath(pid: number): string {
  const out = Buffer.alloc(longestPath);
  const length = libSystem().proc_pidpath(pid, out, longestPath);
  return length > 0 ? out.toString('utf8', 0, length) : '';
}

/** KERN_ARGMAX of every macOS so far. One buffer for all: a look at the whole table asks hundreds of times. */
let argumentBytes: Buffer | undefined;

/** argv and environment of one of the user's own processes (KERN_PROCARGS2). */
export function readArguments(pid: number): { argv: string[]; env: string[] } {
  argumentBytes ??= Buffer.alloc(1024 * 1024);
  const bytes = sysctlInto([ctlKern, kernProcargs2, pid], argumentBytes);
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
