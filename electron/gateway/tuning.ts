/** Times and sizes of supervision that tests shorten, with the reasons for their values. */

export interface Tuning {
  readonly probeTimeoutMs: number;
  readonly retryAfterMissMs: number;
  readonly missesUntilHung: number;
  readonly recheckMs: number;
  readonly sweepAfterMs: number;
  readonly logMaxBytes: number;
}

export const defaultTuning: Tuning = {
  /**
   * With the default check every 5 s, a gateway that hangs right after a check is asked at 5–7 s, again
   * at 7.5–9.5 s and 10–12 s, given 1.5 s to act on the request to stop (signs-of-life.ts), and
   * replaced: within 15 s.
   */
  probeTimeoutMs: 2_000,
  retryAfterMissMs: 500,
  /** One lost answer is a busy machine, two a bad moment. */
  missesUntilHung: 3,
  /** As long as the slowest restart: the port's holder or the missing program changes at a person's pace. */
  recheckMs: 30_000,
  /** The successor of a crashed gateway starts first: what the crash left is ended after that. */
  sweepAfterMs: 500,
  /** With two older files: 30 MB at most per gateway, a few days of a talkative one. */
  logMaxBytes: 10 * 1024 * 1024,
};
