/**
 * Linux: every pidfd and one eventfd in a single `poll`, run as one asynchronous native call.
 *
 *   watch() ──► pidfd opened, start marker checked ──► wake ──► poll again with the new list
 *   poll returns ──► ready pidfds fire and are closed ──► poll again, or rest when none is left
 *
 * How a process ended is for its parent. Others see it while it is a zombie, and a kernel since 6.15
 * tells it to who holds a pidfd, once the parent has fetched it. So both are asked, and an adopted
 * gateway's exit code is unknown only on older kernels, where its parent was quicker than we are.
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

/** Only without pidfds (kernel before 5.3, strict sandbox): how often to look, in ms. */
const lookInterval = 200;

interface Watch {
  readonly fd: number;
  readonly identity: Identity;
  readonly fire: (exit: ExitInfo) => void;
}

/** How the process of a pidfd that is ready has ended. */
function exitOf({ fd, identity }: Watch): ExitInfo {
  // Its parent may fetch it between two of these.
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

/** A pidfd of the very process of `identity`; 'gone' when it ended; 'refused' when there are no pidfds. */
export function openVerified(identity: Identity): number | 'gone' | 'refused' {
  const fd = pidfdOpen(identity.pid);
  // The marker is read after the open: the descriptor can't move to another process any more.
  const same = startMarker(identity.pid) === identity.startedAt;
  if (fd < 0) return same ? 'refused' : 'gone';
  if (same) return fd;
  closeSync(fd);
  return 'gone';
}

function watchByLooking(identity: Identity, fire: () => void): () => void {
  const timer = setInterval(() => {
    if (startMarker(identity.pid) === identity.startedAt) return;
    clearInterval(timer);
    fire();
  }, lookInterval);
  return () => clearInterval(timer);
}

export function createLinuxExitWaiter(): ExitWaiter {
  const watches = new Set<Watch>();
  const lookers = new Set<() => void>();
  const one = Buffer.alloc(8);
  one.writeUInt8(1, 0);
  let wakeFd = -1;
  let polling = false;
  let closed = false;

  const wake = (): void => {
    if (polling) writeSync(wakeFd, one);
  };

  const rest = (): void => {
    if (wakeFd >= 0) closeSync(wakeFd);
    wakeFd = -1;
    process.off('exit', wake);
  };

  const poll = (): void => {
    if (watches.size === 0) {
      rest();
      return;
    }
    if (wakeFd < 0) {
      wakeFd = openWakeDescriptor();
      // A pending native call holds back process.exit(): this ends it.
      process.on('exit', wake);
    }
    const list = [...watches];
    const records = Buffer.alloc((list.length + 1) * pollRecord.size);
    [wakeFd, ...list.map((watch) => watch.fd)].forEach((fd, index) => {
      records.writeInt32LE(fd, index * pollRecord.size);
      records.writeInt16LE(pollRecord.readable, index * pollRecord.size + pollRecord.events);
    });
    const isReady = (index: number): boolean =>
      records.readInt16LE(index * pollRecord.size + pollRecord.revents) !== 0;
    polling = true;
    libc().poll.async(records, list.length + 1, -1, () => {
      polling = false;
      if (isReady(0)) readSync(wakeFd, Buffer.alloc(8));
      const over = list.filter((watch, index) => isReady(index + 1) && watches.delete(watch));
      const exits = over.map((watch) => [watch, exitOf(watch)] as const);
      for (const watch of over) closeSync(watch.fd);
      for (const watch of dropped.splice(0)) closeSync(watch.fd);
      poll();
      for (const [watch, exit] of exits) watch.fire(exit);
    });
  };

  /** Descriptors of forgotten watches: closed only when no poll can be looking at them. */
  const dropped: Watch[] = [];

  const forget = (watch: Watch): void => {
    if (!watches.delete(watch)) return;
    if (!polling) closeSync(watch.fd);
    else {
      dropped.push(watch);
      wake();
    }
  };

  return {
    watch(identity, onExit) {
      if (closed) throw new Error('This exit waiter is closed.');
      let pending = true;
      const fire = (exit: ExitInfo = unknownExit): void => {
        if (!pending) return;
        pending = false;
        onExit(exit);
      };
      const opened = openVerified(identity);
      if (opened === 'gone') {
        setImmediate(fire);
        return () => {
          pending = false;
        };
      }
      if (opened === 'refused') {
        const stop = watchByLooking(identity, fire);
        lookers.add(stop);
        return () => {
          pending = false;
          lookers.delete(stop);
          stop();
        };
      }
      const watch: Watch = { fd: opened, identity, fire };
      watches.add(watch);
      if (polling) wake();
      else poll();
      return () => {
        pending = false;
        forget(watch);
      };
    },
    close() {
      closed = true;
      for (const stop of lookers) stop();
      lookers.clear();
      for (const watch of [...watches]) forget(watch);
      if (!polling) rest();
    },
  };
}
