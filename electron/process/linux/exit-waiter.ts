/**
 * Linux: every pidfd and one eventfd in a single `poll`, run as one asynchronous native call.
 *
 *   watch() ──► pidfd opened, start marker checked ──► wake ──► poll again with the new list
 *   poll returns ──► ready pidfds fire and are closed ──► poll again, or stop when none is left
 *
 * The kernel reports how a process ended to its parent. Others see it while it is a zombie, and since
 * Linux 6.15 the holder of a pidfd sees it once the parent has fetched it. Both ways are tried, so an
 * adopted gateway's exit code is unknown only on older kernels, when its parent was faster.
 */
import { closeSync, readSync, writeSync } from 'node:fs';
import type { Identity } from '../../contract/identity.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import type { ExitInfo } from '../spawn-spec.ts';
import { isOver, markerOf, readStat, startMarker } from './proc.ts';
import {
  libc,
  openWakeDescriptor,
  pidfdExitStatus,
  pidfdOpen,
  pollRecord,
  signalName,
} from './syscalls.ts';

const unknownExit: ExitInfo = { code: null, signal: null };

/** Only without pidfds (kernel before 5.3, strict sandbox): how often the process is checked, in ms. */
const checkInterval = 200;

interface Watch {
  readonly fd: number;
  readonly identity: Identity;
  readonly fire: (exit: ExitInfo) => void;
}

/** How the process of a ready pidfd has ended. */
function exitOf({ fd, identity }: Watch): ExitInfo {
  // Its parent may fetch the status between two of these.
  const status = pidfdExitStatus(fd) ?? zombieStatus(identity) ?? pidfdExitStatus(fd);
  if (status === undefined) return unknownExit;
  // As WIFSIGNALED and WEXITSTATUS read it.
  const signal = status & 0x7f;
  return signal === 0
    ? { code: (status >> 8) & 0xff, signal: null }
    : { code: null, signal: signalName(signal) };
}

function zombieStatus({ pid, startedAt }: Identity): number | undefined {
  const stat = readStat(pid);
  return stat && isOver(stat) && markerOf(stat) === startedAt ? stat.exitStatus : undefined;
}

/** A pidfd of the very process of `identity`; 'gone' when it has ended; 'refused' without pidfds. */
export function openVerified(identity: Identity): number | 'gone' | 'refused' {
  const fd = pidfdOpen(identity.pid);
  // The marker is read after the open: from then on the descriptor can't mean another process.
  const same = startMarker(identity.pid) === identity.startedAt;
  if (fd < 0) return same ? 'refused' : 'gone';
  if (same) return fd;
  closeSync(fd);
  return 'gone';
}

/** Calls `onEnd` when the process has ended; the returned function stops the checks. */
function checkRegularly(identity: Identity, onEnd: () => void): () => void {
  const timer = setInterval(() => {
    if (startMarker(identity.pid) === identity.startedAt) return;
    clearInterval(timer);
    onEnd();
  }, checkInterval);
  return () => clearInterval(timer);
}

/** What an eventfd takes: a 64-bit 1. */
const one = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);

function pollRecords(fds: readonly number[]): Buffer {
  const records = Buffer.alloc(fds.length * pollRecord.size);
  fds.forEach((fd, index) => {
    records.writeInt32LE(fd, index * pollRecord.size);
    records.writeInt16LE(pollRecord.readable, index * pollRecord.size + pollRecord.events);
  });
  return records;
}

function isReady(records: Buffer, index: number): boolean {
  return records.readInt16LE(index * pollRecord.size + pollRecord.revents) !== 0;
}

export function createLinuxExitWaiter(): ExitWaiter {
  return new LinuxExitWaiter();
}

class LinuxExitWaiter implements ExitWaiter {
  readonly #watches = new Set<Watch>();
  /** Descriptors of dropped watches: closed only when no poll can be using them. */
  readonly #dropped: Watch[] = [];
  /** Stops the checks of processes without a pidfd. */
  readonly #checks = new Set<() => void>();
  #wakeFd = -1;
  #polling = false;
  #closed = false;

  watch(identity: Identity, onExit: (exit: ExitInfo) => void): () => void {
    if (this.#closed) throw new Error('This exit waiter is closed.');
    let pending = true;
    const fire = (exit: ExitInfo = unknownExit): void => {
      if (!pending) return;
      pending = false;
      onExit(exit);
    };
    const drop = this.#watchEnd(identity, fire);
    return () => {
      pending = false;
      drop();
    };
  }

  close(): void {
    this.#closed = true;
    for (const stop of this.#checks) stop();
    this.#checks.clear();
    for (const watch of [...this.#watches]) this.#drop(watch);
    if (!this.#polling) this.#releaseWakeFd();
  }

  #watchEnd(identity: Identity, fire: (exit?: ExitInfo) => void): () => void {
    const fd = openVerified(identity);
    if (fd === 'gone') {
      setImmediate(fire);
      return () => {};
    }
    if (fd === 'refused') {
      const stop = checkRegularly(identity, fire);
      this.#checks.add(stop);
      return () => {
        this.#checks.delete(stop);
        stop();
      };
    }
    const watch: Watch = { fd, identity, fire };
    this.#watches.add(watch);
    if (this.#polling) this.#wake();
    else this.#poll();
    return () => this.#drop(watch);
  }

  #drop(watch: Watch): void {
    if (!this.#watches.delete(watch)) return;
    if (!this.#polling) closeSync(watch.fd);
    else {
      this.#dropped.push(watch);
      this.#wake();
    }
  }

  /** Ends a pending poll. */
  readonly #wake = (): void => {
    if (this.#polling) writeSync(this.#wakeFd, one);
  };

  #poll(): void {
    if (this.#watches.size === 0) {
      this.#releaseWakeFd();
      return;
    }
    this.#openWakeFd();
    const list = [...this.#watches];
    const records = pollRecords([this.#wakeFd, ...list.map((watch) => watch.fd)]);
    this.#polling = true;
    libc().poll.async(records, list.length + 1, -1, () => {
      this.#polling = false;
      if (isReady(records, 0)) readSync(this.#wakeFd, Buffer.alloc(8));
      const over = list.filter(
        (watch, index) => isReady(records, index + 1) && this.#watches.delete(watch),
      );
      const exits = over.map((watch) => [watch, exitOf(watch)] as const);
      for (const watch of [...over, ...this.#dropped.splice(0)]) closeSync(watch.fd);
      this.#poll();
      for (const [watch, exit] of exits) watch.fire(exit);
    });
  }

  #openWakeFd(): void {
    if (this.#wakeFd >= 0) return;
    this.#wakeFd = openWakeDescriptor();
    // A pending native call delays process.exit(): the wake ends it.
    process.on('exit', this.#wake);
  }

  #releaseWakeFd(): void {
    if (this.#wakeFd >= 0) closeSync(this.#wakeFd);
    this.#wakeFd = -1;
    process.off('exit', this.#wake);
  }
}
