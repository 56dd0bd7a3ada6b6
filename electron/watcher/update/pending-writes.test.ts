import { expect, it } from 'vitest';
import { OvertakenError } from '../../transaction/journal.ts';
import { PendingWrites } from './pending-writes.ts';

function bench() {
  const timers = new Set<() => void>();
  const written: string[] = [];
  const disk = { full: false };
  let changes = 0;
  const writes = new PendingWrites({
    clock: {
      now: () => 0,
      after: (_, callback) => {
        timers.add(callback);
        return () => timers.delete(callback);
      },
    },
    folder: '/state',
    log: () => undefined,
    onChange: () => {
      changes += 1;
    },
  });
  const write = (what: string): void =>
    writes.write(what, () => {
      if (disk.full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      written.push(what);
    });
  const ring = (): void => {
    for (const timer of [...timers]) {
      timers.delete(timer);
      timer();
    }
  };
  return { writes, write, written, disk, timers, ring, changes: () => changes };
}

it('what a full disk does not accept is written in its order as soon as there is room', () => {
  const { writes, write, written, disk, timers, ring, changes } = bench();
  write('one');
  disk.full = true;
  write('two');
  write('three');
  ring();
  expect(written).toEqual(['one']);
  expect(writes.problem()).toEqual({
    message: "two can't be written: The disk that holds /state is full.",
    hint: 'Make room on it. It is written as soon as that is possible.',
  });
  expect(timers.size).toBe(1);
  disk.full = false;
  ring();
  expect(written).toEqual(['one', 'two', 'three']);
  expect(writes.problem()).toBeNull();
  // Nothing wakes the watcher for what is done, and the change was reported twice: at its begin and at its end.
  expect(timers.size).toBe(0);
  expect(changes()).toBe(2);
});

it('the next write brings the earlier ones along', () => {
  const { write, written, disk } = bench();
  disk.full = true;
  write('one');
  disk.full = false;
  write('two');
  expect(written).toEqual(['one', 'two']);
});

it('closing tries once more, and then waits for nothing', () => {
  const { writes, write, written, disk, timers } = bench();
  disk.full = true;
  write('one');
  writes.close();
  disk.full = false;
  writes.close();
  expect(written).toEqual([]);
  expect(timers.size).toBe(0);
  expect(writes.problem()).toBeNull();
});

it('a writer that was overtaken drops what is pending', () => {
  const { writes, written } = bench();
  const overtaken = (): never => {
    throw new OvertakenError('another');
  };
  expect(() => writes.write('one', overtaken)).toThrow(OvertakenError);
  writes.write('two', () => written.push('two'));
  expect(written).toEqual(['two']);
});
