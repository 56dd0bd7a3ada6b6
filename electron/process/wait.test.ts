import { describe, expect, it } from 'vitest';
import { LeapingClock } from '../testing/skewed-clock.ts';
import { firstOf, once, passed, TimeoutError, until, within } from './wait.ts';

/** Something that changes, and says how many listen to it. */
function createSource() {
  const listeners = new Set<() => void>();
  return {
    listeners,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    change() {
      for (const listener of [...listeners]) listener();
    },
  };
}

describe('until', () => {
  it('resolves at once with what is there already, and keeps no subscription', async () => {
    const source = createSource();
    expect(await until(source.subscribe, () => 'found')).toBe('found');
    expect(source.listeners.size).toBe(0);
  });

  it('resolves with what a later change brings', async () => {
    const source = createSource();
    let found: number | undefined;
    const waiting = until(source.subscribe, () => found);
    source.change();
    expect(source.listeners.size).toBe(1);
    found = 7;
    source.change();
    expect(await waiting).toBe(7);
    expect(source.listeners.size).toBe(0);
  });

  it('rejects with the reason of its signal, also of one that is aborted already', async () => {
    const source = createSource();
    const giveUp = new AbortController();
    const waiting = until(source.subscribe, () => false, { signal: giveUp.signal });
    giveUp.abort(new Error('no longer wanted'));
    await expect(waiting).rejects.toThrow('no longer wanted');
    await expect(until(source.subscribe, () => 'found', { signal: giveUp.signal })).rejects.toThrow(
      'no longer wanted',
    );
    expect(source.listeners.size).toBe(0);
  });

  it('rejects when its time has passed', async () => {
    const source = createSource();
    const clock = new LeapingClock();
    const waiting = until(source.subscribe, () => false, { ms: 60_000, clock });
    clock.leap(61_000);
    await expect(waiting).rejects.toThrow(TimeoutError);
    expect(source.listeners.size).toBe(0);
  });

  it('rejects with what the test throws', async () => {
    const source = createSource();
    const waiting = until(source.subscribe, () => {
      throw new Error('can’t be tested');
    });
    await expect(waiting).rejects.toThrow('can’t be tested');
    expect(source.listeners.size).toBe(0);
  });

  it('calls no subscriber twice', async () => {
    const waiting = once<number>((resolve) => {
      resolve(1);
      resolve(2);
      return () => undefined;
    });
    expect(await waiting).toBe(1);
  });

  it('ends a subscription that calls back while it is being made', async () => {
    let ended = false;
    const subscribe = (changed: () => void) => {
      changed();
      return () => {
        ended = true;
      };
    };
    expect(await until(subscribe, () => true)).toBe(true);
    expect(ended).toBe(true);
  });
});

it('the first of several waits decides, and the others are given up', async () => {
  const source = createSource();
  const never = (signal: AbortSignal) => until<string>(source.subscribe, () => false, { signal });
  expect(await firstOf([never, async () => 'first', never])).toBe('first');
  expect(source.listeners.size).toBe(0);
});

it('work that takes too long is late, and is given up', async () => {
  const source = createSource();
  const clock = new LeapingClock();
  const waiting = within(clock, 1_000, (signal) =>
    until<string>(source.subscribe, () => false, { signal }),
  );
  clock.leap(2_000);
  expect(await waiting).toBe('late');
  expect(source.listeners.size).toBe(0);
  expect(await within(clock, 1_000, async () => 'done')).toBe('done');
});

it('a time that is given up leaves no timer', async () => {
  const clock = new LeapingClock();
  const giveUp = new AbortController();
  const waiting = passed(clock, 1_000, giveUp.signal);
  giveUp.abort(new Error('no longer wanted'));
  await expect(waiting).rejects.toThrow('no longer wanted');
  clock.leap(5_000);
});
