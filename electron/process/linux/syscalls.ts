/**
 * The few kernel calls that Node does not offer. Declared with fixed integer arguments: on Linux a
 * variadic integer travels in the same registers.
 */
import { constants as os } from 'node:os';
import { native } from '../on-demand.ts';

// The numbers are the same on every architecture we ship (x64, arm64): unified since Linux 5.1.
const pidfdSendSignalNumber = 424;
const pidfdOpenNumber = 434;
const closeRangeNumber = 436;
const pidfdGetfdNumber = 438;
const closeRangeCloexec = 4;
const eventfdCloexecNonblock = 0o2004000;

/** SIGTERM for 15; a real-time signal has no name. */
export function signalName(number: number): string {
  const found = Object.entries(os.signals).find(([, one]) => one === number);
  return found?.[0] ?? `signal ${number}`;
}

export const errno = { perm: 1, noProcess: 3, again: 11, noCall: 38 } as const;

/** `struct pollfd`: int fd, short events, short revents. */
export const pollRecord = { size: 8, events: 4, revents: 6, readable: 1 } as const;

/**
 * linux/pidfd.h, since Linux 6.15: `struct pidfd_info` in its first form. It begins with a mask: what
 * is asked for, then what was answered. PIDFD_GET_INFO is _IOWR(0xff, 11, that struct).
 */
const pidfdInfo = { bytes: 64, exitStatus: 60, asksForExit: 8n, request: 0xc040ff0b } as const;

interface Calls {
  syscall(number: number, a: number, b: number, c: number, d: number): number;
  eventfd(initial: number, flags: number): number;
  poll: {
    async(
      fds: Buffer,
      count: number,
      timeout: number,
      done: (error: unknown, ready: number) => void,
    ): void;
  };
  flock(fd: number, operation: number): number;
  ioctl(fd: number, request: number, record: Buffer): number;
  getsockopt(fd: number, level: number, name: number, value: Buffer, length: Buffer): number;
}

let calls: Calls | undefined;

export function libc(): Calls {
  if (calls) return calls;
  const library = native().load(null);
  calls = {
    syscall: library.func('long syscall(long number, long a, long b, long c, long d)'),
    eventfd: library.func('int eventfd(unsigned int initial, int flags)'),
    poll: library.func('int poll(void *fds, unsigned long count, int timeout)'),
    flock: library.func('int flock(int fd, int operation)'),
    ioctl: library.func('int ioctl(int fd, unsigned long request, void *record)'),
    getsockopt: library.func(
      'int getsockopt(int fd, int level, int name, void *value, void *length)',
    ),
  };
  return calls;
}

/** A descriptor for the process, or minus the error number. Closed on exec. */
export function pidfdOpen(pid: number): number {
  const fd = libc().syscall(pidfdOpenNumber, pid, 0, 0, 0);
  return fd >= 0 ? fd : -native().errno();
}

/** 0, or minus the error number. */
export function pidfdSendSignal(fd: number, signal: number): number {
  return libc().syscall(pidfdSendSignalNumber, fd, signal, 0, 0) === 0 ? 0 : -native().errno();
}

/** A copy of descriptor `fd` of the process behind `pidfd`, closed on exec; or minus the error number. */
export function pidfdGetDescriptor(pidfd: number, fd: number): number {
  const copy = libc().syscall(pidfdGetfdNumber, pidfd, fd, 0, 0);
  return copy >= 0 ? copy : -native().errno();
}

/**
 * How the process behind the descriptor ended, as wait(2) encodes it; undefined before its parent has
 * fetched that, and where the kernel shows it to the parent alone.
 */
export function pidfdExitStatus(fd: number): number | undefined {
  const record = Buffer.alloc(pidfdInfo.bytes);
  record.writeBigUInt64LE(pidfdInfo.asksForExit);
  if (libc().ioctl(fd, pidfdInfo.request, record) !== 0) return undefined;
  const answered = record.readBigUInt64LE() & pidfdInfo.asksForExit;
  return answered === 0n ? undefined : record.readInt32LE(pidfdInfo.exitStatus);
}

export function openWakeDescriptor(): number {
  const fd = libc().eventfd(0, eventfdCloexecNonblock);
  if (fd < 0) throw new Error(`The system refused a wake descriptor (error ${native().errno()}).`);
  return fd;
}

/**
 * Marks every descriptor above stderr close-on-exec, so that nothing a parent left open reaches a
 * process we start. Measured below 1 µs. A kernel without the call (before 5.11) answers false.
 */
export function sealDescriptors(): boolean {
  return libc().syscall(closeRangeNumber, 3, 0xffffffff, closeRangeCloexec, 0) === 0;
}

let trim: ((pad: number) => void) | undefined;

/** Returns to the system what malloc keeps for later. Not every C library can; nothing depends on it. */
export function trimHeap(): void {
  trim ??= mallocTrim();
  trim(0);
}

function mallocTrim(): (pad: number) => void {
  try {
    return native().load(null).func('int malloc_trim(unsigned long pad)');
  } catch {
    // musl has no such function.
    return () => {};
  }
}
