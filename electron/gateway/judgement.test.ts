import { describe, expect, it } from 'vitest';
import {
  judgeRefusal,
  judgeSilence,
  judgeStart,
  type LateStart,
  type Life,
  type Refusal,
  type Silence,
  workingMs,
} from './judgement.ts';

const none: Life = { works: false, stopped: false, beats: false, reports: false };
const limits = { missesUntilHung: 3, hungAfterMs: undefined, startTimeoutMs: 60_000 };

function silent(changes: Partial<Silence> = {}): string {
  const finding = judgeSilence({
    name: 'G',
    what: 'does not answer',
    misses: 3,
    silentMs: 7_000,
    neverAnswered: false,
    life: none,
    limits,
    heard: '',
    ...changes,
  });
  return finding.type === 'hung' ? `hung, ${finding.hears}` : finding.type;
}

describe('one that gives no answer', () => {
  const works = { ...none, works: true };
  it.each([
    ['shows nothing else, the third time', {}, 'hung, doubtful'],
    ['shows nothing else, the second time', { misses: 2 }, 'complaint'],
    ['was stopped by a signal', { life: { ...none, stopped: true } }, 'hung, deaf'],
    ['may work, which is not known yet', { life: { ...none, works: null } }, 'complaint'],
    ['works', { life: works, silentMs: workingMs - 1 }, 'complaint'],
    ['works for too long', { life: works, silentMs: workingMs }, 'hung, hears'],
    ['works beside one that is stopped', { life: { ...works, stopped: true } }, 'complaint'],
    ['has a young heartbeat', { life: { ...none, beats: true } }, 'complaint'],
    ['reports', { life: { ...none, reports: true } }, 'complaint'],
    ['has never answered', { neverAnswered: true }, 'complaint'],
    ['has the patience of its profile', { limits: { ...limits, hungAfterMs: 8_000 } }, 'complaint'],
    [
      'has used up the patience of its profile, though it works',
      { life: works, limits: { ...limits, hungAfterMs: 7_000 } },
      'hung, hears',
    ],
    [
      'was stopped, whatever the patience of its profile',
      { life: { ...none, stopped: true }, limits: { ...limits, hungAfterMs: 600_000 } },
      'hung, deaf',
    ],
  ] satisfies [string, Partial<Silence>, string][])('and %s', (_, changes, expected) => {
    expect(silent(changes)).toBe(expected);
  });
});

describe('one that refuses while it lives', () => {
  const refusal: Refusal = {
    name: 'G',
    where: 'port 80',
    refusedMs: 60_000,
    life: none,
    listens: [],
    limits,
    heard: 'Last heard 60 s ago: it answers 200.',
  };

  it('is ended only when its start timeout is over and it shows no other sign of life', () => {
    expect(judgeRefusal({ ...refusal, refusedMs: 59_999 }).type).toBe('complaint');
    expect(judgeRefusal(refusal).type).toBe('hung');
    for (const sign of ['works', 'beats', 'reports'] as const) {
      const life = { ...none, [sign]: true };
      expect(judgeRefusal({ ...refusal, life }).type).toBe('complaint');
    }
    const listens = [{ address: '127.0.0.1', port: 81 }];
    const elsewhere = judgeRefusal({ ...refusal, listens });
    expect(elsewhere).toMatchObject({
      type: 'complaint',
      problem: { message: expect.stringMatching(/port 81 instead\. Last heard 60 s ago/) },
    });
  });
});

describe('one whose start timeout is over', () => {
  const start: LateStart = {
    name: 'G',
    port: 80,
    startTimeoutMs: 60_000,
    lateMs: 60_000,
    said: null,
    missing: 'does not answer at /readyz',
    listens: [],
    connects: false,
    life: none,
  };
  const at = (port: number) => ({ address: '127.0.0.1', port });

  it.each([
    ['does nothing', {}, 'overdue', 'nothing of it listens on port 80'],
    ['answers', { said: 'answers 403' }, 'unready', 'it answers 403'],
    ['listens', { listens: [at(80)] }, 'unready', 'it listens on port 80, but does not answer'],
    ['is hidden', { connects: true }, 'unready', 'it listens on port 80, but'],
    [
      'listens elsewhere',
      { listens: [at(82), at(81)] },
      'unready',
      'it listens on ports 81, 82 instead of port 80',
    ],
    ['works', { life: { ...none, works: true } }, 'unready', 'it is still at work'],
    [
      'has worked for too long',
      { life: { ...none, works: true }, lateMs: 60_000 + workingMs },
      'overdue',
      'nothing of it listens',
    ],
  ] satisfies [string, Partial<LateStart>, string, string][])(
    'and %s',
    (_, changes, type, sentence) => {
      const verdict = judgeStart({ ...start, ...changes });
      expect(verdict.type).toBe(type);
      expect(verdict.problem.message).toContain(sentence);
    },
  );
});
