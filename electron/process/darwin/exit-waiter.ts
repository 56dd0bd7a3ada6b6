/**
 * macOS: one kqueue for every watched process (NOTE_EXIT) and a user event as its wake, waited for
 * by a single asynchronous native call.
 */
import { closeSync } from 'node:fs';
import type { ExitWaiter } from '../platform-interface.ts';
import type { ExitInfo } from '../spawn-spec.ts';
import { libSystem, startMarker } from './kernel.ts';

const unknownExit: ExitInfo = { code: null, signal: null };
/** `struct kevent` (64-bit): ident 8, filter 2, flags 2, fflags 4, data 8, udata 8. */
const eventSize = 32;
const filterProc = -5;
const filterUser = -10;
const add = 1;
const remove = 2;
const clear = 0x20;
const oneShot = 0x10;
const noteExit = 0x80000000;
const noteTrigger = 0x01000000;
/** How many ends one wake may bring. */
const batch = 64;

function change(ident: number, filter: number, flags: number, notes: number): Buffer {
  const event = Buffer.alloc(eventSize);
  event.writeBigUInt64LE(BigInt(ident), 0);
  event.writeInt16LE(filter, 8);
  event.writeUInt16LE(flags, 10);
  event.writeUInt32LE(notes, 12);
  return event;
}

export function createDarwinExitWaiter(): ExitWaiter {
  const watches = new Map<number, Set<() => void>>();
  let queue = -1;
  let waiting = false;

  const apply = (event: Buffer): boolean =>
    libSystem().kevent(queue, event, 1, null, 0, null) === 0;
  const wake = (): void => {
    if (waiting) apply(change(0, filterUser, 0, noteTrigger));
  };

  const wait = (): void => {
    if (waiting) return;
    if (watches.size === 0) {
      if (queue >= 0) closeSync(queue);
      queue = -1;
      process.off('exit', wake);
      return;
    }
    waiting = true;
    const events = Buffer.alloc(eventSize * batch);
    libSystem().kevent.async(queue, null, 0, events, batch, null, (_error, count) => {
      waiting = false;
      const over: (() => void)[] = [];
      for (let index = 0; index < count; index += 1) {
        if (events.readInt16LE(index * eventSize + 8) !== filterProc) continue;
        const pid = Number(events.readBigUInt64LE(index * eventSize));
        over.push(...(watches.get(pid) ?? []));
        watches.delete(pid);
      }
      wait();
      for (const fire of over) fire();
    });
  };

  return {
    watch(identity, onExit) {
      let pending = true;
      const fire = (): void => {
        if (!pending) return;
        pending = false;
        onExit(unknownExit);
      };
      if (queue < 0) {
        queue = libSystem().kqueue();
        apply(change(0, filterUser, add | clear, 0));
        process.on('exit', wake);
      }
      const { pid } = identity;
      const fires = watches.get(pid) ?? new Set();
      const watched = apply(change(pid, filterProc, add | oneShot, noteExit));
      // After the registration: what is watched now is what the marker is read from.
      if (!watched || startMarker(pid) !== identity.startedAt) {
        if (watched && fires.size === 0) apply(change(pid, filterProc, remove, 0));
        setImmediate(fire);
        if (watches.size === 0) wait();
        return () => {
          pending = false;
        };
      }
      watches.set(pid, fires.add(fire));
      wait();
      return () => {
        pending = false;
        fires.delete(fire);
        if (fires.size > 0 || !watches.delete(pid)) return;
        apply(change(pid, filterProc, remove, 0));
        wake();
      };
    },
    close() {
      watches.clear();
      if (waiting) wake();
      else wait();
    },
  };
}
