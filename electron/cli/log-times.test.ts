import { describe, expect, it } from 'vitest';
import { LineTimes, stamp } from './log-times.ts';

const at = Date.UTC(2026, 10, 30, 14, 2, 31, 123);

describe('the time of a line', () => {
  it('is that of the line before when it says none, and of its arrival when that was seen', () => {
    const times = new LineTimes();
    const line = (text: string) => ({ offset: 0, text });
    const first = times.of([line('a'), line('2026-11-30T14:02:31.123Z b'), line('  at c')], null);
    expect(first.map((one) => one.at)).toEqual([null, at, at]);
    expect(times.of([line('d')], at + 5).map((one) => one.at)).toEqual([at + 5]);
    expect(stamp(null)).toBe(' '.repeat(stamp(at).length));
  });
});
