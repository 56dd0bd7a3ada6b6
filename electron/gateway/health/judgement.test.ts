import { describe, expect, it } from 'vitest';
import {
  judgeRefusal,
  judgeSilence,
  judgeStart,
  type LateStart,
  type Refusal,
  type SignsSeen,
  type Silence,
  workingMs,
} from './judgement.ts';

const none: SignsSeen = {
  works: false,
  stopped: false,
  beats: false,
  reports: false,
  loops: false,
};
const limits = { missesUntilHung: 3, hungAfterMs: undefined, startTimeoutMs: 60_000 };

function silent(changes: Partial<Silence> = {}): string {
  const finding = judgeSilence({
    name: 'G',
    what: 'does not answer',
    misses: 3,
    silentMs: 7_000,
    neverAnswered: false,
    signs: none,
    limits,
    lastAnswer: '',
    ...changes,
  });
  return finding.type === 'hung' ? `hung, ${finding.canHear}` : finding.type;
}

describe('a gateway that gives no answer', () => {
  const works = { ...none, works: true };
  it.each([
    ['shows nothing else, the third time', {}, 'hung, maybe'],
    ['shows nothing else, the second time', { misses: 2 }, 'problem'],
    ['was stopped by a signal', { signs: { ...none, stopped: true } }, 'hung, no'],
    ['may work, which is not known yet', { signs: { ...none, works: null } }, 'problem'],
    ['works', { signs: works, silentMs: workingMs - 1 }, 'problem'],
    ['works for too long', { signs: works, silentMs: workingMs }, 'hung, yes'],
    ['works beside one that is stopped', { signs: { ...works, stopped: true } }, 'problem'],
    ['has a young heartbeat', { signs: { ...none, beats: true } }, 'problem'],
    ['reports', { signs: { ...none, reports: true } }, 'problem'],
    [
      'has an event loop that answers, though its patience is used up',
      { signs: { ...none, loops: true }, limits: { ...limits, hungAfterMs: 1_000 } },
      'problem',
    ],
    [
      'has an event loop that has not been asked yet',
      { signs: { ...none, loops: null } },
      'problem',
    ],
    ['has never answered', { neverAnswered: true }, 'problem'],
    ['has the patience of its profile', { limits: { ...limits, hungAfterMs: 8_000 } }, 'problem'],
    [
      'has used up the patience of its profile, though it works',
      { signs: works, limits: { ...limits, hungAfterMs: 7_000 } },
      'hung, yes',
    ],
    [
      'was stopped, whatever the patience of its profile',
      { signs: { ...none, stopped: true }, limits: { ...limits, hungAfterMs: 600_000 } },
      'hung, no',
    ],
  ] satisfies [string, Partial<Silence>, string][])('and %s', (_, changes, expected) => {
    expect(silent(changes)).toBe(expected);
  });
});

describe('a gateway that refuses connections while it is alive', () => {
  const refusal: Refusal = {
    name: 'G',
    where: 'port 80',
    refusedMs: 60_000,
    signs: none,
    listens: [],
    limits,
    lastAnswer: 'Last lastAnswer 60 s ago: it answers 200.',
  };

  it('is ended only when its start timeout is over and it shows no other sign of life', () => {
    expect(judgeRefusal({ ...refusal, refusedMs: 59_999 }).type).toBe('problem');
    expect(judgeRefusal(refusal).type).toBe('hung');
    for (const sign of ['works', 'beats', 'reports', 'loops'] as const) {
      const signs = { ...none, [sign]: true };
      expect(judgeRefusal({ ...refusal, signs }).type).toBe('problem');
    }
    const listens = [{ address: '127.0.0.1', port: 81 }];
    const onOtherPort = judgeRefusal({ ...refusal, listens });
    expect(onOtherPort).toMatchObject({
      type: 'problem',
      problem: { message: expect.stringMatching(/port 81 instead\. Last lastAnswer 60 s ago/) },
    });
  });
});

describe('a gateway whose start timeout is over', () => {
  const start: LateStart = {
    name: 'G',
    port: 80,
    passed: false,
    startTimeoutMs: 60_000,
    lateMs: 60_000,
    answer: null,
    missing: 'does not answer at /readyz',
    listens: [],
    connects: false,
    signs: none,
  };
  const at = (port: number) => ({ address: '127.0.0.1', port });

  it.each([
    ['does nothing', {}, 'overdue', 'nothing of it listens on port 80'],
    ['answers', { answer: 'answers 403' }, 'unready', 'it answers 403'],
    ['listens', { listens: [at(80)] }, 'unready', 'it listens on port 80, but does not answer'],
    ['is hidden', { connects: true }, 'unready', 'it listens on port 80, but'],
    [
      'listens on another port',
      { listens: [at(82), at(81)] },
      'unready',
      'it listens on ports 81, 82 instead of port 80',
    ],
    ['works', { signs: { ...none, works: true } }, 'unready', 'it is still at work'],
    [
      'has worked for too long',
      { signs: { ...none, works: true }, lateMs: 60_000 + workingMs },
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
