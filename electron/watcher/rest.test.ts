import { describe, expect, it } from 'vitest';
import { LeapingClock } from '../gateway/faults/test-clock.ts';
import { createRest } from './rest.ts';

function begin() {
  const clock = new LeapingClock();
  let given = 0;
  const rest = createRest({
    clock,
    giveBack: () => {
      given += 1;
    },
  });
  return { clock, rest, given: () => given };
}

describe('a watcher at rest', () => {
  it('gives memory back once, some time after something has happened', () => {
    const { clock, rest, given } = begin();
    clock.leap(60_000);
    expect(given()).toBe(0);
    rest.touch();
    rest.touch();
    clock.leap(9_000);
    expect(given()).toBe(0);
    clock.leap(2_000);
    expect(given()).toBe(1);
    clock.leap(3_600_000);
    expect(given()).toBe(1);
    rest.close();
  });

  it('does not do so at work, nor again and again', () => {
    const { clock, rest, given } = begin();
    rest.touch();
    clock.leap(9_000);
    rest.touch();
    clock.leap(2_000);
    expect(given()).toBe(0);
    clock.leap(10_000);
    expect(given()).toBe(1);
    rest.touch();
    clock.leap(45_000);
    expect(given()).toBe(1);
    clock.leap(20_000);
    expect(given()).toBe(2);
    rest.close();
  });

  it('that was closed does nothing more', () => {
    for (const touches of [0, 1]) {
      const { clock, rest, given } = begin();
      for (let n = 0; n < touches; n += 1) rest.touch();
      rest.close();
      rest.touch();
      clock.leap(3_600_000);
      expect(given()).toBe(0);
    }
  });
});
