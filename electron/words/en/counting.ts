import { counting, lengthsOf } from '../counting.ts';

export const counts = {
  ...counting('en-GB'),
  /** Not by Intl.DurationFormat: its data takes 14 ms to load, which each command of a terminal would lose. */
  duration(ms: number): string {
    return Object.entries(lengthsOf(ms))
      .map(([unit, count]) => `${count}${unit.charAt(0)}`)
      .join(' ');
  },
};
