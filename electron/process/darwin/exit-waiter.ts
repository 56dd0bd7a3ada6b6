/**
 * macOS: one kqueue with every watched process (NOTE_EXIT) and a user event that wakes it, in a single
 * asynchronous native call.
 */
import { closeSync } from 'node:fs';
import type { Identity } from '../../contract/identity.ts';
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
/** How many ends one wake may report. */
const batch = 64;

function change(ident: number, filter: number, flags: number, notes: number): Buffer {
  const event = Buffer.alloc(eventSize);
  event.writeBigUInt64LE(BigInt(ident), 0);
  event.writeInt16LE(filter, 8);
  event.writeUInt16LE(flags, 10);
  event.writeUInt32LE(notes, 12);
  return event;
}

/** The calls that the waiter needs, with events as `struct kevent`. */
export interface Kqueue {
  /** A descriptor, closed on exec. */
  open(): number;
  close(queue: number): void;
  /** Registers one change; false when the system refuses it, as for a process that has ended. */
  apply(queue: number, event: Buffer): boolean;
  /** Fills `events` with up to `most`, once there is one. */
  wait(queue: number, events: Buffer, most: number, done: (count: number) => void): void;
  startMarker(pid: number): string | undefined;
}

const system: Kqueue = {
  open: () => libSystem().kqueue(),
  close: closeSync,
  apply: (queue, event) => libSystem().kevent(queue, event, 1, null, 0, null) === 0,
  wait(queue, events, most, done) {
    libSystem().kevent.async(queue, null, 0, events, most, null, (_error, count) => done(count));
  },
  startMarker,
};

/** @param kqueue the system's; another one in tests */
export function createDarwinExitWaiter(kqueue: Kqueue = system): ExitWaiter {
  return new DarwinExitWaiter(kqueue);
}

class DarwinExitWaiter implements ExitWaiter {
  /** What to call when the process with this pid has ended. */
  readonly #watches = new Map<number, Set<() => void>>();
  readonly #kqueue: Kqueue;
  #queue = -1;
  #waiting = false;

  constructor(kqueue: Kqueue) {
    this.#kqueue = kqueue;
  }

  watch(identity: Identity, onExit: (exit: ExitInfo) => void): () => void {
    let pending = true;
    const fire = (): void => {
      if (!pending) return;
      pending = false;
      onExit(unknownExit);
    };
    const drop = this.#watchEnd(identity, fire);
    return () => {
      pending = false;
      drop();
    };
  }

  close(): void {
    this.#watches.clear();
    if (this.#waiting) this.#wake();
    else this.#wait();
  }

  #watchEnd(identity: Identity, fire: () => void): () => void {
    this.#openQueue();
    const { pid } = identity;
    const fires = this.#watches.get(pid) ?? new Set();
    const watched = this.#apply(change(pid, filterProc, add | oneShot, noteExit));
    // The marker is read after the registration, so it is the marker of the watched process.
    if (!watched || this.#kqueue.startMarker(pid) !== identity.startedAt) {
      if (watched && fires.size === 0) this.#apply(change(pid, filterProc, remove, 0));
      setImmediate(fire);
      if (this.#watches.size === 0) this.#wait();
      return () => {};
    }
    this.#watches.set(pid, fires.add(fire));
    this.#wait();
    return () => {
      fires.delete(fire);
      if (fires.size > 0 || !this.#watches.delete(pid)) return;
      this.#apply(change(pid, filterProc, remove, 0));
      this.#wake();
    };
  }

  #wait(): void {
    if (this.#waiting) return;
    if (this.#watches.size === 0) {
      this.#closeQueue();
      return;
    }
    this.#waiting = true;
    const events = Buffer.alloc(eventSize * batch);
    this.#kqueue.wait(this.#queue, events, batch, (count) => {
      this.#waiting = false;
      const over = this.#takeEnded(events, count);
      this.#wait();
      for (const fire of over) fire();
    });
  }

  /** Whom to call for the first `count` events; their processes are no longer watched. */
  #takeEnded(events: Buffer, count: number): (() => void)[] {
    const over: (() => void)[] = [];
    for (let index = 0; index < count; index += 1) {
      if (events.readInt16LE(index * eventSize + 8) !== filterProc) continue;
      const pid = Number(events.readBigUInt64LE(index * eventSize));
      over.push(...(this.#watches.get(pid) ?? []));
      this.#watches.delete(pid);
    }
    return over;
  }

  #apply(event: Buffer): boolean {
    return this.#kqueue.apply(this.#queue, event);
  }

  readonly #wake = (): void => {
    if (this.#waiting) this.#apply(change(0, filterUser, 0, noteTrigger));
  };

  #openQueue(): void {
    if (this.#queue >= 0) return;
    this.#queue = this.#kqueue.open();
    this.#apply(change(0, filterUser, add | clear, 0));
    process.on('exit', this.#wake);
  }

  #closeQueue(): void {
    if (this.#queue >= 0) this.#kqueue.close(this.#queue);
    this.#queue = -1;
    process.off('exit', this.#wake);
  }
}
