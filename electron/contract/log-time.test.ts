import { describe, expect, it } from 'vitest';
import { timeIn } from './log-time.ts';

const at = Date.UTC(2026, 10, 30, 14, 2, 31, 123);

describe('the time of a line', () => {
  it.each([
    ['2026-11-30T14:02:31.123Z ready', at],
    ['2026-11-30T15:02:31.123456+01:00 ready', at],
    ['[2026-11-30 14:02:31,123Z] INFO ready', at],
    ['2026/11/30 14:02:31Z [error] 7#7', at - 123],
    ['{"level":"info","time":"2026-11-30T14:02:31.123Z","msg":"x"}', at],
    [`{"level":30,"time":${at},"msg":"x"}`, at],
    [`{"ts": ${at / 1_000}, "msg": "x"}`, at],
    ['2026-11-30 14:02:31', new Date(2026, 10, 30, 14, 2, 31).getTime()],
    ['ready on port 80', null],
    [`${'x'.repeat(50)} 2026-11-30T14:02:31Z`, null],
    ['2026-99-30T14:02:31Z', null],
  ])('%j', (text, time) => expect(timeIn(text)).toBe(time));
});
