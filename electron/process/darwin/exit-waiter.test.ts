/**
 * The waiter of macOS with real processes of this system: a kqueue in memory speaks its records
 * (<sys/event.h>), and learns of ends by this system's own waiter.
 */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createWorkbench, idleProgram, until, type Workbench } from '../../testing/processes.ts';
import { createExitWaiter } from '../exit-waiter.ts';
import { identify } from '../identity.ts';
import type { ExitWaiter } from '../platform-interface.ts';
import { createDarwinExitWaiter, type Kqueue } from './exit-waiter.ts';

const proc = -5;
const user = -10;
const add = 1;
const remove = 2;
const noteExit = 0x80000000;
const noteTrigger = 0x01000000;

/** EVFILT_PROC with EV_ONESHOT, and a user event with EV_CLEAR. */
class MemoryKqueue implements Kqueue {
  readonly #waiter = createExitWaiter();
  readonly #watches = new Map<number, () => void>();
  #ready: { ident: number; filter: number }[] = [];
  #waiting: { events: Buffer; most: number; done: (count: number) => void } | undefined;
  /** Queues that are open, waits that were begun, and processes that are watched. */
  queues = 0;
  waits = 0;

  get watched(): number[] {
    return [...this.#watches.keys()];
  }

  open(): number {
    this.queues += 1;
    return 7;
  }

  close(): void {
    this.queues -= 1;
    this.#waiter.close();
  }

  startMarker(pid: number): string | undefined {
    return identify(pid)?.startedAt;
  }

  apply(_queue: number, event: Buffer): boolean {
    const ident = Number(event.readBigUInt64LE(0));
    const flags = event.readUInt16LE(10);
    const notes = event.readUInt32LE(12);
    if (event.readInt16LE(8) === user) {
      if (notes === noteTrigger) this.#put({ ident, filter: user });
      return true;
    }
    if (flags & remove) {
      this.#watches.get(ident)?.();
      return this.#watches.delete(ident);
    }
    const identity = identify(ident);
    if (!(flags & add) || notes !== noteExit || !identity) return false;
    this.#watches.get(ident)?.();
    const forget = this.#waiter.watch(identity, () => {
      this.#watches.delete(ident);
      this.#put({ ident, filter: proc });
    });
    this.#watches.set(ident, forget);
    return true;
  }

  wait(_queue: number, events: Buffer, most: number, done: (count: number) => void): void {
    this.waits += 1;
    this.#waiting = { events, most, done };
    this.#flush();
  }

  #put(event: { ident: number; filter: number }): void {
    this.#ready.push(event);
    this.#flush();
  }

  #flush(): void {
    const waiting = this.#waiting;
    if (!waiting || this.#ready.length === 0) return;
    this.#waiting = undefined;
    const told = this.#ready.slice(0, waiting.most);
    this.#ready = this.#ready.slice(told.length);
    for (const [at, { ident, filter }] of told.entries()) {
      waiting.events.writeBigUInt64LE(BigInt(ident), at * 32);
      waiting.events.writeInt16LE(filter, at * 32 + 8);
    }
    setImmediate(waiting.done, told.length);
  }
}

describe.skipIf(process.platform === 'win32')('the waiter of macOS', () => {
  let bench: Workbench;
  let kqueue: MemoryKqueue;
  let waiter: ExitWaiter;
  beforeEach(() => {
    bench = createWorkbench();
    kqueue = new MemoryKqueue();
    waiter = createDarwinExitWaiter(kqueue);
  });
  afterEach(() => {
    waiter.close();
    bench.clean();
  });
  const sleeper = () => bench.run(idleProgram);

  it('reports an end once, to everyone who watches, and then holds nothing', async () => {
    const child = sleeper();
    const [first, second] = [vi.fn(), vi.fn()];
    waiter.watch(child.identity, first);
    waiter.watch(child.identity, second);
    process.kill(child.pid, 'SIGKILL');
    await until(() => kqueue.queues === 0, 'the queue to be closed');
    expect([first, second].map((one) => one.mock.calls.length)).toEqual([1, 1]);
    expect(kqueue.watched).toEqual([]);
  });

  it('hears an end while it waits for others, and goes on waiting for them', async () => {
    const [gone, stays] = [sleeper(), sleeper()];
    const [heard, silent] = [vi.fn(), vi.fn()];
    waiter.watch(stays.identity, silent);
    waiter.watch(gone.identity, heard);
    process.kill(gone.pid, 'SIGKILL');
    await until(() => heard.mock.calls.length === 1, 'the end');
    expect([silent.mock.calls.length, kqueue.watched]).toEqual([0, [stays.pid]]);
  });

  it('a watch that is dropped stays silent, and the last one lets the wait end', async () => {
    const child = sleeper();
    const heard = vi.fn();
    const drop = waiter.watch(child.identity, heard);
    drop();
    await until(() => kqueue.queues === 0, 'the queue to be closed');
    process.kill(child.pid, 'SIGKILL');
    await child.exited;
    expect(heard).not.toHaveBeenCalled();
  });

  it('another holder of the pid is not watched: that end is told on the next tick', async () => {
    const child = sleeper();
    const heard = vi.fn();
    waiter.watch({ ...child.identity, startedAt: 'before-the-reuse' }, heard);
    expect(heard).not.toHaveBeenCalled();
    await until(() => heard.mock.calls.length === 1, 'the end');
    expect(kqueue.watched).toEqual([]);
    await until(() => kqueue.queues === 0, 'the queue to be closed');
  });

  it('closing ends the wait and every watch', async () => {
    const heard = vi.fn();
    waiter.watch(sleeper().identity, heard);
    waiter.close();
    await until(() => kqueue.queues === 0, 'the queue to be closed');
    expect(heard).not.toHaveBeenCalled();
  });

  it('many ends at once are all told', async () => {
    const children = Array.from({ length: 6 }, sleeper);
    let ended = 0;
    for (const { identity } of children) {
      waiter.watch(identity, () => {
        ended += 1;
      });
    }
    for (const { pid } of children) process.kill(pid, 'SIGKILL');
    await until(() => ended === children.length, 'all ends');
    await until(() => kqueue.queues === 0, 'the queue to be closed');
  });
});
