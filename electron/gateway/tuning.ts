/** The driver's times and sizes, with their reasons. */
import type { Tuning } from './types.ts';

export const defaultTuning: Tuning = {
  /**
   * With the default look every 5 s a gateway that hangs right after a look is seen at 5–7 s, asked
   * again at 7.5–9.5 s and 10–12 s, given 1.5 s to hear that it should end (signs-of-life.ts), and replaced: within 15 s.
   */
  probeTimeoutMs: 2_000,
  retryAfterMissMs: 500,
  /** One lost answer is a busy machine, two a bad moment. */
  missesUntilHung: 3,
  /** As calm as the slowest restart: the port's holder or the missing program changes at a person's pace. */
  recheckMs: 30_000,
  /** With two older ones kept: 30 MB at most per gateway, a few days of a talkative one. */
  logMaxBytes: 10 * 1024 * 1024,
};
