import { expect, it } from 'vitest';
import { OvertakenError } from '../handoff/journal.ts';
import { OwedWrites } from './owed-writes.ts';

function bench() {
  const timers = new Set<() => void>();
  const written: string[] = [];
  const disk = { full: false };
  let changes = 0;
  const owed = new OwedWrites({
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
    owed.write(what, () => {
      if (disk.full) throw Object.assign(new Error('no space'), { code: 'ENOSPC' });
      written.push(what);
    });
  const ring = (): void => {
    for (const timer of [...timers]) {
      timers.delete(timer);
      timer();
    }
  };
  return { owed, write, written, disk, timers, ring, changes: () => changes };
}

it('what a full disk does not take is written in its order as soon as there is room', () => {
  const { owed, write, written, disk, timers, ring, changes } = bench();
  write('one');
  disk.full = true;
  write('two');
  write('three');
  ring();
  expect(written).toEqual(['one']);
  expect(owed.problem()).toEqual({
    message: "two can't be written: The disk that holds /state is full.",
    hint: 'Make room on it. It is written as soon as that is possible.',
  });
  expect(timers.size).toBe(1);
  disk.full = false;
  ring();
  expect(written).toEqual(['one', 'two', 'three']);
  expect(owed.problem()).toBeNull();
  // Nothing wakes the watcher for what is done, and it was told at the begin and at the end alone.
  expect(timers.size).toBe(0);
  expect(changes()).toBe(2);
});

it('a next write brings the ones before it along', () => {
  const { write, written, disk } = bench();
  disk.full = true;
  write('one');
  disk.full = false;
  write('two');
  expect(written).toEqual(['one', 'two']);
});

it('closing tries once more, and then waits for nothing', () => {
  const { owed, write, written, disk, timers } = bench();
  disk.full = true;
  write('one');
  owed.close();
  disk.full = false;
  owed.close();
  expect(written).toEqual([]);
  expect(timers.size).toBe(0);
  expect(owed.problem()).toBeNull();
});

it('one who was overtaken writes nothing more', () => {
  const { owed, written } = bench();
  const overtaken = (): never => {
    throw new OvertakenError('another');
  };
  expect(() => owed.write('one', overtaken)).toThrow(OvertakenError);
  owed.write('two', () => written.push('two'));
  expect(written).toEqual(['two']);
});
